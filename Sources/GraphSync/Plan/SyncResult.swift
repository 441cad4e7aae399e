public import UCG

/// What an import did.
public struct SyncResult: Hashable, Sendable {
    /// How readers saw the changes.
    public enum Visibility: Hashable, Sendable {
        /// There was nothing to see.
        case unchanged
        /// All at once: one transaction.
        case atomic
        /// One batch after the other.
        case batches
    }

    /// What became of the entities, by type.
    public var counts: [EntityType: ChangeCounts] = [:]
    /// How readers saw the changes.
    public var visibility = Visibility.unchanged
    /// Entities that were another source's before.
    public var adopted = 0
    /// Owned entities that the directory no longer has, and that are kept.
    public var leftovers = 0
    /// What vanished from the directory as a whole, and how many entities of it were kept.
    public var vanished: [PruningUnit: Int] = [:]
    /// What vanished from the directory as a whole, and how many entities of it were deleted.
    public var prunedWhole: [PruningUnit: Int] = [:]

    /// Nothing done.
    public init() {}

    /// What became of all entities.
    public var total: ChangeCounts { counts.values.reduce(ChangeCounts(), +) }
}

/// What became of the entities that were handed to a store.
public struct WriteCounts: Hashable, Sendable {
    /// Confirmed by the store: the sum of created and updated ones.
    public var written: Int { created + updated }
    /// Confirmed, and new.
    public var created = 0
    /// Confirmed, in the place of others.
    public var updated = 0
    /// Found as they should be.
    public var unchanged = 0
    /// Refused by the store.
    public var refused = 0
    /// Sent, but neither confirmed nor refused.
    public var unknown = 0

    /// None of any kind.
    public init() {}
}
