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

    /// The rules of each field that has some, by its name.
    private(set) var rules: [String: [ValidationRule]] = [:]
    /// The fields that a rule requires.
    private(set) var ruledRequired: [String] = []
    /// The same, to be looked up: a field can have several such rules.
    private var seenRequired: Set<String> = []
    /// The fields, by name.
    private(set) var byName: [String: Field] = [:]
    /// The required fields that are not localized, and those that are.
    private(set) var required: (always: [String], localized: [String]) = ([], [])
    /// Names, among which a misspelt one is looked for.
    private(set) var names = FirstNames()

    /// Adds a rule to a field; returns whether there is such a field.
    mutating func add(_ rule: ValidationRule, to field: String) -> Bool {
        guard byName[field] != nil else { return false }
        rules[field, default: []].append(rule)
        if case .required = rule.demand, seenRequired.insert(field).inserted { ruledRequired.append(field) }
        return true
    }

    /// Adds a field; the first of a name stands.
    mutating func add(_ name: String, _ field: Field) {
        guard byName[name] == nil else { return }
        byName[name] = field
        names.add(name)
        guard field.isRequired else { return }
        if field.isLocalized { required.localized.append(name) } else { required.always.append(name) }
    }
}
