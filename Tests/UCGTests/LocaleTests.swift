import Testing
import UCG

@Suite("Locales")
struct LocaleTests {
    @Test(
        "A locale is stored in one form, however it is written",
        arguments: [
            ("de", "de"), ("DE", "de"), ("gsw", "gsw"), ("GSW", "gsw"), ("de_DE", "de_DE"),
            ("de-de", "de_DE"),
            ("DE_dE", "de_DE"), ("sr_Latn", "sr_Latn"), ("sr-LATN-rs", "sr_Latn_RS"), ("zh_hans", "zh_Hans"),
            ("zh-hant_TW", "zh_Hant_TW"), ("es_419", "es_419"), ("ES-419", "es_419"),
            ("uz_cyrl_860", "uz_Cyrl_860"),
            ("deu_DE", "deu_DE"),
        ])
    func form(text: String, stored: String) throws {
        let locale = try #require(Locale(text))
        #expect(locale.rawValue == stored)
        #expect(locale.description == stored)
        #expect(Locale(stored) == locale)
        #expect(Locale("x\(text)x".dropFirst().dropLast()) == locale)
    }

    @Test(
        "Anything else is no locale",
        arguments: [
            "", "d", "deut", "deutsch", "d1", "1d", "dé", "12", "_", "-", "de_", "_de", "-DE", "de__DE",
            "de_-DE",
            "de_D", "de_DEU", "de_1", "de_12", "de_1234", "de_4A", "de_4A1", "de_DE_", "de_DE_DE",
            "de_DE_Latn",
            "de_Latn_", "de_Latn_Latn", "de_Latn_DE_x", "de_Lat1", "de_Latin", "de_419_DE", "de.DE", "de DE",
            " de",
            "de ", "de\n", "de_DE@euro", "de_DE.UTF-8", "de_ÄÖ", "dе",
        ])
    func noLocale(_ text: String) {
        #expect(Locale(text) == nil)
    }

    @Test("Only a language of three letters alone could be another word")
    func threeLetters() throws {
        #expect(try #require(Locale("key")).isBareThreeLetterLanguage)
        for text in ["de", "deu_DE", "de_DE", "sr_Latn", "es_419"] {
            #expect(try !#require(Locale(text)).isBareThreeLetterLanguage)
        }
    }

    @Test("Locales are in the order of their stored bytes")
    func order() {
        let sorted = ["de", "de_AT", "de_DE", "de_Latn", "deu", "en", "en_001", "en_GB"]
        #expect(sorted.reversed().compactMap { Locale($0) }.sorted().map(\.rawValue) == sorted)
    }
}
