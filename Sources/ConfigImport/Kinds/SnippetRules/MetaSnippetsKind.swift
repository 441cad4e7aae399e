import CSV
import UCG

extension Kind {
    /// `meta_snippets.csv`: how instances of a snippet are used, one snippet a row.
    package static let metaSnippets = Kind(
        name: "meta_snippets", types: [], files: .table("meta_snippets.csv"), isOptional: true,
        layouts: [MetaSnippetsImporter.layout], makeImporter: { MetaSnippetsImporter() })
}

/// The `meta` of snippets.
struct MetaSnippetsImporter: KindImporter {
    private static let name = Column("snippet_name", .snippetName, isRequired: true)
    static let layout = Layout([
        .column(name),
        .column(Column("is_routable", .boolean, as: "is_routable")),
        .column(Column("is_navigable", .boolean, as: "is_navigable")),
        .column(Column("is_searchable", .boolean, as: "is_searchable")),
        .column(Column("cache_ttl", .count, as: "cache_ttl")),
        .column(Column("max_instances", .count, as: "max_instances")),
    ])

    /// No member is derived.
    private enum Derived: DerivedMember {
        init?(rawValue: Int) { nil }

        var rawValue: Int { switch self {} }
        var name: String { switch self {} }
    }

    private(set) var counts = KindCounts()

    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
        let cell = rows.columns[Self.name]
        while try pass.next(&rows) {
            guard let name = cell.validText(rows.record),
                pass.checkSnippet(name, at: cell, of: rows.record, in: file.path), rows.isValid
            else { continue }
            var meta = JSONWriter()
            rows.columns.write(rows.record, to: &meta) { (_: Derived, _, _) in }
            if pass.snippetRules[name]?.meta != nil {
                pass.reportSecondRow(of: name, at: cell, in: rows.record, path: file.path)
            } else {
                pass.snippetRules[name, default: SnippetRules()].meta = meta
            }
        }
        pass.finish(rows, counting: &counts)
    }
}
