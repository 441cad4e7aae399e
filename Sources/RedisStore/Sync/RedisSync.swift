package import GraphSync
package import RedisProtocol
package import UCG

/// Synchronises Redis with a configuration directory: reads, compares, and writes the differences.
///
///     var sync = try RedisSync(
///         of: address, source: ImportSource(keyPrefix: ""), types: graph.types, stamp: stamp,
///         redis: RedisOptions(), options: SyncOptions())
///     let result = try sync.apply(graph, lockTimeout: .seconds(60)) { LastImport() }
package struct RedisSync: ~Copyable {
    let source: ImportSource
    let stamp: WriteStamp
    let redis: RedisOptions
    let options: SyncOptions
    /// The plan to carry out, if it is one that was made before.
    let saved: SavedPlan?
    var records: OwnershipRecords
    var store: RedisEntityStore
    let lock: ImportLock
    /// Tells this run from every other.
    let run: String
    /// The number of the database.
    private let database: Int
    /// The graph keys that entities are to have.
    var graphGoal = GraphKeySetting.none
    /// Whether entities may have an expiry, which they should not.
    var asksExpiry = false
    let started = Timestamp.now
    let start = ContinuousClock.now
    /// The result of an import, as far as it got.
    package internal(set) var result = SyncResult()
    /// How far an import got.
    package internal(set) var progress = SyncProgress.planning

    /// The number of plans that are made because keys were changed while one was carried out.
    static let mostPlans = 3
    /// The number of starts because the server was restarted.
    static let mostStarts = 4

    /// Connects, logs in, and makes sure that the server can be used.
    ///
    /// - Parameters:
    ///   - types: The types of entities, in an order in which no reference dangles.
    ///   - stamp: When and by whom the entities are written.
    ///   - saved: The plan to carry out, and nothing else, if it is one that was made before.
    ///   - isReadOnly: Whether nothing will be written, so that a server that takes no writes is suitable.
    /// - Throws: If the server cannot be reached, does not let this user in, is not Redis, or is
    ///   configured so that entities would be lost.
    package init(
        of address: RedisAddress, source: ImportSource, types: [EntityType], stamp: WriteStamp,
        redis: RedisOptions, options: SyncOptions, saved: SavedPlan? = nil, isReadOnly: Bool = false
    ) throws(RedisError) {
        let session = RedisSession(address, keyPrefix: source.keyPrefix, redis)
        let lock = ImportLock(session, key: source.lockKey, redis)
        store = try RedisEntityStore.connect(
            session, keyPrefix: source.keyPrefix, stamp: stamp, options: redis, lock: lock,
            isReadOnly: isReadOnly)
        self.lock = lock
        database = address.database
        records = OwnershipRecords(source: source, types: types)
        run = String(UInt64.random(in: .min ... .max), radix: 16)
        self.source = source
        self.stamp = stamp
        self.redis = store.options
        self.options = options
        self.saved = saved
    }

    /// What the greeting has shown of the server.
    package var check: ServerCheck { store.check }
    /// The results for the entities that were sent one batch after the other.
    package var counts: WriteCounts { store.counts }
    /// The first entities that were refused.
    package var refusals: [RedisEntityStore.Refusal] { store.refusals }

    /// The first entities whose place was taken while they were written.
    package var conflicts: [SyncRefusal.Case] { store.pipeline.window.conflicts }

    // MARK: - Importing

    /// Writes what is different, and deletes what is to be deleted, while no other import of this source runs.
    ///
    /// - Parameter last: Called when all but the record of the import is done; returns what to record, except for times and counts.
    /// - Throws: ``SyncRefusal`` if a safety check refuses, before anything is written; ``RedisError``; what going through
    ///   the entities throws.
    package mutating func apply(
        _ desired: DesiredGraph, lockTimeout: Duration, last: @escaping () throws -> LastImport
    ) throws -> SyncResult {
        try lock.acquire(within: lockTimeout)
        defer { lock.release() }
        do { return try converge(to: Goal(desired: desired, last: last)) } catch {
            store.windDown()
            if store.pipeline.window.lacksGraphKeys { recordIncompleteGraphKeys() }
            throw error
        }
    }

    /// What an import is to lead to.
    struct Goal {
        let desired: DesiredGraph
        /// What to record of the import, but for times and counts.
        let last: () throws -> LastImport
    }

    private mutating func converge(to goal: Goal) throws -> SyncResult {
        var starts = 1
        while true {
            do {
                return try replan(for: goal)
            } catch var failure as RedisError {
                if failure.code == .lockLost {
                    // A server that lost everything has lost the lock too.
                    do { try checkEpoch() } catch { failure = error }
                }
                guard failure.code == .restarted, starts < Self.mostStarts else { throw failure }
                starts += 1
                redis.onNote("\(failure.message): starting over")
                store.startOver()
                progress = .planning
                try lock.acquire(within: .zero)
            }
        }
    }

    private mutating func checkEpoch() throws(RedisError) {
        store.pipeline.closeConnections()
        try node.checkEpoch()
    }

    /// Plans and carries out, again if a key was changed in between or the connection broke before a write.
    private mutating func replan(for goal: Goal) throws -> SyncResult {
        for _ in 0..<Self.mostPlans {
            let isDone = try persist(whilePlanning: true) { sync throws in
                sync.result = SyncResult()
                return try sync.once(for: goal)
            }
            if isDone { return result }
            redis.onNote("a key was changed by another program; planning again")
        }
        throw RedisError(
            .tryLater,
            "keys changed during planning (\(Self.mostPlans) attempts)",
            advice: "run again")
    }

    /// The server.
    var node: Node { store.node }

    /// Runs `body` until it succeeds; what fails is tried again on new connections, on which nothing is watched.
    ///
    /// - Parameter whilePlanning: Whether failures are final once something is written.
    mutating func persist<Result>(
        whilePlanning: Bool = false, _ body: (inout RedisSync) throws -> Result
    ) throws -> Result {
        let node = node
        var isFinal = false
        return try node.persist(
            unless: { _ in isFinal },
            mixed: {
                do { return try body(&self) } catch let failure as RedisError where failure.isRetryable {
                    isFinal = whilePlanning && !progress.isPlanning
                    if !isFinal { store.pipeline.closeConnections() }
                    throw failure
                }
            })
    }

    /// Plans and carries out; false if a key was changed in between.
    private mutating func once(for goal: Goal) throws -> Bool {
        let desired = goal.desired
        let ownership = try readOwnership(watches: true)
        var draft = try begin(
            SyncPlan(desired, ownership: ownership, options: options, saved: saved), for: desired)
        graphGoal = draft.graph.policy.goal
        store.graph = draft.graph.policy
        if try isFirst(ownership, desired) {
            let keyBytes = graphGoal == .none ? 0 : 150 * desired.count
            try checkMemory(desired.estimatedBytes + keyBytes)
            return try stream(goal, draft.plan, kind: .create, spoilt: [])
        }
        try readExpiries(besides: ownership)
        var changes = AtomicChanges(
            entityLimit: options.atomicity == .never ? 0 : options.atomicEntities,
            byteLimit: options.atomicBytes, layout: store.layout, isSplit: redis.batchSize == 1)
        for types in desired.passes(and: records.types) {
            try compare(types, of: desired, in: &draft) { change in
                changes.append(change)
            }
            for type in types {
                try readDeletions(of: type, in: &draft) { deletion, keys in
                    if let stored = deletion.stored.bytes {
                        changes.delete(deletion.key, stored: stored, keys)
                    }
                }
            }
        }
        try planLeftovers(in: &draft) { changes.append($0, isLeftover: true) }
        try conclude(&draft, for: desired) { _ in }
        let (plan, graph) = (draft.plan, draft.graph)
        store.graph = graph.policy
        try plan.check()
        try checkMemory(plan.createdBytes)
        let keys = GraphKeyWrite(changes, by: graph, names: graphKeyNames)
        if plan.isAtomic, let way = try atomicWay(changes, keys) {
            return try transact(goal, plan, changes: changes, graphKeys: keys, way: way)
        }
        let isNew = plan.total.updated + plan.total.unchanged == 0
        return try stream(goal, plan, kind: isNew ? .create : .compare, spoilt: graph.check.spoilt)
    }

    /// Whether there is nothing to compare with: no entity is owned, and the database holds no key but the importer's.
    private mutating func isFirst(_ ownership: Ownership, _ desired: DesiredGraph) throws(RedisError) -> Bool
    {
        guard saved == nil, ownership.ownCount == 0, ownership.others.isEmpty, options.atomicity != .always,
            options.atomicity == .never || desired.count > options.atomicEntities
                || desired.estimatedBytes > options.atomicBytes
        else { return false }
        let keys = records.ownKeys + [source.lockKey]
        let replies = try node.ask([RedisCommand("DBSIZE"), RedisCommand("EXISTS", keys: keys)])
        return try replies[0].count(of: "DBSIZE") == replies[1].count(of: "EXISTS", atMost: keys.count)
    }

    /// Makes sure that new keys and values do not exceed what the server takes.
    private func checkMemory(_ bytes: Int) throws(RedisError) {
        guard !redis.ignoresMemory, let failure = check.memoryFailure(beforeWriting: bytes) else { return }
        throw failure
    }

    // MARK: - Reading

    /// Finds out whether entities may expire: then the expiry of each is asked for when it is compared.
    mutating func readExpiries(besides ownership: Ownership) throws(RedisError) {
        asksExpiry = true
        store.pipeline.expiring = []
        guard redis.checksServer else { return }
        let locks =
            [source.lockKey]
            + ownership.others.keys.compactMap {
                ImportSource(keyPrefix: source.keyPrefix, name: $0)?.lockKey
            }
        let replies = try node.ask([RedisCommand("INFO", "keyspace"), RedisCommand("EXISTS", keys: locks)])
        guard case .bulkString(let info) = replies[0] else { throw RedisError.unexpectedReply(to: "INFO") }
        let held = try replies[1].count(of: "EXISTS", atMost: locks.count)
        asksExpiry = ServerState(info: info).expiringKeys(in: database) > held
    }

    /// Reads which source owns what; if it watches, a later transaction fails if that has changed.
    mutating func readOwnership(watches: Bool) throws(RedisError) -> Ownership {
        var ownership = Ownership()
        if watches { try watch(records.ownKeys) }
        let known = try ask([
            RedisCommand("SMEMBERS", key: source.sourcesKey), RedisCommand("SMEMBERS", key: source.typesKey),
            // Only to find out before anything is written if it is not a hash.
            RedisCommand("HGET", key: source.lastKey, "run"),
        ])
        let others = try OwnershipRecords.names(known[0], "SMEMBERS").sorted().filter { $0 != source.name }
            .compactMap { ImportSource(keyPrefix: source.keyPrefix, name: $0) }
        let typeCount = records.types.count
        try records.addTypes(source, known[1])
        let types = try ask(others.map { RedisCommand("SMEMBERS", key: $0.typesKey) })
        for (other, reply) in zip(others, types) {
            try records.addTypes(other, reply)
        }
        if watches, records.types.count > typeCount { try watch(records.ownKeys) }
        ownership.own = try records.owned(
            source, ask(records.readOwned(source))[...])
        for other in others {
            if watches { try watch(records.types.map { other.ownedKey($0) }) }
            let replies = try ask(records.readOwned(other))
            ownership.others[other.name] = try records.owned(other, replies[...])
        }
        return ownership
    }

    /// Asks for records, or for values: replies may be long.
    func ask(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
        if commands.isEmpty { return [] }
        try node.connection().allowLargeReplies()
        return try node.ask(commands)
    }

    private func watch(_ keys: [String]) throws(RedisError) {
        let reply = try node.ask([RedisCommand("WATCH", keys: keys)])[0]
        guard reply == .ok else { throw RedisError.unexpectedReply(to: "WATCH") }
    }
}
