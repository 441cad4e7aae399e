/// The words of a text by which it is found: of three characters and more, in lower case.
///
/// A word is a longest run of letters, marks and digits (Unicode Standard, section 4.5, general categories L, M and Nd).
///
///     Array(Words(of: "Das Straßenfest: 2026, ab 9 Uhr"))  // das, straßenfest, 2026, uhr
///
/// Complexity: O(*n*) in the text.
package struct Words: Sequence, IteratorProtocol {
    private var rest: Substring.UnicodeScalarView

    /// The fewest characters of a word, counted as Unicode scalars in lower case.
    private static let fewestCharacters = 3

    /// The words of `text`.
    package init(of text: String) { rest = text[...].unicodeScalars }

    /// The next word; `nil` after the last one.
    package mutating func next() -> String? {
        while true {
            rest = rest.drop { !$0.isOfWord }
            if rest.isEmpty { return nil }
            let word = rest.prefix { $0.isOfWord }
            rest = rest[word.endIndex...]
            let lowered = Self.lowered(word)
            if lowered.unicodeScalars.count >= Self.fewestCharacters { return lowered }
        }
    }

    /// A word in lower case, by the mappings that depend on no language (Unicode Standard, section 3.13).
    private static func lowered(_ word: Substring.UnicodeScalarView) -> String {
        var lowered = ""
        for index in word.indices {
            let scalar = word[index]
            if scalar == "\u{3A3}", isFinal(index, in: word) {
                lowered += "\u{3C2}"
            } else {
                lowered += scalar.properties.lowercaseMapping
            }
        }
        return lowered
    }

    /// Whether a capital sigma ends a word, and so becomes a final one.
    private static func isFinal(_ index: Substring.Index, in word: Substring.UnicodeScalarView) -> Bool {
        func isCased(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
            scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
        }
        return isCased(word[..<index].reversed()) && !isCased(word[word.index(after: index)...])
    }
}

extension Unicode.Scalar {
    fileprivate var isOfWord: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber:
            true
        default: false
        }
    }
}
