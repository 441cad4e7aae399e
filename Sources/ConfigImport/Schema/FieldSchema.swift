import UCG

/// What a field's values must be beyond their type, as its `field_schema` cell says it.
///
///     let schema = try FieldSchema("min:3;max:80", of: .text)
///     schema.fault(of: .string(Array("Hi".utf8)), of: .text)?.reason  // has 2 characters; at least 3 are needed
struct FieldSchema: Sendable {
    /// A bound with the text that the user wrote.
    struct Bound: Sendable {
        let text: String
        let number: ExactNumber
    }

    /// A member of an object.
    struct Member: Sendable {
        let name: String
        let value: Element
    }

    /// A value within another: its type and its schema.
    struct Element: Sendable {
        let type: FieldType
        let schema: FieldSchema
    }

    /// The least number, characters of a text, or elements of an array.
    var minimum: Bound?
    /// The most of the same.
    var maximum: Bound?
    /// The distance of numbers from the least one, or from 0.
    var step: Bound?
    /// What must occur in a text.
    var pattern: Pattern?
    /// The texts or numbers of which it must be one.
    var choices = Choices()
    /// Whether a text is a URL.
    var isURL = false
    /// Whether a text is an e-mail address.
    var isEmail = false
    /// What the elements of an array are: none or one.
    var elements: [Element] = []
    /// The members of an object, or of the objects of an array.
    var members: [Member] = []

    /// A schema that accepts every value of a type.
    init() {}
}

/// Why a text is not a schema.
struct SchemaProblem: Error, Hashable {
    /// The byte of the text that the reason is about, from 0.
    let offset: Int
    let reason: String
    /// The name that no field type has, if that is the reason.
    var unknownType: String?
}

/// What is wrong with a value.
struct SchemaFault: Hashable {
    /// The place within the value: empty, or for example `[2].title`.
    var place = ""
    let reason: String

    /// The same fault, seen from the object that has the value as a member, or from the array that has it as an element.
    func within(_ container: String) -> SchemaFault {
        let isDirect = place.isEmpty || place.hasPrefix("[")
        return SchemaFault(place: container + (isDirect ? place : ".\(place)"), reason: reason)
    }

    /// The reason with its place.
    var text: String { place.isEmpty ? reason : "\(place): \(reason)" }
}
