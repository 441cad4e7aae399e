import SystemSupport
import UCG

extension FieldSchema {
    /// The schema written as `text`, of a field of a type.
    ///
    /// - Throws: ``SchemaProblem`` if it is not a schema, or not one of this type.
    init(_ text: String, of type: FieldType, types: FieldTypes = FieldTypes()) throws(SchemaProblem) {
        self.init()
        var parser = FieldSchemaParser(Array(text.utf8), types: types)
        self = try parser.schema(of: type, isNested: false)
    }
}

/// Reads a schema: items separated by `;`, in which brackets nest.
private struct FieldSchemaParser {
    private let bytes: [UInt8]
    private let types: FieldTypes
    private var index = 0
    private var depth = 0

    /// The deepest nesting of members.
    private static let mostDepth = 16

    init(_ bytes: [UInt8], types: FieldTypes) {
        self.bytes = bytes
        self.types = types
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func problem(_ reason: String, at offset: Int) -> SchemaProblem {
        SchemaProblem(offset: min(offset, max(0, bytes.count - 1)), reason: reason)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    // MARK: - Items

    /// Reads items up to the end, or to the parenthesis that ends a nested schema.
    mutating func schema(of type: FieldType, isNested: Bool) throws(SchemaProblem) -> FieldSchema {
        var schema = FieldSchema()
        var seen: Set<String> = []
        while true {
            let start = index
            let name = try itemName(isNested: isNested)
            guard seen.insert(name).inserted else {
                throw problem("\(PlainText.quoted(name)) is given twice", at: start)
            }
            try readItem(name, from: start, of: type, isNested: isNested, into: &schema)
            if !schema.elements.isEmpty, !schema.members.isEmpty {
                throw problem("an array has 'type', or the members of its objects, not both", at: start)
            }
            guard let end = next else { break }
            if end == UInt8(ascii: ")"), isNested { break }
            guard end == UInt8(ascii: ";") else {
                throw problem("expected ';' and the next item", at: index)
            }
            index += 1
        }
        try checkBounds(schema)
        return schema
    }

    /// Where the least and the most were given, to say it if they contradict each other.
    private var boundsStart = 0

    private func checkBounds(_ schema: FieldSchema) throws(SchemaProblem) {
        if let minimum = schema.minimum, let maximum = schema.maximum, maximum.number < minimum.number {
            throw problem("max:\(maximum.text) is below min:\(minimum.text)", at: boundsStart)
        }
    }

    private mutating func itemName(isNested: Bool) throws(SchemaProblem) -> String {
        let start = index
        while let byte = next, byte.isLetter || byte.isDigit || byte == .underscore || byte == .hyphen {
            index += 1
        }
        guard index > start else {
            throw problem(
                "expected an item: \(Self.keywords.joined(separator: ", ")), or a member of an object",
                at: start)
        }
        return text(start..<index)
    }

    private static let keywords = [
        "min:N", "max:N", "step:N", "pattern:REGEX", "enum:A,B", "url", "email", "type:T",
    ]

    private mutating func readItem(
        _ name: String, from start: Int, of type: FieldType, isNested: Bool, into schema: inout FieldSchema
    ) throws(SchemaProblem) {
        guard next == UInt8(ascii: ":") else {
            switch name {
            case "url", "email":
                guard type.isText else { throw problem("'\(name)' is for text only", at: start) }
                if name == "url" { schema.isURL = true } else { schema.isEmail = true }
                return
            case "min", "max", "step", "pattern", "enum", "type":
                throw problem("'\(name)' needs a value: \(name):...", at: index)
            default: throw unknown(name, at: start)
            }
        }
        index += 1
        if type.hasMembers, !(name == "type" && type.isArray), let member = try memberType(isNested: isNested)
        {
            schema.members.append(FieldSchema.Member(name: name, value: member))
            return
        }
        let valueStart = index
        switch name {
        case "min", "max", "step":
            try readBound(name, from: start, of: type, isNested: isNested, into: &schema)
        case "pattern":
            guard type.isText else { throw problem("'pattern' is for text only", at: start) }
            let value = try value(isNested: isNested)
            do throws(PatternProblem) { schema.pattern = try Pattern(value) } catch {
                throw problem("pattern: \(error.reason)", at: valueStart + error.offset)
            }
        case "enum":
            guard type.isText || type.isNumber else {
                throw problem("'enum' is for text and numbers only", at: start)
            }
            let values = try value(isNested: isNested).split(separator: ",", omittingEmptySubsequences: false)
                .map(String.init)
            guard let choices = Choices(values) else {
                throw problem("an empty or repeated value; expected enum:A,B,...", at: valueStart)
            }
            if type.isNumber, let wrong = values.first(where: { !JSONText.isNumber($0.utf8.span) }) {
                throw problem("\(PlainText.quoted(wrong)) is not a number", at: valueStart)
            }
            schema.choices = choices
        case "type":
            guard type.isArray else { throw problem("'type' is for arrays only", at: start) }
            guard let element = try memberType(isNested: isNested) else { throw unknownType(at: valueStart) }
            schema.elements = [element]
        default:
            let isMember = type.hasMembers && Self.item(like: name) == nil
            throw isMember ? unknownType(at: valueStart) : unknown(name, at: start)
        }
    }

    /// What stands here where a type should: up to the first byte that cannot belong to its name.
    private func unknownType(at start: Int) -> SchemaProblem {
        let end = bytes[start...].firstIndex { ";()".utf8.contains($0) } ?? bytes.count
        let name = text(start..<end)
        var problem = problem("no field type is named \(PlainText.quoted(name))", at: start)
        problem.unknownType = name
        return problem
    }

    /// The item that a misspelt name was probably meant to be.
    private static func item(like name: String) -> String? {
        Suggestion.closest(to: name, among: keywords.map { String($0.prefix { $0 != ":" }) })
    }

    private func unknown(_ name: String, at start: Int) -> SchemaProblem {
        problem(
            "\(PlainText.quoted(name)) is not an item of a schema"
                + (Self.item(like: name).map { " (did you mean '\($0)'?)" }
                    ?? "; there are \(Self.keywords.joined(separator: ", ")), and NAME:TYPE for members of objects"),
            at: start)
    }

    // MARK: - Values

    private mutating func readBound(
        _ name: String, from start: Int, of type: FieldType, isNested: Bool, into schema: inout FieldSchema
    ) throws(SchemaProblem) {
        let valueStart = index
        let value = try value(isNested: isNested)
        guard type.isNumber || name != "step" && (type.isText || type.isArray) else {
            let what = name == "step" ? "numbers" : "text, numbers and arrays"
            throw problem("'\(name)' is for \(what) only", at: start)
        }
        guard JSONText.isNumber(value.utf8.span), let number = ExactNumber(value) else {
            throw problem("\(PlainText.quoted(value)) is not a number of at most 36 digits", at: valueStart)
        }
        if !type.isNumber, number < .zero || !JSONText.isInteger(value.utf8.span) {
            throw problem("\(PlainText.quoted(value)) is not a whole number from 0 on", at: valueStart)
        }
        let bound = FieldSchema.Bound(text: value, number: number)
        boundsStart = start
        switch name {
        case "min": schema.minimum = bound
        case "max": schema.maximum = bound
        default:
            guard .zero < number else { throw problem("a step is above 0", at: valueStart) }
            schema.step = bound
        }
    }

    /// Reads a value up to the `;` or `)` that ends it; brackets nest, and what follows a backslash belongs to it.
    private mutating func value(isNested: Bool) throws(SchemaProblem) -> String {
        let start = index
        var open: [(byte: UInt8, offset: Int)] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\\"): index += 1
            case UInt8(ascii: "["): if open.last?.byte != byte { open.append((byte, index)) }
            case UInt8(ascii: "("): if open.last?.byte != UInt8(ascii: "[") { open.append((byte, index)) }
            case UInt8(ascii: "]"): if open.last?.byte == UInt8(ascii: "[") { open.removeLast() }
            case UInt8(ascii: ")"):
                if open.last?.byte == UInt8(ascii: "(") {
                    open.removeLast()
                } else if open.isEmpty {
                    if isNested { return text(start..<index) }
                    throw problem("')' without '('", at: index)
                }
            case UInt8(ascii: ";") where open.isEmpty: return text(start..<index)
            default: break
            }
            index = min(index + 1, bytes.count)
        }
        if let last = open.last { throw problem("a bracket that nothing closes", at: last.offset) }
        return text(start..<index)
    }

    /// The type that stands here, with the schema in parentheses after it; `nil` if no type does.
    private mutating func memberType(isNested: Bool) throws(SchemaProblem) -> FieldSchema.Element? {
        let start = index
        while let byte = next, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "("), byte != UInt8(ascii: ")")
        {
            index += 1
        }
        guard let type = try? types.type(text(start..<index)) else {
            index = start
            return nil
        }
        guard next == UInt8(ascii: "(") else {
            return FieldSchema.Element(type: type, schema: FieldSchema())
        }
        let parenthesis = index
        depth += 1
        guard depth <= Self.mostDepth else { throw problem("nested too deeply", at: parenthesis) }
        index += 1
        let inner = try schema(of: type, isNested: true)
        guard next == UInt8(ascii: ")") else { throw problem("'(' without ')'", at: parenthesis) }
        index += 1
        depth -= 1
        return FieldSchema.Element(type: type, schema: inner)
    }
}
