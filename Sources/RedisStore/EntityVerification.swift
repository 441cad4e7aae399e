public import UCG

/// Reads every entity back and compares it with what it should be.
public struct EntityVerification: ~Copyable {
    /// What was found.
    public struct Result: Hashable, Sendable {
        /// Entities that are there as they should be.
        public var confirmed = 0
        /// Entities whose key is not there.
        public var missing = 0
        /// Entities whose key holds something else.
        public var different = 0
        /// Where the first entity comes from that is missing or different.
        public var firstFault: EntityOrigin?

        /// How many entities were looked for.
        public var total: Int { confirmed + missing + different }
    }

    /// What was found so far.
    public private(set) var result = Result()

    private var connection: RedisConnection
    private var head: EntityHead
    private var batch = WriteBatch()
    private let options: RedisOptions
    private static let batchCount = 256
    private static let batchBytes = 1 << 20

    /// Connects anew.
    ///
    /// - Parameter stamp: The one that the entities were written with.
    /// - Throws: If the server cannot be reached or does not let this user read.
    public init(
        of address: RedisAddress, keyPrefix: String, stamp: EntityStamp, options: RedisOptions
    ) throws(RedisError) {
        let opened = try RedisSession(address, keyPrefix: keyPrefix, options).openFirst()
        connection = opened.connection
        head = EntityHead(keyPrefix: keyPrefix, stamp: stamp)
        self.options = options
    }

    /// Looks at one entity; it is asked for with the next batch.
    public mutating func check(_ entity: borrowing Entity) throws(RedisError) {
        batch.append(entity, &head)
        if batch.entries.count >= Self.batchCount || batch.byteCount >= Self.batchBytes { try ask() }
    }

    /// Asks for what is left.
    public mutating func finish() throws(RedisError) {
        if !batch.entries.isEmpty { try ask() }
    }

    private mutating func ask() throws(RedisError) {
        connection.largestReply = RedisConnection.largestSmallReply + 2 * batch.byteCount
        let reply = try connection.call([batch.readCommand], name: "MGET", within: options.replyTimeout)[0]
        guard case .array(let values) = reply, values.count == batch.entries.count else {
            if case .error(let text) = reply { throw ServerError(text).asFailure }
            throw RedisError(.protocolViolation, "an unexpected reply to MGET")
        }
        for (index, value) in values.enumerated() {
            if case .text(let bytes) = value, batch.hasValue(bytes, at: index) {
                result.confirmed += 1
                continue
            }
            if value == .null { result.missing += 1 } else { result.different += 1 }
            result.firstFault = result.firstFault ?? batch.entries[index].origin
        }
        batch.removeAll()
    }
}
