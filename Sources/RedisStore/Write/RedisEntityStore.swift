public import GraphSync
public import UCG

/// Entities in Redis: each one a key with its JSON as value.
public struct RedisEntityStore: ~Copyable {
    /// An entity that the server refused.
    public struct Refusal: Sendable {
        /// Its key.
        public let key: EntityKey
        /// Where it comes from.
        public let origin: EntityOrigin
        /// The server's words, cut to 80 characters.
        public let reason: String
    }

    /// Refusals that are kept; the others are counted.
    public static let keptRefusals = 100
    /// Redis takes no larger string (`proto-max-bulk-len`, by default).
    static let largestValue = 512 << 20
    /// A batch with so many bytes is sent though it has room for more entities.
    private static let batchBytes = 256 << 10
    /// Servers can be told to take no larger value, nor a larger query, than 1 MiB.
    static let largeValue = 512 << 10

    var pipeline: WritePipeline
    private var head: EntityHead
    private var batch: WriteBatch
    let options: RedisOptions
    /// What an entity's key may hold: with ``WriteBatch/Step/write`` anything, and it is replaced.
    var step = WriteBatch.Step.write

    /// Connects, logs in, and makes sure that the server can be written to.
    ///
    /// - Parameters:
    ///   - keyPrefix: What every key begins with.
    ///   - stamp: When and by whom the entities are written.
    /// - Throws: If the server cannot be reached, does not let this user in, is none, or is
    ///   configured so that entities would be lost.
    public static func connect(
        to address: RedisAddress, keyPrefix: String, stamp: EntityStamp, options: RedisOptions
    ) throws(RedisError) -> RedisEntityStore {
        try connect(RedisSession(address, keyPrefix: keyPrefix, options), keyPrefix, stamp, options)
    }

    static func connect(
        _ session: RedisSession, _ keyPrefix: String, _ stamp: EntityStamp, _ options: RedisOptions,
        lock: ImportLock? = nil, isReadOnly: Bool = false
    ) throws(RedisError) -> RedisEntityStore {
        let opened = try session.openFirst(.fully)
        if let failure = opened.survey.failure, !isReadOnly { throw failure }
        if !isReadOnly { for doubt in opened.survey.doubts { options.onNote(doubt) } }
        var options = options
        if opened.survey.sendsSingly { options.batchSize = 1 }
        return RedisEntityStore(
            WritePipeline(session, opened, keyPrefix: keyPrefix, lock: lock, options),
            EntityHead(keyPrefix: keyPrefix, stamp: stamp), options)
    }

    private init(_ pipeline: consuming WritePipeline, _ head: EntityHead, _ options: RedisOptions) {
        self.pipeline = pipeline
        self.head = head
        self.options = options
        batch = WriteBatch()
    }

    /// What the greeting has shown of the server.
    public var survey: ServerSurvey { pipeline.survey }

    /// What became of the entities so far.
    public var counts: WriteCounts {
        var counts = WriteCounts()
        counts.created = pipeline.window.created
        counts.updated = pipeline.window.updated
        counts.unchanged = pipeline.window.unchanged
        counts.refused = pipeline.window.refused
        counts.unknown = pipeline.window.unknown
        return counts
    }

    /// The first entities that were refused.
    public var refusals: [Refusal] { pipeline.window.refusals }

    /// Writes one entity; it is sent with the next batch.
    ///
    /// An entity that the server refuses is noted in ``refusals`` and the next one
    /// tried, unless the server's words say that it would refuse every other too.
    public mutating func write(_ entity: borrowing Entity) throws(RedisError) {
        guard entity.data.bytes.count <= Self.largestValue - 4096 else {
            pipeline.refuse(entity, "\(entity.data.bytes.count) bytes are more than Redis takes (512 MiB)")
            return
        }
        // A value that a server may be too small for goes alone, so that its refusal is about nothing else.
        let isLarge = entity.data.bytes.count >= Self.largeValue
        if isLarge, !batch.entries.isEmpty { try send() }
        batch.append(entity, &head)
        if isLarge || batch.entries.count >= options.batchSize || batch.byteCount >= Self.batchBytes {
            try send()
        }
    }

    /// Sends what is left, waits for all replies, and makes sure that they were in step and nothing was lost.
    public mutating func finish() throws(RedisError) { try finish(nil) }

    /// The same, and makes sure that a record of this run is still there.
    mutating func finish(_ record: RedisSession.Record?) throws(RedisError) {
        if !batch.entries.isEmpty { try send() }
        try pipeline.finish(record)
    }

    /// Waits a little for what was sent, after the source of entities has failed; sends nothing more.
    public mutating func settle() { pipeline.windDown() }

    /// Sends what is left and waits until every entity so far is settled.
    mutating func flush() throws(RedisError) {
        if !batch.entries.isEmpty { try send() }
        try pipeline.flush()
    }

    /// Forgets everything, for a server that has.
    mutating func startOver() {
        batch.removeAll()
        pipeline.startOver()
    }

    private mutating func send() throws(RedisError) {
        var full = pipeline.freshBatch()
        swap(&full, &batch)
        full.step = step
        try pipeline.submit(full)
    }
}
