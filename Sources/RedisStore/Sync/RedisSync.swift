public import GraphSync
public import UCG

/// Brings Redis to where it holds what a directory has: reads, compares, and writes the differences.
public struct RedisSync: ~Copyable {
    let source: ImportSource
    let stamp: EntityStamp
    let redis: RedisOptions
    let options: SyncOptions
    /// The plan to carry out, if it is one that was made before.
    let saved: SavedPlan?
    var bookkeeping: Bookkeeping
    var store: RedisEntityStore
    let lock: ImportLock
    /// Tells this run from every other.
    let run: String
    /// The number of the database.
    private let database: Int
    /// Whether entities may have an expiry, which they should not.
    var asksExpiry = false
    let started = Timestamp.now
    let start = ContinuousClock.now
    /// Whether entities are on their way one batch after the other: what fails then is tried again there.
    var isStreaming = false
    /// What was done before a transaction or a batch failed.
    public internal(set) var result = SyncResult()
    /// Whether the one transaction was carried out, so that only the last look at the server is missing.
    public internal(set) var isCarriedOut = false
    /// Whether a transaction was sent of which nobody knows whether it was carried out.
    public internal(set) var isInDoubt = false
    /// Whether the one transaction was carried out but for commands that failed.
    public internal(set) var isPartial = false

    /// How often a plan is made afresh because a key was changed while it was carried out.
    static let mostPlans = 3
    /// How often everything begins again because the server was restarted.
    static let mostStarts = 4

    /// Connects, logs in, and makes sure that the server can be used.
    ///
    /// - Parameters:
    ///   - types: The types of entities, in an order in which no reference dangles.
    ///   - stamp: When and by whom the entities are written.
    ///   - saved: The plan to carry out, and nothing else, if it is one that was made before.
    ///   - isReadOnly: Whether nothing will be written, so that a server that takes no writes will do.
    /// - Throws: If the server cannot be reached, does not let this user in, is none, or is
    ///   configured so that entities would be lost.
    public init(
        of address: RedisAddress, source: ImportSource, types: [EntityType], stamp: EntityStamp,
        redis: RedisOptions, options: SyncOptions, saved: SavedPlan? = nil, isReadOnly: Bool = false
    ) throws(RedisError) {
        let session = RedisSession(address, keyPrefix: source.keyPrefix, redis)
        let lock = ImportLock(session, key: source.lockKey, redis)
        store = try RedisEntityStore.connect(
            session, source.keyPrefix, stamp, redis, lock: lock, isReadOnly: isReadOnly)
        self.lock = lock
        database = address.database
        bookkeeping = Bookkeeping(source: source, types: types)
        run = String(UInt64.random(in: .min ... .max), radix: 16)
        self.source = source
        self.stamp = stamp
        self.redis = store.options
        self.options = options
        self.saved = saved
    }

    /// What the greeting has shown of the server.
    public var survey: ServerSurvey { store.survey }
    /// What became of the entities that were sent one batch after the other.
    public var counts: WriteCounts { store.counts }
    /// The first entities that were refused.
    public var refusals: [RedisEntityStore.Refusal] { store.refusals }

    /// The first entities whose place was taken while they were written.
    public var conflicts: [SyncRefusal.Case] { store.pipeline.window.conflicts }

    // MARK: - Importing

    /// Writes what is different, and deletes what is to be deleted, while no other import of this source runs.
    ///
    /// - Parameter last: Called when all but the record of the import is done; answers what to record, but for times and counts.
    /// - Throws: ``SyncRefusal`` if a guard says no, before anything is written; ``RedisError``; and what going
    ///   through the graph throws.
    public mutating func apply(
        _ desired: DesiredGraph, lockTimeout: Duration, last: () throws -> LastImport
    ) throws -> SyncResult {
        try lock.acquire(within: lockTimeout)
        do {
            let result = try converge(desired, last)
            lock.release()
            return result
        } catch {
            store.settle()
            lock.release()
            throw error
        }
    }

    private mutating func converge(_ desired: DesiredGraph, _ last: () throws -> LastImport) throws
        -> SyncResult
    {
        var starts = 1
        while true {
            do {
                return try attempt(desired, last)
            } catch var failure as RedisError {
                if failure.code == .lockLost {
                    // A server that lost everything has lost the lock too.
                    do { try store.pipeline.checkEpoch() } catch { failure = error }
                }
                guard failure.code == .restarted, starts < Self.mostStarts else { throw failure }
                starts += 1
                redis.onNote("\(failure.message): starting over")
                store.startOver()
                (isStreaming, isCarriedOut) = (false, false)
                try lock.acquire(within: .zero)
            }
        }
    }

    /// Plans and carries out, again if a key was changed in between or the connection broke before a write.
    private mutating func attempt(_ desired: DesiredGraph, _ last: () throws -> LastImport) throws
        -> SyncResult
    {
        var plans = 0
        while true {
            do {
                result = SyncResult()
                if try once(desired, last) { return result }
                plans += 1
                guard plans < Self.mostPlans else {
                    throw RedisError(
                        .tryLater,
                        "another program changed keys of this import \(plans) times while it was planned",
                        advice: "run again")
                }
                redis.onNote("a key was changed by another program; planning afresh")
            } catch let failure as RedisError {
                if isStreaming || isInDoubt || isPartial || isCarriedOut
                    || !(failure.isOfConnection || failure.mayPass)
                {
                    throw failure
                }
                try store.pipeline.startAfresh(after: failure)
            }
            try lock.tend()
        }
    }

