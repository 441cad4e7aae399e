import CSV
import UCG

/// What side files say of a snippet, beside its fields.
struct SnippetRules: Sendable {
    /// The members of `meta`, if a row gives them.
    var meta: JSONWriter?
    /// The elements of `validation_rules`; added to in place, because there can be many.
    var rules = JSONWriter()
    /// The types that its instances may contain, as they were written, if a row names them.
    private(set) var allowedChildren: [String]?
    /// The same, to be looked up.
    private var allowedTypes: Set<String> = []

    /// Lets its instances contain these types, and no others.
    mutating func allow(_ types: [String]) {
        allowedChildren = types
        allowedTypes = Set(types)
    }

    /// Whether its instances may contain entities of a type.
    func allows(_ type: String) -> Bool { allowedChildren == nil || allowedTypes.contains(type) }

    /// Writes what there is as members of the snippet's `data`.
    func write(to json: inout JSONWriter) {
        if let meta {
            json.key("meta")
            json.object { $0.members(meta) }
        }
        if !rules.bytes.isEmpty {
            json.key("validation_rules")
            json.array { $0.members(rules) }
        }
        if let allowedChildren {
            json.key("allowed_child_types")
            json.array { json in
                for type in allowedChildren { json.string(type) }
            }
        }
    }
}

extension CheckPass {
    /// Reports a name that no snippet has; returns whether one has it, or may have it.
    mutating func checkSnippet(
        _ name: String, at cell: ColumnBinding.Cell, of record: borrowing CSVRecord, in path: String
    ) -> Bool {
        if identities.contains(EntityName.id(.snippet, name)) { return true }
        if isBroken(.snippet) || lostTexts.contains(name) { return true }
        log.add(
            .error, .unknownReference, in: path, at: cell.position(record), field: cell.name,
            reason: "no snippet is named \(PlainText.quoted(name))"
                + suggestion(for: name, among: names(of: .snippet), in: path))
        return false
    }

    /// Reports a second row for one thing.
    mutating func reportSecondRow(
        of name: String, at cell: ColumnBinding.Cell, in record: borrowing CSVRecord, path: String
    ) {
        log.add(
            .error, .duplicate, in: path, at: cell.position(record), field: cell.name,
            reason: "\(PlainText.quoted(name)) has a row in this file already")
    }
}
