/// The fields of a snippet, as far as the data of instances has to fit them.
struct SnippetFields: Sendable {
    /// One field.
    struct Field: Sendable {
        let type: FieldType
        let schema: FieldSchema
        let isRequired: Bool
        /// Whether its texts come from translations, so that an instance may lack it.
        let isLocalized: Bool
    }

    /// The fields, by name.
    private(set) var byName: [String: Field] = [:]
    /// The required fields that are not localized, and those that are.
    private(set) var required: (always: [String], localized: [String]) = ([], [])
    /// Names, among which a misspelt one is looked for.
    private(set) var names = FirstNames()

    /// Adds a field; the first of a name stands.
    mutating func add(_ name: String, _ field: Field) {
        guard byName[name] == nil else { return }
        byName[name] = field
        names.add(name)
        guard field.isRequired else { return }
        if field.isLocalized { required.localized.append(name) } else { required.always.append(name) }
    }
}
