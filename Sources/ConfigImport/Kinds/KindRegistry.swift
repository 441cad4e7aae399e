package import UCG

/// The kinds of configuration that a run knows, in the order in which they are checked and imported.
///
///     let name = KindRegistry.builtIn.kind(of: .theme)?.name  // "themes"
package struct KindRegistry: Sendable {
    /// The kinds.
    package let kinds: [Kind]

    /// What every configuration directory may have.
    package static let builtIn = KindRegistry(kinds: [
        .fieldTypes, .snippets, .metaSnippets, .validationRules, .snippetRelationships, .themes, .entities,
        .associations, .translations,
    ])

    /// The kind that makes entities of a type; `nil` if there is none.
    package func kind(of type: EntityType) -> Kind? { kinds.first { $0.types.contains(type) } }

    /// The kinds of which a directory has one file each, by the file's name.
    var tables: [(name: String, kind: Kind)] {
        kinds.compactMap { kind in kind.tableName.map { ($0, kind) } }
    }

    /// The position of a kind among the others.
    func index(of kind: Kind) -> Int { kinds.firstIndex(of: kind) ?? kinds.count }
}
