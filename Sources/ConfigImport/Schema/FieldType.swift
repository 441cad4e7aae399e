import SystemSupport
import UCG

/// The type of a snippet's field, as its `field_type` cell says it.
enum FieldType: Sendable {
    case text, number, boolean, date, email, url, json, array, object
    case reference
    case select(Choices)
    /// A type of `field_types.csv`.
    case declared(DeclaredType)

    /// The built-in type that it is, or is made of.
    var base: FieldType { if case .declared(let type) = self { type.base } else { self } }

    /// The names of the types that take no argument.
    static let plainNames: [String: FieldType] = [
        "text": .text, "textarea": .text, "String": .text,
        "number": .number, "Number": .number,
        "boolean": .boolean, "Boolean": .boolean,
        "date": .date, "email": .email, "url": .url, "json": .json,
        "Array": .array, "array": .array, "Object": .object, "object": .object,
    ]

    /// What may have been meant, or all built-in names there are.
    ///
    /// Complexity: O(*n*) in the declared names, so for issues that are shown only.
    static func suggestion(for text: String, and declared: [String] = []) -> String {
        let names = plainNames.keys.sorted() + ["reference", "select"] + declared
        let close =
            names.first { $0.lowercased() == text.lowercased() } ?? Suggestion.closest(to: text, among: names)
        if let close { return " (did you mean \(PlainText.quoted(close))?)" }
        let more = declared.isEmpty ? "" : ", those of field_types.csv"
        return
            "; there are \(plainNames.keys.sorted().joined(separator: ", "))\(more), reference:<type> and select:<value>|..."
    }

    /// Why a cell names no type.
    struct Problem: Error {
        let code: IssueCode
        let reason: String
    }

