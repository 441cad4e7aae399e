import SystemSupport
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

    /// What a value is called, with its article.
    let noun: String
    /// What the user reads after 'expected'.
    let expected: String
    let form: Form
    /// Whether `""` is the empty string; else it means 'not given', like an empty cell.
    let keepsEmpty: Bool
    /// Whether every text is accepted.
    let acceptsAnything: Bool
    let accepts: @Sendable (Span<UInt8>) -> Bool

    init(
        _ noun: String, expected: String, form: Form = .string, keepsEmpty: Bool = false,
        accepts: (@Sendable (Span<UInt8>) -> Bool)? = nil
    ) {
        self.noun = noun
        self.expected = expected
        self.form = form
        self.keepsEmpty = keepsEmpty
        acceptsAnything = accepts == nil
        self.accepts = accepts ?? { _ in true }
    }
}

extension ColumnKind {
    /// Any text, the empty one too.
    static let text = ColumnKind("text", expected: "text, or \"\" for the empty one", keepsEmpty: true)

    /// Any text; the empty one means 'not given'.
    static let word = ColumnKind("text", expected: "text")

    static let boolean = ColumnKind("a boolean", expected: "true, false, 1, 0, yes or no", form: .boolean) {
        isTrue($0) != nil
    }

    static let int32 = ColumnKind(
        "a weight", expected: "a whole number from -2147483648 to 2147483647", form: .number
    ) { JSONText.isInteger($0) && Int32(PlainText.string($0)) != nil }

    static let count = ColumnKind("a count", expected: "a whole number from 0 on", form: .number) {
        JSONText.isInteger($0) && Int(PlainText.string($0)).map { $0 >= 0 } == true
    }

    static let date = ColumnKind("a date", expected: "a day such as 2026-01-31, or a time by RFC 3339") {
        Timestamp.isDateOrTime($0)
    }

    static let locale = ColumnKind("a locale", expected: "de, de_DE, sr_Latn_RS or the like") {
        Locale(PlainText.string($0)) != nil
    }

    /// A name that no built-in field type has.
    static let fieldTypeName = ColumnKind(
        "a name for a field type",
        expected: "letters, digits, '_' and '-', beginning with a letter, and not the name of a built-in type"
    ) { text in
        guard text.count > 0, text[0].isLetter, allBytes(of: text, isNameByte) else { return false }
        let name = PlainText.string(text)
        return FieldType.plainNames[name] == nil && name != "reference" && name != "select"
    }

    static let time = ColumnKind("a time", expected: "a time by RFC 3339, for example 2026-01-31T02:00:00Z") {
        Timestamp(rfc3339: $0) != nil
    }

    static let uuid = ColumnKind(
        "a UUID", expected: "a UUID, for example 9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915"
    ) {
        EntityID($0) != nil
    }

    static let semanticName = ColumnKind(
        "a semantic name", expected: "'$' and a-z, 0-9 and '_', not beginning with a digit"
    ) { text in
        guard case .semanticName? = EntityReference(text) else { return false }
        return true
    }

    /// A type of entities that have no file of their own.
    static let declaredType = ColumnKind(
        "a type for this file",
        expected:
            "a-z, 0-9, '_' and '-', and not snippet, theme, association or translation, which have files of their own"
    ) { text in
        EntityType(rawValue: PlainText.string(text)).map { !EntityType.builtIn.contains($0) } ?? false
    }

    /// A snippet's name, or a built-in type; the importer says which there are.
    static let entityType = ColumnKind(
        "a type", expected: "a snippet's name, page, menu, menu-item or navigation-item"
    ) { EntityType(rawValue: PlainText.string($0)) != nil }

    static let snippetName = ColumnKind(
        "a snippet name", expected: "words of a-z and 0-9, joined by '-', beginning with a letter"
    ) { text in
        guard text.count > 0, text[0].isLowercaseLetter else { return false }
        return areJoined(text, by: { $0 == .hyphen }) { $0.isLowercaseLetter || $0.isDigit }
    }

    static let fieldName = ColumnKind(
        "a field name", expected: "a-z, 0-9 and '_', beginning with a letter"
    ) { text in
        guard text.count > 0, text[0].isLowercaseLetter else { return false }
        return allBytes(of: text) { $0.isLowercaseLetter || $0.isDigit || $0 == .underscore }
    }

    static let themeName = ColumnKind(
        "a theme name", expected: "words of a-z and 0-9, joined by '.' or '-'"
    ) { areJoined($0, by: { $0 == .dot || $0 == .hyphen }) { $0.isLowercaseLetter || $0.isDigit } }

    static let path = ColumnKind(
        "a path", expected: "segments of A-Z, a-z, 0-9, '_' and '-', joined by dots, such as content.1.2"
    ) { areJoined($0, by: { $0 == .dot }, isNameByte) }

    static let instanceName = ColumnKind("an entity_id", expected: "A-Z, a-z, 0-9, '_' and '-'") {
        $0.count > 0 && allBytes(of: $0, isNameByte)
    }

    static let associationType = ColumnKind(
        "an association type", expected: "contains, references, extends, or a word of a-z, 0-9, '_' and '-'"
    ) { text in
        guard text.count > 0, text[0].isLowercaseLetter else { return false }
        return allBytes(of: text) { $0.isLowercaseLetter || $0.isDigit || $0 == .underscore || $0 == .hyphen }
    }

    static let reference = ColumnKind("a reference", expected: "a UUID, <type>:<name> or $<semantic_name>") {
        EntityReference($0) != nil
    }

    static let translationKey = ColumnKind(
        "a key", expected: "text without white space, control and invisible characters, at most 512 bytes"
    ) { text in
        guard text.count > 0, text.count <= 512 else { return false }
        if allBytes(of: text, { $0 > 0x20 && $0 < 0x7F }) { return true }
        let string = PlainText.string(text)
        return LookAlike.invisibleCharacter(in: string) == nil
            && string.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0.properties.generalCategory != .control
            }
    }

    /// What a cell of a boolean column means; `nil` if it is not a boolean.
    static func isTrue(_ text: Span<UInt8>) -> Bool? {
        guard text.count <= 5 else { return nil }
        switch PlainText.string(text).lowercased() {
        case "true", "1", "yes": return true
        case "false", "0", "no": return false
        default: return nil
        }
    }

    /// Why a value is refused: `'x' is not a date; expected a day such as ...`.
    func refusal(of text: Span<UInt8>) -> String {
        "\(PlainText.quoted(text)) is not \(noun); expected \(expected)"
    }

    static func allBytes(of text: Span<UInt8>, _ isValid: (UInt8) -> Bool) -> Bool {
        for index in text.indices where !isValid(text[index]) { return false }
        return true
    }

    /// Whether `text` is one or more words of fit bytes with one joint between two.
    private static func areJoined(
        _ text: Span<UInt8>, by isJoint: (UInt8) -> Bool, _ isValid: (UInt8) -> Bool
    ) -> Bool {
        var isWordEmpty = true
        for index in text.indices {
            let byte = text[index]
            if isJoint(byte) {
                if isWordEmpty { return false }
                isWordEmpty = true
            } else {
                guard isValid(byte) else { return false }
                isWordEmpty = false
            }
        }
        return !isWordEmpty
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == .underscore || byte == .hyphen
    }
}
