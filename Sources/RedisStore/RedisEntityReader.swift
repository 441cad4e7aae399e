public import GraphSync
public import UCG

/// Reads what the keys of entities hold, many at a time, and writes nothing.
public struct RedisEntityReader: ~Copyable {
    private var connection: RedisConnection
    private var head: EntityHead
    private var batch = WriteBatch()
    private let keyPrefix: String
    private let options: RedisOptions
    private static let batchCount = 256
    private static let batchBytes = 1 << 20

    /// Connects anew.
    ///
    /// - Parameter stamp: When and by whom the entities were written, or would be.
    /// - Throws: If the server cannot be reached or does not let this user in.
    public init(
        of address: RedisAddress, keyPrefix: String, stamp: EntityStamp, options: RedisOptions
    ) throws(RedisError) {
        let opened = try RedisSession(address, keyPrefix: keyPrefix, options).openFirst()
        connection = opened.connection
        head = EntityHead(keyPrefix: keyPrefix, stamp: stamp)
        self.keyPrefix = keyPrefix
        self.options = options
    }

    /// Looks at one entity; its key is read with the next batch, and then handed to `body`.
    public mutating func read(
        _ entity: borrowing Entity, _ body: (EntityReading) throws -> Void
    ) throws {
        batch.append(entity, &head)
        if batch.entries.count >= Self.batchCount || batch.byteCount >= Self.batchBytes { try ask(body) }
    }

    /// Reads what is left.
    public mutating func finish(_ body: (EntityReading) throws -> Void) throws {
        if !batch.entries.isEmpty { try ask(body) }
    }

    private mutating func ask(_ body: (EntityReading) throws -> Void) throws {
        let stored = try storedValues()
        for (index, stored) in stored.enumerated() {
            let entry = batch.entries[index]
            try body(
                EntityReading(
                    key: EntityKey(prefix: keyPrefix, type: entry.type, id: entry.id), origin: entry.origin,
                    wanted: batch.value(at: index), stored: stored))
        }
        batch.removeAll()
    }

    private mutating func storedValues() throws(RedisError) -> [EntityReading.Stored] {
        connection.largestReply = RedisConnection.largestSmallReply + 2 * batch.byteCount
        let reply = try connection.call([batch.readCommand], name: "MGET", within: options.replyTimeout)[0]
        guard case .array(let values) = reply, values.count == batch.entries.count else {
            if case .error(let text) = reply { throw ServerError(text).asFailure }
            throw RedisError(.protocolViolation, "an unexpected reply to MGET")
        }
        // MGET answers null for a key of another type as for one that is not there.
        let absent = values.indices.filter { values[$0] == .null }
        let taken = try existing(absent)
        return values.enumerated().map { index, value in
            if case .text(let bytes) = value { return .value(bytes) }
            return taken.contains(index) ? .other : .nothing
        }
    }

    /// Those of the batch's entities whose keys are there.
    private mutating func existing(_ indices: [Int]) throws(RedisError) -> Set<Int> {
        if indices.isEmpty { return [] }
        let commands = indices.map { index in
            let entry = batch.entries[index]
            return [UInt8].command(
                "EXISTS", EntityKey(prefix: keyPrefix, type: entry.type, id: entry.id).description)
        }
        let replies = try connection.call(commands, name: "EXISTS", within: options.replyTimeout)
        var existing: Set<Int> = []
        for (index, reply) in zip(indices, replies) {
            switch reply {
            case .integer(0): break
            case .integer: existing.insert(index)
            case .error(let text): throw ServerError(text).asFailure
            default: throw RedisError(.protocolViolation, "an unexpected reply to EXISTS")
            }
        }
        return existing
    }
}
