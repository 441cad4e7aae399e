package import UCG

/// What an import did.
///
///     result.total.changed  // entities that were created, updated or deleted
///     result.visibility == .atomic  // whether all changes became visible at once
package struct SyncResult: Hashable, Sendable {
    /// How readers saw the changes.
    package enum Visibility: Hashable, Sendable {
        /// There was nothing to see.
        case unchanged
        /// All at once: one transaction.
        case atomic
        /// One batch after the other.
        case batches
    }

    /// The changes that were made, by type.
    package var counts: [EntityType: ChangeCounts] = [:]
    /// How readers saw the changes.
    package var visibility = Visibility.unchanged
    /// Entities that were another source's before.
    package var adopted = 0
    /// Owned entities that the directory no longer has, and that are kept.
    package var leftovers = 0
    /// What vanished from the directory as a whole, and how many entities of it were kept.
    package var vanished: [EntityGroup: Int] = [:]
    /// What vanished from the directory as a whole, and how many entities of it were deleted.
    package var prunedWhole: [EntityGroup: Int] = [:]

    /// What happened to the graph keys of entities that did not change.
    package var graphKeys = GraphKeyUpdate()

    /// Nothing done.
    package init() {}

    /// The changes that were made, of all types together.
    package var total: ChangeCounts { counts.values.reduce(ChangeCounts(), +) }
}

/// The results for entities that were passed to a store.
///
///     counts.written + counts.unchanged  // entities that the server has confirmed
package struct WriteCounts: Hashable, Sendable {
    /// Confirmed by the store: the sum of created and updated ones.
    package var written: Int { created + updated }
    /// Confirmed, and new.
    package var created = 0
    /// Confirmed, in the place of others.
    package var updated = 0
    /// Found as they should be.
    package var unchanged = 0
    /// Refused by the store.
    package var refused = 0
    /// Sent, but neither confirmed nor refused.
    package var unknown = 0

    /// None of any kind.
    package init() {}
}
