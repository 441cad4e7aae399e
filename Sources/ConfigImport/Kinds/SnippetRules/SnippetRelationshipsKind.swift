import CSV
import UCG

extension Kind {
    /// `snippet_relationships.csv`: what instances of a snippet may contain, one snippet a row.
    package static let snippetRelationships = Kind(
        name: "snippet_relationships", types: [], files: .table("snippet_relationships.csv"),
        isOptional: true,
        layouts: [SnippetRelationshipsImporter.layout], makeImporter: { SnippetRelationshipsImporter() })
}

/// The `allowed_child_types` of snippets.
struct SnippetRelationshipsImporter: KindImporter {
    private static let parent = Column("parent_type", .snippetName, isRequired: true)
    private static let children = Column("allowed_child_types", .word, isRequired: true, mayBeAbsent: true)
    static let layout = Layout([.column(parent), .column(children)])

    private(set) var counts = KindCounts()

    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
        let (cell, childCell) = (rows.columns[Self.parent], rows.columns[Self.children])
        while try pass.next(&rows) {
            guard let name = cell.validText(rows.record),
                pass.checkSnippet(name, at: cell, of: rows.record, in: file.path)
            else { continue }
            let children = Self.types(childCell.text(rows.record))
            if children.contains("") || Set(children).count < children.count {
                pass.log.add(
                    .error, .invalidValue, in: file.path, at: childCell.position(rows.record),
                    field: childCell.name,
                    reason: "an empty or repeated type; expected for example hero-banner|teaser-card")
            } else if pass.snippetRules[name]?.allowedChildren != nil {
                pass.reportSecondRow(of: name, at: cell, in: rows.record, path: file.path)
            } else {
                pass.snippetRules[name, default: SnippetRules()].allow(children)
            }
        }
        pass.finish(rows, counting: &counts)
    }

    private static func types(_ text: String?) -> [String] {
        (text ?? "").isEmpty
            ? [] : (text ?? "").split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }

    /// Every type is a snippet, a built-in one, or one of `entities.csv`.
    mutating func resolve(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        if pass.isBroken(.snippet) || pass.broken.contains(.entities) { return }
        var again = RereadPass(pass.options)
        guard var rows = try again.open(file, { _, _ in Self.layout }) else { return }
        let cell = rows.columns[Self.children]
        let declared = Set(pass.semanticNames.types.map(\.rawValue))
        while try again.next(&rows) {
            for type in Self.types(cell.text(rows.record)) {
                let isKnown =
                    AssociationLayout.builtInTypes.contains(type) || declared.contains(type)
                    || pass.identities.contains(EntityName.id(.snippet, type))
                    || pass.lostTexts.contains(type)
                if isKnown || type.isEmpty { continue }
                let hint = pass.suggestion(
                    for: type, among: pass.names(of: .snippet) + AssociationLayout.builtInTypes, in: file.path
                )
                pass.log.add(
                    .error, .unknownReference, in: file.path, at: cell.position(rows.record),
                    field: cell.name,
                    reason:
                        "no snippet is named \(PlainText.quoted(type)), no built-in type, and no type of entities.csv\(hint)"
                )
            }
        }
    }
}
