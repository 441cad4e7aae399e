public import GraphSync
public import UCG

extension RedisSync {
    /// Compares everything, and writes nothing.
    ///
    /// - Parameter onChange: Called with each change and each conflict, by type and in the graph's order;
    ///   a type's deletions come behind its other changes.
    public mutating func plan(
        _ desired: DesiredGraph, onChange: (PlannedChange) throws -> Void
    ) throws -> SyncPlan {
        let ownership = try readOwnership(watches: false)
        var plan = SyncPlan(desired, ownership, options)
        var changed = ChangedEntities(limit: 0)
        for type in desired.types {
            try compare(desired, type, &plan, &changed, onChange)
            try readDeletions(type, &plan, watches: false, onChange)
        }
        return plan
    }

    /// Reads everything back.
    ///
    /// - Returns: How many entities are there as they should be, by what was found, and where the first one comes
    ///   from that is not.
    public mutating func verify(_ desired: DesiredGraph) throws -> (
        counts: ChangeCounts, firstFault: EntityOrigin?
    ) {
        var counts = ChangeCounts()
        var firstFault: EntityOrigin?
        for type in desired.types {
            try scan(desired, type) { compared in
                counts.unchanged += compared.unchangedCount
                for finding in compared.findings {
                    counts.add(finding.change)
                    firstFault = firstFault ?? compared.batch.entries[finding.index].origin
                }
            }
        }
        return (counts, firstFault)
    }

    /// How many of the entities' keys exist, whatever they hold.
    public mutating func countPresent(_ desired: DesiredGraph) throws(RedisError) -> Int {
        var count = 0
        for type in desired.types {
            let ids = desired.ids[type]?.ids ?? []
            for start in stride(from: 0, to: ids.count, by: Self.batchCount) {
                let chunk = ids[start..<min(start + Self.batchCount, ids.count)]
                let names = chunk.map {
                    Array(EntityKey(prefix: source.keyPrefix, type: type, id: $0).description.utf8)
                }
                if case .integer(let found) = try ask(
                    [.command([Array("EXISTS".utf8)] + names)], name: "EXISTS")[0]
                {
                    count += found
                }
            }
        }
        return count
    }

    /// Compares every entity of a type with what its key holds.
    mutating func compare(
        _ desired: DesiredGraph, _ type: EntityType, _ plan: inout SyncPlan, _ changed: inout ChangedEntities,
        _ onChange: (PlannedChange) throws -> Void
    ) throws {
        let prefix = source.keyPrefix
        try scan(desired, type) { compared in
            let batch = compared.batch
            func note(_ index: Int, _ found: Change, _ stored: [UInt8]?) throws {
                let entry = batch.entries[index]
                let change = plan.verdict(found, entry.type, entry.id)
                if case .none = change { return plan.addUnchanged(entry.type, 1) }
                let key = EntityKey(prefix: prefix, type: entry.type, id: entry.id)
                let planned = PlannedChange(
                    key: key, origin: entry.origin, change: change, stored: stored,
                    wanted: batch.value(at: index))
                guard plan.admits(planned) else { return }
                plan.add(change, key, entry.origin, byteCount: batch.byteCount(of: index))
                changed.append(index, of: batch)
                try onChange(planned)
            }
            if plan.refusesOthers { return try compared.forEach(note) }
            plan.addUnchanged(type, compared.unchangedCount)
            for finding in compared.findings { try note(finding.index, finding.change, finding.stored) }
        }
    }

    private mutating func scan(
        _ desired: DesiredGraph, _ type: EntityType, _ body: EntityScan.Finding
    ) throws {
        var scan = EntityScan(keyPrefix: source.keyPrefix, stamp: stamp, watches: false, lock, redis)
        var connection = try store.pipeline.takeConnection()
        do {
            try desired.forEachEntity(type) { entity in try scan.add(entity, &connection, body) }
            try scan.finish(&connection, body)
        } catch {
            store.pipeline.giveBack(connection)
            throw error
        }
        store.pipeline.giveBack(connection)
    }

    /// Compares entities once more, from now on watching their keys; they are let go one batch after the other.
    mutating func compareAgain(_ changed: inout ChangedEntities, _ body: EntityScan.Finding) throws {
        var scan = EntityScan(keyPrefix: source.keyPrefix, stamp: stamp, watches: true, lock, redis)
        var connection = try store.pipeline.takeConnection()
        do {
            while let batch = changed.popFirst() { try scan.add(batch, &connection, body) }
            try scan.finish(&connection, body)
        } catch {
            store.pipeline.giveBack(connection)
            throw error
        }
        store.pipeline.giveBack(connection)
    }

