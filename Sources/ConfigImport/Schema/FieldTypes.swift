/// The field types of a directory: the built-in ones, and those that `field_types.csv` declares.
struct FieldTypes: Sendable {
    private var declared: [String: DeclaredType] = [:]
    private var names = FirstNames()

    /// Adds a type; returns whether its name is new.
    mutating func add(_ type: DeclaredType) -> Bool {
        names.add(type.name)
        return declared.updateValue(type, forKey: type.name) == nil
    }

    /// The type written as `text`.
    ///
    /// Letter case counts.
    func type(_ text: String) throws(FieldType.Problem) -> FieldType {
        if let type = declared[text] { return .declared(type) }
        return try FieldType(text)
    }

    /// What may have been meant by `text`, or what names there are; for issues that are shown only.
    func suggestion(for text: String) -> String { FieldType.suggestion(for: text, and: names.names) }
}

/// A field type that a row of `field_types.csv` declares: a built-in one whose values match a pattern.
final class DeclaredType: Sendable {
    let name: String
    let base: FieldType
    /// What occurs in every value, if the row gives it.
    let pattern: Pattern?
    /// What is said of other values, if the row gives it.
    let message: String?

    init(_ name: String, base: FieldType, pattern: Pattern?, message: String?) {
        self.name = name
        self.base = base
        self.pattern = pattern
        self.message = message
    }
}
