package import GraphSync
package import RedisProtocol
package import UCG

/// Entities in Redis: each one a key with its JSON as value.
///
///     for refusal in sync.refusals { print(refusal.key, refusal.reason) }  // RedisEntityStore.Refusal
package struct RedisEntityStore {
    /// An entity that the server refused.
    package struct Refusal: Sendable {
        /// Its key.
        package let key: EntityKey
        /// Where it comes from.
        package let origin: EntityOrigin
        /// The server's words, cut to 80 characters.
        package let reason: String
    }

    /// Refusals that are kept; the others are counted.
    package static let keptRefusals = 100

    private let topology: Topology
    var pipeline: WritePipeline
    private var encoder: EntityEncoder
    private var batch: MutationBatch
    /// What an entity's key may hold: with ``MutationBatch/Kind/replace`` anything, and it is replaced.
    var kind = MutationBatch.Kind.replace

    /// Connects, logs in, and makes sure that the server can be written to.
    ///
    /// - Throws: If the server cannot be reached, does not let this user in, is not Redis, or is configured so that
    ///   entities would be lost.
    static func connect(
        _ session: RedisSession, keyPrefix: String, stamp: WriteStamp, options: RedisOptions,
        layout: any EntityLayout.Type = StringLayout.self, lock: ImportLock? = nil, isReadOnly: Bool = false
    ) throws(RedisError) -> RedisEntityStore {
        let opened = try session.openFirst(.fully)
        if let failure = opened.check.failure, !isReadOnly { throw failure }
        if !isReadOnly { for doubt in opened.check.doubts { options.onNote(doubt) } }
        var options = options
        if opened.check.sendsSingly { options.batchSize = 1 }
        let node = Node(session, opened: opened, lock: lock, options: options)
        return RedisEntityStore(
            topology: .single(node),
            pipeline: WritePipeline(node, keyPrefix: keyPrefix, layout: layout, lock: lock),
            encoder: EntityEncoder(keyPrefix: keyPrefix, stamp: stamp), batch: MutationBatch(layout: layout))
    }

    /// The server that holds the importer's records.
    var node: Node { topology.home }
    /// How entities are kept.
    var layout: any EntityLayout.Type { batch.layout }
    /// A comparison of entities with what their keys hold.
    ///
    /// - Parameter asksExpiry: Whether keys are looked at that may expire.
    func comparison(asksExpiry: Bool) throws(RedisError) -> StoredComparison {
        try StoredComparison(with: pipeline.node, encoder: encoder, layout: layout, asksExpiry: asksExpiry)
    }
    var options: RedisOptions { node.options }
    /// What is done with graph keys; `nil` if nothing has to be.
    var graph: GraphPolicy? {
        get { pipeline.graph }
        set { pipeline.graph = newValue?.isIdle == true ? nil : newValue }
    }

    /// What the greeting has shown of the server.
    package var check: ServerCheck { node.check }

    /// The results for the entities so far.
    package var counts: WriteCounts {
        var counts = WriteCounts()
        counts.created = pipeline.window.created
        counts.updated = pipeline.window.updated
        counts.unchanged = pipeline.window.unchanged
        counts.refused = pipeline.window.refused
        counts.unknown = pipeline.window.unknown
        return counts
    }

    /// The results for the entities of a type so far.
    func counts(of type: EntityType) -> ChangeCounts { pipeline.window.tally.counts[type] ?? ChangeCounts() }

    /// The first entities that were refused.
    package var refusals: [Refusal] { pipeline.window.refusals }

    /// Writes one entity; it is sent with the next batch.
    ///
    /// An entity that the server refuses is noted in ``refusals`` and the next one
    /// tried, unless the server's words say that it would refuse every other too.
    package mutating func write(_ entity: borrowing Entity) throws(RedisError) {
        guard entity.data.bytes.count <= WriteLimits.largestValue else {
            pipeline.refuse(entity, "\(entity.data.bytes.count) bytes are more than Redis takes (512 MiB)")
            return
        }
        // A value that a server may be too small for goes alone, so that its refusal is about nothing else.
        let isLarge = entity.data.bytes.count >= WriteLimits.largeValue
        if isLarge, !batch.isEmpty { try send() }
        batch.append(entity, &encoder)
        if kind != .compare, let graph = pipeline.graph { _ = batch.addGraphChange(graph) }
        if isLarge || batch.count >= options.batchSize || batch.byteCount >= WriteLimits.batchBytes {
            try send()
        }
    }

    /// Sends what is left, waits for all replies, and makes sure that they were in step and nothing was lost.
    package mutating func finish() throws(RedisError) { try finish(nil) }

    /// The same, and makes sure that a record of this run is still there.
    mutating func finish(_ record: RedisSession.Record?) throws(RedisError) {
        if !batch.isEmpty { try send() }
        try pipeline.finish(record)
    }

    /// Waits a little for what was sent, after the source of entities has failed; sends nothing more.
    package mutating func windDown() { pipeline.windDown() }

    /// Sends what is left and waits until every entity so far is settled.
    mutating func flush() throws(RedisError) {
        if !batch.isEmpty { try send() }
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
        full.kind = kind
        try pipeline.submit(full)
    }
}
