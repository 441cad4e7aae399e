import GraphSync
import UCG

/// The changes of one transaction, encoded, each with what its key held when it was compared.
struct AtomicChanges {
    /// Entities whose keys did not exist.
    private(set) var created: [MutationBatch] = []
    /// Entities whose keys held other content, with the values that are to be written.
    private(set) var updated: [MutationBatch] = []
    /// What the keys of those held.
    private(set) var updatedValues = ComparedValues()
    /// The keys of entities that are deleted.
    private(set) var deleted: [[UInt8]] = []
    /// What each of them held.
    private(set) var deletedValues = ComparedValues()

    private let entityLimit: Int
    private let byteLimit: Int
    private let layout: any EntityLayout.Type
    private let isSplit: Bool
    private var count = 0
    private var byteCount = 0

    /// An empty set of changes.
    ///
    /// - Parameters:
    ///   - entityLimit: The most changes that are kept.
    ///   - byteLimit: The most bytes that are kept.
    ///   - layout: How the entities are kept.
    ///   - isSplit: Whether each entity is written by a command of its own.
    init(
        entityLimit: Int, byteLimit: Int = .max, layout: any EntityLayout.Type = StringLayout.self,
        isSplit: Bool = false
    ) {
        self.layout = layout
        self.entityLimit = entityLimit
        self.byteLimit = byteLimit
        self.isSplit = isSplit
    }

    /// Whether every change is here; if not, there were more than the limits, and none is.
    var isComplete: Bool { count <= entityLimit && byteCount <= byteLimit }

    /// The number of keys that the changes are about.
    var keyCount: Int { isComplete ? count : 0 }

    /// Adds a change that was found; one that writes nothing is left out.
    mutating func append(_ found: RedisSync.Found) {
        append(found.planned.change, found.index, of: found.batch, stored: found.planned.stored)
    }

    /// Adds an entity of a batch; a change that writes nothing is left out.
    ///
    /// - Parameter stored: What the key holds.
    mutating func append(_ change: Change, _ index: Int, of batch: MutationBatch, stored: StoredEntity) {
        switch change {
        case .create:
            guard counts(batch.byteCount(of: index)) else { return }
            prepare(&created, batch.valueByteCount(of: index))
            created[created.count - 1].append(index, of: batch)
        case .update(let difference):
            guard counts(batch.byteCount(of: index)), let stored = stored.bytes else { return }
            let value = batch.withValue(at: index) { difference.update($0) }
            prepare(&updated, value.count)
            updated[updated.count - 1].append(index, of: batch, value: value)
            updatedValues.append(stored.span)
        case .unchanged, .delete, .conflict: return
        }
    }

    /// Adds a deletion.
    mutating func delete(_ key: EntityKey, stored: [UInt8]) {
        let name = Array(key.description.utf8)
        guard counts(name.count) else { return }
        deleted.append(name)
        deletedValues.append(stored.span)
    }

    /// The indices of the deletions, as many at a time as one command is about.
    var deletionGroups: [Range<Int>] {
        stride(from: 0, to: deleted.count, by: WriteLimits.groupCount).map {
            $0..<min($0 + WriteLimits.groupCount, deleted.count)
        }
    }

    /// Counts a change; false if it is beyond the limits, and then all changes are let go.
    private mutating func counts(_ bytes: Int) -> Bool {
        count += 1
        byteCount += bytes
        if isComplete { return true }
        (created, updated, deleted) = ([], [], [])
        (updatedValues, deletedValues) = (ComparedValues(), ComparedValues())
        return false
    }

    /// Makes sure that the last batch has room for a value.
    ///
    /// A value that a server may be too small for goes alone, so that its refusal is about nothing else.
    private func prepare(_ batches: inout [MutationBatch], _ valueBytes: Int) {
        let isFull = batches.last.map { $0.count >= WriteLimits.groupCount || $0.isLarge }
        guard valueBytes >= WriteLimits.largeValue || isFull ?? true else { return }
        var batch = MutationBatch(layout: layout)
        batch.isSplit = isSplit
        batches.append(batch)
    }
}

extension MutationBatch {
    /// Whether it has one value only, which a server may be too small for.
    var isLarge: Bool { count == 1 && valueByteCount(of: 0) >= WriteLimits.largeValue }
}
