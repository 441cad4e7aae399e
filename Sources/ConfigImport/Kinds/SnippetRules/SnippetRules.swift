import CSV
import UCG

/// What side files say of a snippet, beside its fields.
struct SnippetRules: Sendable {
    /// The members of `meta`, if a row gives them.
    var meta: JSONWriter?
    /// The elements of `validation_rules`.
    var rules: JSONWriter?
    /// The types that its instances may contain, if a row names them.
    var allowedChildren: [String]?

    /// Writes what there is as members of the snippet's `data`.
    func write(to json: inout JSONWriter) {
        if let meta {
            json.key("meta")
            json.object { $0.members(meta) }
        }
        if let rules {
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