    /// The type written as `text`.
    ///
    /// Letter case counts.
    init(_ text: String) throws(Problem) {
        if let plain = Self.plainNames[text] {
            self = plain
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("reference", 1):
            throw Problem(code: .invalidValue, reason: "'reference' needs a type: reference:<type>")
        case ("select", 1):
            throw Problem(
                code: .invalidValue, reason: "'select' needs its values: select:<value>=<label>|<value>...")
        case ("reference", 2):
            guard EntityType(rawValue: String(parts[1])) != nil else {
                throw Problem(
                    code: .invalidValue,
                    reason: "\(PlainText.quoted(text)) names no entity type; expected reference:<type>")
            }
            self = .reference
        case ("select", 2):
            let values = parts[1].split(separator: "|", omittingEmptySubsequences: false).map {
                String($0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)[0])
            }
            guard let choices = Choices(values) else {
                throw Problem(
                    code: .invalidValue,
                    reason: "\(PlainText.quoted(text)) has an empty or repeated value; "
                        + "expected select:<value>=<label>|<value>...")
            }
            self = .select(choices)
        default:
            throw Problem(code: .unknownType, reason: "no field type is named \(PlainText.quoted(text))")
        }
    }

    // MARK: - What a schema can say of it

    /// Whether its values are texts whose characters a schema can bound.
    var isText: Bool {
        switch base {
        case .text, .email, .url, .reference: true
        case .number, .boolean, .date, .json, .array, .object, .select, .declared: false
        }
    }
    /// Whether its values are numbers.
    var isNumber: Bool { if case .number = base { true } else { false } }
    /// Whether its values are arrays.
    var isArray: Bool { if case .array = base { true } else { false } }
    /// Whether a schema can name members.
    var hasMembers: Bool {
        switch base {
        case .array, .object: true
        default: false
        }
    }

    // MARK: - Values in JSON

    /// What a value in JSON must be.
    var expectedValue: String {
        switch self {
        case .text, .reference: "a text"
        case .boolean: "true or false"
        case .json: "JSON"
        case .array: "an array"
        case .object: "an object"
        case .number, .date, .email, .url, .select, .declared: expectedDefault
        }
    }

    /// Whether a value in JSON is one of this type.
    func accepts(_ value: JSONValue) -> Bool {
        switch (self, value) {
        case (.json, _), (.text, .string), (.reference, .string), (.number, .number), (.boolean, .boolean),
            (.array, .array), (.object, .object):
            true
        case (.declared(let type), _): type.base.accepts(value) && type.matches(value)
        case (.date, .string(let text)), (.email, .string(let text)), (.url, .string(let text)),
            (.select, .string(let text)):
            acceptsDefault(text.span)
        default: false
        }
    }

    /// The value in JSON that a default stands for; it must be accepted.
    func value(ofDefault text: Span<UInt8>) -> JSONValue {
        switch base {
        case .number: .number(PlainText.string(text))
        case .boolean: .boolean(ColumnKind.isTrue(text) ?? false)
        case .json, .array, .object: JSONValue(text) ?? .null
        case .text, .date, .email, .url, .reference, .select, .declared:
            .string(Array(PlainText.string(text).utf8))
        }
    }

    // MARK: - Defaults

    /// Whether a quoted empty default is the empty string; else it means 'not given'.
    var keepsEmptyDefault: Bool {
        if case .text = base { true } else { false }
    }

    /// What a default must be.
    var expectedDefault: String {
        switch self {
        case .text, .reference: "text"
        case .number: "a number"
        case .boolean: ColumnKind.boolean.expected
        case .date: ColumnKind.date.expected
        case .email: "an e-mail address"
        case .url: "a URL with a scheme, or one that begins with '/'"
        case .json: "JSON of at most \(JSONText.maximumDepth) levels"
        case .array: "a JSON array"
        case .object: "a JSON object"
        case .declared(let type):
            type.message ?? "a value of \(PlainText.quoted(type.name)): \(type.expectation)"
        case .select(let choices): choices.expected
        }
    }

    /// Whether `text` can be the default of a field of this type.
    func acceptsDefault(_ text: Span<UInt8>) -> Bool {
        switch self {
        case .text, .reference: true
        case .number: JSONText.isNumber(text)
        case .boolean: ColumnKind.isTrue(text) != nil
        case .date: Timestamp.isDateOrTime(text)
        case .email: Self.isEmail(text)
        case .url: Self.isURL(text)
        case .json: JSONText.kind(of: text) != nil
        case .array: JSONText.kind(of: text) == .array
        case .object: JSONText.kind(of: text) == .object
        case .select(let choices): choices.contains(PlainText.string(text))
        case .declared(let type): type.base.acceptsDefault(text) && type.matches(PlainText.string(text))
        }
    }

    /// Writes a default that was accepted.
    func writeDefault(_ text: Span<UInt8>, to json: inout JSONWriter) {
        switch base {
        case .number: json.number(text)
        case .boolean: json.boolean(ColumnKind.isTrue(text) ?? false)
        case .json, .array, .object: JSONText.minify(text, into: &json)
        case .text, .date, .email, .url, .reference, .select, .declared: json.string(text)
        }
    }

    private static func isEmail(_ text: Span<UInt8>) -> Bool {
        let parts = PlainText.string(text).split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
    }

    /// A scheme is a letter and then letters, digits, `+`, `-` and `.` (RFC 3986, section 3.1).
    private static func isURL(_ text: Span<UInt8>) -> Bool {
        guard text.count > 0 else { return false }
        if text[0] == UInt8(ascii: "/") { return true }
        guard text[0].isLetter else { return false }
        for index in text.indices {
            let byte = text[index]
            if byte == UInt8(ascii: ":") { return index + 1 < text.count }
            let isSchemeByte =
                byte.isLetter || byte.isDigit || byte == .hyphen || byte == UInt8(ascii: "+")
                || byte == UInt8(ascii: ".")
            if !isSchemeByte { return false }
        }
        return false
    }
}

extension DeclaredType {
    /// What a value must be.
    fileprivate var expectation: String {
        base.expectedDefault + (pattern.map { ", in which \(PlainText.quoted($0.text)) occurs" } ?? "")
    }

    fileprivate func matches(_ text: String) -> Bool { pattern?.matches(text) ?? true }

    fileprivate func matches(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let bytes): matches(String(decoding: bytes, as: UTF8.self))
        case .number(let text): matches(text)
        default: true
        }
    }
}
