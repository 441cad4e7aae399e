import SystemSupport

/// A language, and where it needs saying its script and region: `de`, `de_DE`, `sr_Latn_RS`.
///
///     Locale("de-ch")?.rawValue  // de_CH
///     Locale("deutsch")  // nil
package struct Locale: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The locale as it is stored.
    package let rawValue: String

    /// The locale written as `text`, or `nil`.
    ///
    /// It is a language of two or three letters, then if wanted a script of four
    /// letters, then if wanted a region of two letters or three digits, joined by
    /// `_` or `-`. Letter case is ignored.
    package init?(_ text: some StringProtocol) {
        var parts = text.utf8.split(omittingEmptySubsequences: false) {
            $0 == .underscore || $0 == .hyphen
        }.map { Array($0) }[...]
        guard let language = parts.popFirst(), (2...3).contains(language.count),
            language.allSatisfy(\.isLetter)
        else { return nil }
        var bytes = language.map(\.lowercased)
        if let script = parts.first, script.count == 4, script.allSatisfy(\.isLetter) {
            bytes.append(.underscore)
            bytes.append(script[0].uppercased)
            bytes.append(contentsOf: script[1...].map(\.lowercased))
            parts.removeFirst()
        }
        if let region = parts.first,
            (region.count == 2 && region.allSatisfy(\.isLetter))
                || (region.count == 3 && region.allSatisfy(\.isDigit))
        {
            bytes.append(.underscore)
            bytes.append(contentsOf: region.map(\.uppercased))
            parts.removeFirst()
        }
        guard parts.isEmpty else { return nil }
        rawValue = String(decoding: bytes, as: UTF8.self)
    }

    /// Whether the locale is a bare language of three letters, as many a word is.
    package var isBareThreeLetterLanguage: Bool { rawValue.utf8.count == 3 }

    /// The locale as it is stored.
    package var description: String { rawValue }

    /// The order of the stored forms, byte by byte.
    package static func < (left: Locale, right: Locale) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}
