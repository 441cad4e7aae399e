import UCG

/// What the cells of a column hold: what is accepted, and how it is written.
struct ColumnKind: Sendable {
    /// How a value is written in JSON.
    enum Form: Sendable {
        case string
        /// `true` or `false`.
        case boolean
        /// As the cell has it.
        case number
    }

    /// What a person reads behind 'expected'.
    let expected: String
    let form: Form
    /// Whether `""` is the empty string; else it means 'not given', like an empty cell.
    let keepsEmpty: Bool
    let accepts: @Sendable (Span<UInt8>) -> Bool

    init(
        expected: String, form: Form = .string, keepsEmpty: Bool = false,
        accepts: @escaping @Sendable (Span<UInt8>) -> Bool
    ) {
        self.expected = expected
        self.form = form
        self.keepsEmpty = keepsEmpty
        self.accepts = accepts
    }
}

extension ColumnKind {
    /// Any text, the empty one too.
    static let text = ColumnKind(expected: "text", keepsEmpty: true) { _ in true }

    /// Any text; the empty one means 'not given'.
    static let word = ColumnKind(expected: "text") { _ in true }

    static let boolean = ColumnKind(expected: "true, false, 1, 0, yes or no", form: .boolean) {
        isTrue($0) != nil
    }

    static let int32 = ColumnKind(
        expected: "a whole number from -2147483648 to 2147483647", form: .number
    ) { JSONText.isInteger($0) && Int32(PlainText.string($0)) != nil }

    static let date = ColumnKind(expected: "a date such as 2026-01-31, or a time by RFC 3339") {
        Timestamp.isDateOrTime($0)
    }

    static let locale = ColumnKind(expected: "a locale such as de, de_DE or sr_Latn_RS") {
        Locale(PlainText.string($0)) != nil
    }

    static let snippetName = ColumnKind(
        expected: "lower-case words of letters and digits, joined by '-', beginning with a letter"
    ) { text in
        guard text.count > 0, text[0].isLowercaseLetter else { return false }
        return areJoined(text, by: [.hyphen]) { $0.isLowercaseLetter || $0.isDigit }
    }

    static let fieldName = ColumnKind(
        expected: "lower-case letters, digits and '_', beginning with a letter"
    ) { text in
        guard text.count > 0, text[0].isLowercaseLetter else { return false }
        return allBytes(of: text) { $0.isLowercaseLetter || $0.isDigit || $0 == .underscore }
    }

    static let themeName = ColumnKind(
        expected: "lower-case words of letters and digits, joined by '.' or '-'"
    ) { areJoined($0, by: [UInt8(ascii: "."), .hyphen]) { $0.isLowercaseLetter || $0.isDigit } }

    static let path = ColumnKind(
        expected: "segments of letters, digits, '_' and '-', joined by dots, such as content.1.2"
    ) { areJoined($0, by: [UInt8(ascii: ".")], isNameByte) }

    static let instanceName = ColumnKind(expected: "letters, digits, '_' and '-'") {
        $0.count > 0 && allBytes(of: $0, isNameByte)
    }

    static let associationType = ColumnKind(
        expected: "contains, references, extends, or a word of lower-case letters, digits, '_' and '-'"
    ) { text in
        guard text.count > 0, text[0].isLowercaseLetter else { return false }
        return allBytes(of: text) { $0.isLowercaseLetter || $0.isDigit || $0 == .underscore || $0 == .hyphen }
    }

    static let reference = ColumnKind(expected: "a UUID, <type>:<name> or $<semantic_name>") {
        Reference($0) != nil
    }

    static let translationKey = ColumnKind(
        expected: "a key without white space or control characters, of at most 512 bytes"
    ) { text in
        guard text.count > 0, text.count <= 512 else { return false }
        if allBytes(of: text, { $0 > 0x20 && $0 < 0x7F }) { return true }
        return PlainText.string(text).unicodeScalars.allSatisfy {
            !$0.properties.isWhitespace && $0.properties.generalCategory != .control
        }
    }

    /// What a cell of a boolean column means; `nil` if it is none.
    static func isTrue(_ text: Span<UInt8>) -> Bool? {
        guard text.count <= 5 else { return nil }
        switch PlainText.string(text).lowercased() {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: return nil
        }
    }

    static func allBytes(of text: Span<UInt8>, _ isFit: (UInt8) -> Bool) -> Bool {
        for index in text.indices where !isFit(text[index]) { return false }
        return true
    }

    /// Whether `text` is one or more words of fit bytes with one joint between two.
    private static func areJoined(_ text: Span<UInt8>, by joints: [UInt8], _ isFit: (UInt8) -> Bool) -> Bool {
        var isWordEmpty = true
        for index in text.indices {
            let byte = text[index]
            if joints.contains(byte) {
                if isWordEmpty { return false }
                isWordEmpty = true
            } else {
                guard isFit(byte) else { return false }
                isWordEmpty = false
            }
        }
        return !isWordEmpty
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == .underscore || byte == .hyphen
    }
}
