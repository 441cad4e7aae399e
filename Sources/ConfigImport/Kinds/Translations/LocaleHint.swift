import UCG

/// What a column's name that is not a locale was probably meant to be.
enum LocaleHint {
    /// Advice, for example `write sr_Latn`; `nil` if the name does not look like a language.
    static func text(for name: String) -> String? {
        let bare = LookAlike.bare(name)
        if bare != name, Locale(bare) != nil {
            return "\(PlainText.quoted(name)) has white space or invisible characters: write \(bare)"
        }
        return meant(bare.lowercased()).map { "\(PlainText.quoted(name)): write \($0)" }
    }

    private static func meant(_ name: String) -> String? {
        if let code = languages[name] { return code }
        if name.utf8.count == 3, let locale = Locale(name) {
            return codes[name] ?? "label_\(locale), if it is a language"
        }
        // A POSIX modifier: sr@latin, de_DE@euro.
        let parts = name.split(separator: "@", omittingEmptySubsequences: false)
        if parts.count == 2, let locale = Locale(parts[0]) {
            let script = ["latin": "Latn", "cyrillic": "Cyrl", "latn": "Latn", "cyrl": "Cyrl"][
                String(parts[1])]
            return script.flatMap { script in
                let subtags = parts[0].split { $0 == "_" || $0 == "-" }
                return Locale(
                    ([String(subtags[0]), script] + subtags.dropFirst().map(String.init)).joined(
                        separator: "_"))
            }?.rawValue ?? locale.rawValue
        }
        // An encoding, or a variant: de_DE.UTF-8, de_DE_formal, ca-ES-valencia.
        var subtags = name.prefix { $0 != "." }.split { $0 == "_" || $0 == "-" }.map(String.init)
        let isWhole = subtags.joined(separator: "_").utf8.count == name.utf8.count
        while subtags.count > 1 || !isWhole && !subtags.isEmpty {
            if !isWhole, let locale = Locale(subtags.joined(separator: "_")) { return locale.rawValue }
            subtags.removeLast()
            if subtags.isEmpty { return nil }
            if let locale = Locale(subtags.joined(separator: "_")),
                subtags.count > 1 || subtags[0].utf8.count == 2
            {
                return locale.rawValue
            }
        }
        return nil
    }

    /// Codes of ISO 639-2 and 639-3 whose language has one of two letters, which locales use (RFC 5646, section 2.2.1).
    private static let codes = [
        "ara": "ar", "bul": "bg", "cat": "ca", "ces": "cs", "cze": "cs", "chi": "zh", "zho": "zh",
        "dan": "da",
        "deu": "de", "ger": "de", "dut": "nl", "nld": "nl", "ell": "el", "gre": "el", "eng": "en",
        "est": "et",
        "eus": "eu", "baq": "eu", "fas": "fa", "per": "fa", "fin": "fi", "fra": "fr", "fre": "fr",
        "gle": "ga",
        "heb": "he", "hin": "hi", "hrv": "hr", "hun": "hu", "ind": "id", "isl": "is", "ice": "is",
        "ita": "it",
        "jpn": "ja", "kor": "ko", "lav": "lv", "lit": "lt", "mkd": "mk", "mac": "mk", "nor": "no",
        "nob": "nb",
        "nno": "nn", "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk",
        "slo": "sk",
        "slv": "sl", "spa": "es", "sqi": "sq", "alb": "sq", "srp": "sr", "swe": "sv", "tha": "th",
        "tur": "tr",
        "ukr": "uk", "vie": "vi",
    ]

    /// Names of languages in English and in themselves.
    private static let languages = [
        "arabic": "ar", "bulgarian": "bg", "catalan": "ca", "chinese": "zh", "croatian": "hr", "czech": "cs",
        "danish": "da", "dansk": "da", "deutsch": "de", "dutch": "nl", "english": "en", "español": "es",
        "estonian": "et", "finnish": "fi", "suomi": "fi", "français": "fr", "french": "fr", "german": "de",
        "greek": "el", "hebrew": "he", "hungarian": "hu", "magyar": "hu", "italian": "it", "italiano": "it",
        "japanese": "ja", "korean": "ko", "latvian": "lv", "lithuanian": "lt", "nederlands": "nl",
        "norwegian": "no", "norsk": "no", "persian": "fa", "polish": "pl", "polski": "pl", "portuguese": "pt",
        "português": "pt", "romanian": "ro", "russian": "ru", "русский": "ru", "serbian": "sr",
        "slovak": "sk",
        "slovenian": "sl", "spanish": "es", "swedish": "sv", "svenska": "sv", "turkish": "tr",
        "ukrainian": "uk",
        "vietnamese": "vi",
    ]
}
