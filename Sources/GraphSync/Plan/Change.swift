package import UCG

/// What has to happen to one entity so that the store holds what it should.
///
///     switch Change(stored: stored.span, wanted: entity.json(stamp).span) {
///     case .update(let difference): write(difference.update(entity.json(stamp).span))
///     default: break
///     }
package enum Change: Hashable, Sendable {
    /// Its key is free: it is new.
    case create
    /// It is there, with other content.
    case update(EntityDifference)
    /// It is owned, and the directory no longer has it.
    case delete
    /// It is there as it should be; times and author do not count.
    case unchanged
    /// Nothing may happen to it, as the text says why.
    case conflict(String)

    /// The key's place is taken by a value that is not an entity.
    package static let notAnEntity = Change.conflict("the key's value is not an entity with this type and id")
    /// The key's place is taken by a value of another type than entities are stored as.
    package static let otherType = Change.conflict("the key holds a value of another type")

    /// Compares what a key holds with the entity that should be there.
    ///
    /// Complexity: O(*n*) in the bytes of both.
    package init(stored: Span<UInt8>, wanted: Span<UInt8>, given: GivenStamps = []) {
        switch EntityComparison(stored: stored, wanted: wanted, given: given) {
        case .same: self = .unchanged
        case .different(let difference): self = .update(difference)
        case .notAnEntity: self = .notAnEntity
        }
    }
}

/// The numbers of entities that need, or got, each change.
///
///     var counts = ChangeCounts()
///     counts.add(.create)
///     counts.changed  // 1
package struct ChangeCounts: Hashable, Sendable {
    /// Entities that are new.
    package var created = 0
    /// Entities with other content.
    package var updated = 0
    /// Entities that are there as they should be.
    package var unchanged = 0
    /// Owned entities that the directory no longer has, and that are deleted.
    package var deleted = 0
    /// Entities whose place is taken, or that are another source's.
    package var conflicts = 0

    /// None of any kind.
    package init() {}

    /// The number of entities that are created, updated or deleted.
    package var changed: Int { created + updated + deleted }
    /// Whether there is nothing to do, and nothing in the way.
    package var isEmpty: Bool { changed + conflicts == 0 }

    /// Counts one more.
    package mutating func add(_ change: Change) {
        switch change {
        case .create: created += 1
        case .update: updated += 1
        case .delete: deleted += 1
        case .unchanged: unchanged += 1
        case .conflict: conflicts += 1
        }
    }

    /// The sum of both.
    package static func + (left: ChangeCounts, right: ChangeCounts) -> ChangeCounts {
        var sum = left
        sum.created += right.created
        sum.updated += right.updated
        sum.unchanged += right.unchanged
        sum.deleted += right.deleted
        sum.conflicts += right.conflicts
        return sum
    }
}