    /// Plans and carries out; false if a key was changed in between.
    private mutating func once(_ desired: DesiredGraph, _ last: () throws -> LastImport) throws -> Bool {
        let ownership = try readOwnership(watches: true)
        var plan = SyncPlan(desired, ownership, options, saved: saved)
        if try isFirst(ownership, desired) {
            try checkMemory(desired.estimatedBytes)
            return try stream(desired, plan, .create, last)
        }
        try readExpiries(besides: ownership)
        var changes = AtomicChanges(
            entityLimit: options.atomicity == .never ? 0 : options.atomicEntities,
            byteLimit: options.atomicBytes, isSplit: redis.batchSize == 1)
        for type in bookkeeping.types {
            try compare(desired, type, &plan, &changes) { _ in }
            try readDeletions(type, &plan) { deletion in
                if let stored = deletion.stored { changes.delete(deletion.key, stored: stored) }
            }
        }
        try plan.check()
        try checkMemory(plan.createdBytes)
        if plan.isAtomic, let way = try atomicWay(changes) {
            return try transact(desired, plan, changes, way, last)
        }
        let isNew = plan.total.updated + plan.total.unchanged == 0
        return try stream(desired, plan, isNew ? .create : .read, last)
    }

    /// Whether there is nothing to compare with: no entity is owned, and the database holds no key but the importer's.
    private mutating func isFirst(_ ownership: Ownership, _ desired: DesiredGraph) throws(RedisError) -> Bool
    {
        guard saved == nil, ownership.ownCount == 0, ownership.others.isEmpty, options.atomicity != .always,
            options.atomicity == .never || desired.count > options.atomicEntities
                || desired.estimatedBytes > options.atomicBytes
        else { return false }
        let keys = bookkeeping.ownKeys + [source.lockKey]
        let replies = try store.pipeline.call(
            [.command("DBSIZE"), .command([Array("EXISTS".utf8)] + keys.map { Array($0.utf8) })],
            name: "DBSIZE")
        return try replies[0].count("DBSIZE") == replies[1].count("EXISTS", atMost: keys.count)
    }

    /// Makes sure that new keys and values do not exceed what the server takes.
    private func checkMemory(_ bytes: Int) throws(RedisError) {
        guard !redis.ignoresMemory, let failure = survey.memoryFailure(beforeWriting: bytes) else { return }
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
        let replies = try store.pipeline.call(
            [.command("INFO", "keyspace"), .command((["EXISTS"] + locks).map { Array($0.utf8) })],
            name: "INFO")
        for case .error(let text) in replies { throw ServerError(text).asFailure }
        guard case .text(let info) = replies[0] else {
            throw RedisError(.protocolViolation, "an unexpected reply to INFO")
        }
        let held = try replies[1].count("EXISTS", atMost: locks.count)
        asksExpiry = ServerState(info: info).expiringKeys(in: database) > held
    }

    /// Reads who owns what; if it watches, a later transaction fails if that has changed.
    mutating func readOwnership(watches: Bool) throws(RedisError) -> Ownership {
        var ownership = Ownership()
        if watches { try watch(bookkeeping.ownKeys) }
        let known = try ask(
            [
                .command("SMEMBERS", source.sourcesKey), .command("SMEMBERS", source.typesKey),
                // Only to find out before anything is written if it is no hash.
                .command("HGET", source.lastKey, "run"),
            ], name: "SMEMBERS")
        let others = try Bookkeeping.names(known[0], "SMEMBERS").sorted().filter { $0 != source.name }
            .compactMap { ImportSource(keyPrefix: source.keyPrefix, name: $0) }
        let types = bookkeeping.types.count
        try bookkeeping.enterTypes(source, known[1])
        if case .error(let text) = known[2] { throw ServerError(text).asFailure }
        for (other, reply) in zip(
            others, try ask(others.map { .command("SMEMBERS", $0.typesKey) }, name: "SMEMBERS"))
        {
            try bookkeeping.enterTypes(other, reply)
        }
        if watches, bookkeeping.types.count > types { try watch(bookkeeping.ownKeys) }
        ownership.own = try bookkeeping.owned(
            source, ask(bookkeeping.readOwned(source), name: "HGETALL")[...])
        for other in others {
            if watches { try watch(bookkeeping.types.map { other.ownedKey($0) }) }
            let replies = try ask(bookkeeping.readOwned(other), name: "HGETALL")
            ownership.others[other.name] = try bookkeeping.owned(other, replies[...])
        }
        return ownership
    }

    mutating func ask(_ commands: [[UInt8]], name: String) throws(RedisError) -> [RedisReply] {
        let limit = redis.replyTimeout
        return try store.pipeline.use { (connection, _) throws(RedisError) in
            connection.largestReply = RedisConnection.largestString
            return try connection.call(commands, name: name, within: limit)
        }
    }

    private mutating func watch(_ keys: [String]) throws(RedisError) {
        let replies = try store.pipeline.call(
            [.command([Array("WATCH".utf8)] + keys.map { Array($0.utf8) })], name: "WATCH")
        if case .error(let text) = replies[0] { throw ServerError(text).asFailure }
        guard replies[0] == .ok else { throw RedisError(.protocolViolation, "an unexpected reply to WATCH") }
    }
}
