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
    /// What happens to graph keys with the changes, and those of entities that do not change.
    private(set) var graphChanges: [GraphChange] = []
    /// The same for entities that are kept though the directory no longer has them.
    private(set) var leftoverChanges: [GraphChange] = []

    private let entityLimit: Int
    private let byteLimit: Int
    private let layout: any EntityLayout.Type
    private let isSplit: Bool
    private var count = 0
    /// How many of those do not change.
    private var rewrittenCount = 0
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
    var keyCount: Int { isComplete ? count - rewrittenCount : 0 }

    /// Adds a change that was found; one that writes nothing is left out.
    mutating func append(_ found: RedisSync.Found) {
        append(found.planned.change, found.index, of: found.batch, stored: found.planned.stored)
        guard let keys = found.graph, !keys.isEmpty else { return }
        switch found.planned.change {
        case .unchanged: append(keys)
        case .create, .update: if isComplete { graphChanges.append(keys) }
        case .conflict, .delete: return
        }
    }

    /// Adds what happens to the graph keys of an entity that does not change.
    ///
    /// - Parameter isLeftover: Whether the directory no longer has it.
    mutating func append(_ change: GraphChange, isLeftover: Bool = false) {
        guard counts(change.byteCount) else { return }
        rewrittenCount += 1
        if isLeftover { leftoverChanges.append(change) } else { graphChanges.append(change) }
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
    mutating func delete(_ key: EntityKey, stored: [UInt8], _ keys: GraphChange = GraphChange()) {
        let name = Array(key.description.utf8)
        guard counts(name.count + keys.byteCount) else { return }
        if !keys.isEmpty { graphChanges.append(keys) }
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
        (graphChanges, leftoverChanges) = ([], [])
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
