package import UCG

/// One kind of configuration: the files that its rows are read from, and the entities that are made of them.
///
/// A kind is data; ``KindRegistry`` lists all of them. Two kinds are the same if their names are.
///
///     let counts = configuration.counts[.themes]  // rows, entities, time
package struct Kind: Hashable, Sendable {
    /// Its name, a plural: `snippets`.
    package let name: String
    /// The types of the entities that its rows make, in an order in which no reference dangles; none if the rows decide.
    package let types: [EntityType]
    /// The names of its files.
    let files: FilePattern
    /// Whether a directory is complete without it.
    package var isOptional = false
    /// The columns of its files, in each form that they can have.
    let layouts: [Layout]
    /// Makes what checks its files and builds its entities, for one run.
    let makeImporter: @Sendable () -> any KindImporter

    /// How the files of a kind are called.
    enum FilePattern: Sendable {
        /// One file of this name in the directory.
        case table(String)
        /// `<name>.csv` and `<name>.<locale>.csv`, in the directory and in the folders of its layers.
        case layered(String)

        /// The pattern as messages show it: `snippets.csv`, `translations*.csv`.
        var description: String {
            switch self {
            case .table(let name): name
            case .layered(let name): "\(name)*.csv"
            }
        }
    }

    /// The name of its one file; `nil` if it can have several.
    var tableName: String? { if case .table(let name) = files { name } else { nil } }

    /// The names and aliases of all columns that its files may have, in lower case.
    var columnNames: Set<String> {
        Set(layouts.flatMap(\.columns).flatMap { [$0.name] + $0.aliases })
    }

    /// Whether both are of the same name.
    package static func == (left: Kind, right: Kind) -> Bool { left.name == right.name }

    /// Hashes the name.
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