    // MARK: - Deletions

    /// Looks at the entities of a type that are to be deleted; what is gone already is not counted.
    mutating func readDeletions(
        _ type: EntityType, _ plan: inout SyncPlan, watches: Bool, _ onChange: (PlannedChange) throws -> Void
    ) throws {
        let ids = plan.candidates[type]?.ids ?? []
        for start in stride(from: 0, to: ids.count, by: Self.batchCount) {
            let chunk = ids[start..<min(start + Self.batchCount, ids.count)]
            for deletion in try readDeletions(type, chunk, watches: watches) where plan.admits(deletion) {
                plan.add(deletion.change, deletion.key, nil, byteCount: 96)
                try onChange(deletion)
            }
            try lock.tend()
        }
    }

    /// How many entities one command of a transaction, or of a look at deletions, is about.
    static let batchCount = 256

    /// What the keys of entities hold that are to be deleted: those that are there.
    mutating func readDeletions(
        _ type: EntityType, _ ids: ArraySlice<EntityID>, watches: Bool
    ) throws(RedisError) -> [PlannedChange] {
        let keys = ids.map { EntityKey(prefix: source.keyPrefix, type: type, id: $0) }
        let names = keys.map { Array($0.description.utf8) }
        var commands: [[UInt8]] = watches ? [.command([Array("WATCH".utf8)] + names)] : []
        commands.append(.command([Array("MGET".utf8)] + names))
        let replies = try ask(commands, name: "MGET")
        for case .error(let text) in replies { throw ServerError(text).asFailure }
        guard case .array(let values)? = replies.last, values.count == keys.count else {
            throw RedisError(.protocolViolation, "an unexpected reply to MGET")
        }
        // MGET answers null for a key of another type as for one that is not there.
        let absent = values.indices.filter { values.isNull(at: $0) }
        let existing = try ask(absent.map { .command([Array("EXISTS".utf8), names[$0]]) }, name: "EXISTS")
        let taken = Set(zip(absent, existing).filter { $0.1 == .integer(1) }.map(\.0))
        var deletions: [PlannedChange] = []
        for (index, key) in keys.enumerated() {
            var (change, stored) = (Change.delete, [UInt8]?.none)
            if case .text(let bytes) = values[index] {
                stored = bytes
                if !key.isOfEntity(bytes) { change = .foreign }
            } else {
                guard taken.contains(index) else { continue }
                change = .otherType
            }
            deletions.append(
                PlannedChange(key: key, origin: nil, change: change, stored: stored, wanted: nil))
        }
        return deletions
    }
}

extension EntityKey {
    /// Whether a value is a JSON entity of this type and id.
    fileprivate func isOfEntity(_ value: [UInt8]) -> Bool {
        guard let json = JSONValue(value.span) else { return false }
        return json["id"] == .string(Array(id.description.utf8))
            && json["entity_type"] == .string(Array(type.rawValue.utf8))
    }
}

/// Encoded entities that differ from what is stored, as long as they are few enough to be kept.
struct ChangedEntities {
    /// The entities.
    private var batches: [WriteBatch] = []
    private var head = 0
    private var count = 0
    private var byteCount = 0
    private let limit: Int
    private let byteLimit: Int

    private static let batchCount = 256

    /// Keeps at most so many entities and bytes.
    init(limit: Int, byteLimit: Int = .max) {
        self.limit = limit
        self.byteLimit = byteLimit
    }

    /// Adds an entity of a batch; beyond the limit, all are let go.
    mutating func append(_ index: Int, of batch: WriteBatch) {
        count += 1
        guard count <= limit, byteCount <= byteLimit else {
            batches = []
            return
        }
        if batches.last.map({ $0.entries.count >= Self.batchCount }) ?? true { batches.append(WriteBatch()) }
        let before = batches[batches.count - 1].byteCount
        batches[batches.count - 1].append(index, of: batch)
        byteCount += batches[batches.count - 1].byteCount - before
    }

    /// Hands the next batch out.
    mutating func popFirst() -> WriteBatch? {
        guard head < batches.count else { return nil }
        // An empty one in its place, so that its memory is not kept.
        var batch = WriteBatch()
        swap(&batch, &batches[head])
        head += 1
        return batch
    }
}
