import GraphSync
import UCG

/// The changes of one transaction, encoded, each with what its key held when it was compared.
struct AtomicChanges {
    /// Entities that one command writes.
    struct Group {
        /// The entities, with the values that are to be written.
        var batch = WriteBatch()
        /// The SHA-1 of what each key held, 40 digits each; empty if none of the keys existed.
        var digests: [UInt8] = []
    }

    /// Entities whose keys did not exist.
    private(set) var created: [Group] = []
    /// Entities whose keys held other content.
    private(set) var updated: [Group] = []
    /// The keys of entities that are deleted.
    private(set) var deleted: [[UInt8]] = []
    /// The SHA-1 of what each of them held.
    private(set) var deletedDigests: [UInt8] = []

    private let entityLimit: Int
    private let byteLimit: Int
    private let isSplit: Bool
    private var count = 0
    private var byteCount = 0

    /// How many entities one command writes, or one look at keys is about.
    static let groupCount = 256

    /// An empty set of changes.
    ///
    /// - Parameters:
    ///   - entityLimit: The most changes that are kept.
    ///   - byteLimit: The most bytes that are kept.
    ///   - isSplit: Whether each entity is written by a command of its own.
    init(entityLimit: Int, byteLimit: Int = .max, isSplit: Bool = false) {
        self.entityLimit = entityLimit
        self.byteLimit = byteLimit
        self.isSplit = isSplit
    }

    /// Whether every change is here; if not, there were more than the limits, and none is.
    var isComplete: Bool { count <= entityLimit && byteCount <= byteLimit }

    /// How many keys the changes are about.
    var keyCount: Int { isComplete ? count : 0 }

    /// All groups of entities that are written.
    var written: [Group] { created + updated }

    /// Adds an entity of a batch; a change that writes nothing is left out.
    ///
    /// - Parameter stored: What the key holds.
    mutating func append(_ change: Change, _ index: Int, of batch: WriteBatch, stored: [UInt8]?) {
        switch change {
        case .create:
            guard counts(batch.byteCount(of: index)) else { return }
            Self.add(to: &created, isSplit: isSplit, batch.valueByteCount(of: index)) { group in
                group.batch.append(index, of: batch)
            }
        case .update(let difference):
            guard counts(batch.byteCount(of: index)), let stored else { return }
            let value = batch.withValue(at: index) { difference.update($0) }
            Self.add(to: &updated, isSplit: isSplit, value.count) { group in
                group.batch.append(index, of: batch, value: value)
                group.digests.appendSHA1(of: stored.span)
            }
        case .none, .delete, .conflict: return
        }
    }

    /// Adds a deletion.
    mutating func delete(_ key: EntityKey, stored: [UInt8]) {
        let name = Array(key.description.utf8)
        guard counts(name.count) else { return }
        deleted.append(name)
        deletedDigests.appendSHA1(of: stored.span)
    }

    /// Counts a change; false if it is beyond the limits, and then all changes are let go.
    private mutating func counts(_ bytes: Int) -> Bool {
        count += 1
        byteCount += bytes
        if isComplete { return true }
        (created, updated, deleted, deletedDigests) = ([], [], [], [])
        return false
    }

    /// Adds to the last group, or to a new one if that is full.
    ///
    /// A value that a server may be too small for goes alone, so that its refusal is about nothing else.
    private static func add(
        to groups: inout [Group], isSplit: Bool, _ valueBytes: Int, _ body: (inout Group) -> Void
    ) {
        let isLarge = valueBytes >= RedisEntityStore.largeValue
        let isFull = groups.last.map { group in
            group.batch.entries.count >= groupCount
                || group.batch.valueByteCount(of: group.batch.entries.count - 1)
                    >= RedisEntityStore.largeValue
        }
        if isLarge || isFull ?? true {
            groups.append(Group())
            groups[groups.count - 1].batch.isSplit = isSplit
        }
        body(&groups[groups.count - 1])
    }
}
