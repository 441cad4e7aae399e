import SystemSupport
import UCG

extension FieldSchema {
    /// What is wrong with a value of a field; `nil` if it is one of its type and fits the schema.
    ///
    /// Complexity: O(*n*) in the value's bytes, and in the instructions of the patterns.
    func fault(of value: JSONValue, of type: FieldType) -> SchemaFault? {
        guard type.accepts(value) else {
            return SchemaFault(reason: "\(Self.shown(value)) is not \(type.expectedValue)")
        }
        switch value {
        case .string(let bytes): return fault(ofText: String(decoding: bytes, as: UTF8.self))
        case .number(let text): return fault(ofNumber: text)
        case .array(let values): return fault(ofElements: values)
        case .object(let object): return fault(ofMembers: object)
        case .null, .boolean: return nil
        }
    }

    private static func shown(_ value: JSONValue) -> String {
        if case .string(let bytes) = value { return PlainText.quoted(bytes.span) }
        return PlainText.escaped(value.description).shortened()
    }

    private func fault(ofText text: String) -> SchemaFault? {
        let count = text.unicodeScalars.count
        if let fault = fault(ofCount: count, of: "character") { return fault }
        if let pattern, !pattern.matches(text) {
            return SchemaFault(
                reason:
                    "\(PlainText.quoted(text)) does not match the pattern \(PlainText.quoted(pattern.text))")
        }
        if let fault = fault(ofChoice: text) { return fault }
        if isURL, !FieldType.url.accepts(.string(Array(text.utf8))) {
            return SchemaFault(reason: "\(PlainText.quoted(text)) is not \(FieldType.url.expectedValue)")
        }
        if isEmail, !FieldType.email.accepts(.string(Array(text.utf8))) {
            return SchemaFault(reason: "\(PlainText.quoted(text)) is not \(FieldType.email.expectedValue)")
        }
        return nil
    }

    private func fault(ofChoice text: String) -> SchemaFault? {
        if choices.isEmpty || choices.contains(text) { return nil }
        return SchemaFault(reason: "\(PlainText.quoted(text)) is not \(choices.expected)")
    }

    private func fault(ofNumber text: String) -> SchemaFault? {
        if let fault = fault(ofChoice: text) { return fault }
        guard minimum != nil || maximum != nil || step != nil else { return nil }
        guard let number = ExactNumber(text) else {
            return SchemaFault(
                reason: "\(PlainText.escaped(text).shortened()) has too many digits to be compared")
        }
        if let minimum, number < minimum.number {
            return SchemaFault(reason: "\(text) is below \(minimum.text)")
        }
        if let maximum, maximum.number < number {
            return SchemaFault(reason: "\(text) is above \(maximum.text)")
        }
        if let step, !number.isReached(from: minimum?.number ?? .zero, by: step.number) {
            let start = minimum.map { ", counted from \($0.text)" } ?? ""
            return SchemaFault(reason: "\(text) is not a multiple of \(step.text)\(start)")
        }
        return nil
    }

    private func fault(ofElements values: [JSONValue]) -> SchemaFault? {
        if let fault = fault(ofCount: values.count, of: "element") { return fault }
        let element = elements.first ?? (members.isEmpty ? nil : objectElement)
        guard let element else { return nil }
        for (index, value) in values.enumerated() {
            if let fault = element.schema.fault(of: value, of: element.type) {
                return fault.within("[\(index)]")
            }
        }
        return nil
    }

    /// The objects of an array whose members the schema names.
    private var objectElement: Element {
        var schema = FieldSchema()
        schema.members = members
        return Element(type: .object, schema: schema)
    }

    private func fault(ofMembers object: [[UInt8]: JSONValue]) -> SchemaFault? {
        for member in members {
            guard let value = object[Array(member.name.utf8)], value != .null,
                let fault = member.value.schema.fault(of: value, of: member.value.type)
            else { continue }
            return fault.within(member.name)
        }
        return nil
    }

    private func fault(ofCount count: Int, of noun: String) -> SchemaFault? {
        let number = ExactNumber(count)
        let has = "has \(count) \(noun.counted(count))"
        if let minimum, number < minimum.number {
            return SchemaFault(reason: "\(has); at least \(minimum.text) are needed")
        }
        if let maximum, maximum.number < number {
            return SchemaFault(reason: "\(has); at most \(maximum.text) are accepted")
        }
        return nil
    }
}
