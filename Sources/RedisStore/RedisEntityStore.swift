public import GraphSync
public import UCG

/// Entities in Redis: each one a key with its JSON as value.
public struct RedisEntityStore: ~Copyable, EntityStore {
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

    private var pipeline: RedisPipeline
    private let keyPrefix: String
    private let stamp: EntityStamp
    private let options: RedisOptions
    private var json = JSONWriter()
    private var head: SetHead
    private var ledger: Ledger

    /// What the replies have said.
    private struct Ledger {
        let keyPrefix: String
        var written = 0
        var refused = 0
        var refusals: [Refusal] = []

        /// Enters a reply; throws if every further command would fare the same.
        mutating func enter(_ command: RedisPipeline.Pending, _ reply: RedisReply) throws(RedisError) {
            switch reply {
            case .ok:
                written += 1
            case .error(let text):
                let error = ServerError(text)
                refuse(command.type, command.id, command.origin, error.words)
                if error.isFinal { throw RedisError(error.code, error.words, advice: error.advice) }
            default:
                throw RedisError(.protocolViolation, "an unexpected reply to SET")
            }
        }

        mutating func refuse(
            _ type: EntityType, _ id: EntityID, _ origin: EntityOrigin, _ reason: String
        ) {
            refused += 1
            if refusals.count < keptRefusals {
                let key = EntityKey(prefix: keyPrefix, type: type, id: id)
                refusals.append(Refusal(key: key, origin: origin, reason: reason))
            }
        }
    }

    /// Connects, logs in and chooses the database.
    ///
    /// - Parameters:
    ///   - keyPrefix: What every key begins with.
    ///   - stamp: When and by whom the entities are written.
    /// - Throws: If the server cannot be reached, does not let this user in, or is none.
    public static func connect(
        to address: RedisAddress, keyPrefix: String, stamp: EntityStamp, options: RedisOptions
    ) throws(RedisError) -> RedisEntityStore {
        let deadline = ContinuousClock.now + options.connectTimeout
        let connection = try RedisConnection.open(
            address, within: options.connectTimeout, interruption: options.interruption)
        var pipeline = RedisPipeline(connection, options)
        if let password = address.password {
            var command: [UInt8] = []
            if let user = address.user {
                command.appendCommand("AUTH", user, password)
            } else {
                command.appendCommand("AUTH", password)
            }
            try greet(&pipeline, command, "AUTH", deadline, options)
        }
        var ping: [UInt8] = []
        ping.appendCommand("PING")
        try greet(&pipeline, ping, "PING", deadline, options)
        if address.database != 0 {
            var select: [UInt8] = []
            select.appendCommand("SELECT", String(address.database))
            try greet(&pipeline, select, "SELECT", deadline, options)
        }
        return RedisEntityStore(pipeline, keyPrefix: keyPrefix, stamp: stamp, options: options)
    }

    private init(
        _ pipeline: consuming RedisPipeline, keyPrefix: String, stamp: EntityStamp, options: RedisOptions
    ) {
        self.pipeline = pipeline
        self.keyPrefix = keyPrefix
        self.stamp = stamp
        self.options = options
        head = SetHead(keyPrefix: keyPrefix, type: .snippet)
        ledger = Ledger(keyPrefix: keyPrefix)
    }

    /// Sends one of the first commands, which must succeed.
    private static func greet(
        _ pipeline: inout RedisPipeline, _ command: [UInt8], _ name: String,
        _ deadline: ContinuousClock.Instant, _ options: RedisOptions
    ) throws(RedisError) {
        let reply: RedisReply
        do throws(RedisError) {
            reply = try pipeline.call(command, name: name, within: max(.zero, deadline - .now))
        } catch {
            switch error.code {
            case .timeout:
                throw RedisError(
                    .timeout, "no reply to \(name) within \(options.connectTimeout.text)",
                    advice: "is this a Redis server?")
            case .connectionLost:
                throw RedisError(
                    .connectionLost, "\(error.message) before the first reply",
                    advice: "does the server want TLS?")
            default: throw error
            }
        }
        switch reply {
        case .ok where name != "PING": return
        case .status("PONG") where name == "PING": return
        case .error(let text): throw ServerError(text).asFailure
        default: throw RedisError(.protocolViolation, "an unexpected reply to \(name)")
        }
    }

    /// What became of the entities so far.
    public var counts: WriteCounts {
        var counts = WriteCounts()
        counts.written = ledger.written
        counts.refused = ledger.refused
        counts.unknown = pipeline.unansweredCount
        return counts
    }

    /// The first entities that were refused.
    public var refusals: [Refusal] { ledger.refusals }

    /// Writes one entity; it is sent with the next batch.
    ///
    /// An entity that the server refuses is noted in ``refusals`` and the next one
    /// tried, unless the server's words say that it would refuse every other too.
    public mutating func write(_ entity: borrowing Entity) throws(RedisError) {
        if head.type != entity.type { head = SetHead(keyPrefix: keyPrefix, type: entity.type) }
        json.removeAll()
        entity.write(to: &json, stamp: stamp)
        guard json.bytes.count <= Self.largestValue else {
            ledger.refuse(
                entity.type, entity.id, entity.origin,
                "\(json.bytes.count) bytes are more than Redis takes (512 MiB)")
            return
        }
        try pipeline.set(head, entity.id, json.bytes, entity.origin) { (command, reply) throws(RedisError) in
            try ledger.enter(command, reply)
        }
    }

    /// Sends what is left, waits for all replies, and makes sure that they were in step.
    public mutating func finish() throws(RedisError) {
        try pipeline.drain { (command, reply) throws(RedisError) in try ledger.enter(command, reply) }
        let token = "reed-import \(UInt64.random(in: .min ... .max))"
        var echo: [UInt8] = []
        echo.appendCommand("ECHO", token)
        let reply = try pipeline.call(echo, name: "ECHO", within: options.replyTimeout)
        if case .error(let text) = reply {
            throw ServerError(text).asFailure
        }
        guard reply == .text(Array(token.utf8)) else {
            throw RedisError(.protocolViolation, "replies out of step at the end marker")
        }
    }
}
