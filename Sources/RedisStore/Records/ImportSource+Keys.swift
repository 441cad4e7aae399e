import GraphSync

/// The keys of what an importer keeps for itself, in addition to its entities.
extension ImportSource {
    private var prefix: String { "\(keyPrefix)reed-import:\(name):" }

    /// The set of all sources' names.
    var sourcesKey: String { "\(keyPrefix)reed-import:sources" }
    /// Held by the import that is running.
    var lockKey: String { "\(prefix)lock" }
    /// The hash that describes the last finished import.
    var lastKey: String { "\(prefix)last" }
    /// What the keys begin with that a transaction sets and deletes again, so that they are never visible.
    var guardPrefix: String { "\(prefix)guard:" }
    /// The set of the types of entities that this source owns.
    var typesKey: String { "\(prefix)types" }
    /// The hash of the ids of the entities of a type that are this source's.
    func ownedKey(_ type: some CustomStringConvertible) -> String { "\(prefix)owned:\(type)" }
}
