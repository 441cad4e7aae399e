public import GraphSync

/// What a server knows of one source's imports.
public struct SourceStatus: Sendable {
    /// The source's name.
    public let name: String
    /// The entity types that it has written, sorted.
    public let types: [String]
    /// What its last finished import did.
    public let last: LastImport
    /// Who imports right now; `nil` if nobody does.
    public let lock: LockRecord?

    /// Reads what there is to know of every source.
    ///
    /// - Parameter keyPrefix: What every key begins with.
    /// - Throws: If the server cannot be reached, or does not let this user read it.
    public static func all(
        on address: RedisAddress, keyPrefix: String, options: RedisOptions
    ) throws(RedisError) -> [SourceStatus] {
        let opened = try RedisSession(address, keyPrefix: keyPrefix, options).openFirst(.briefly)
        var connection = opened.connection
        func ask(_ commands: [[UInt8]], _ name: String) throws(RedisError) -> [RedisReply] {
            let replies = try connection.call(commands, name: name, within: options.replyTimeout)
            for case .error(let text) in replies { throw ServerError(text).asFailure }
            return replies
        }
        let names = try ask([.command("SMEMBERS", ImportSource(keyPrefix: keyPrefix).sourcesKey)], "SMEMBERS")
        var all: [SourceStatus] = []
        for name in try Bookkeeping.names(names[0], "SMEMBERS") {
            guard let source = ImportSource(keyPrefix: keyPrefix, name: name) else { continue }
            let replies = try ask(
                [
                    .command("HGETALL", source.lastKey), .command("GET", source.lockKey),
                    .command("SMEMBERS", source.typesKey),
                ], "HGETALL")
            var lock: LockRecord?
            if case .text(let value) = replies[1] { lock = LockRecord(value) }
            all.append(
                SourceStatus(
                    name: name, types: try Bookkeeping.names(replies[2], "SMEMBERS").sorted(),
                    last: try Bookkeeping.last(replies[0]), lock: lock))
        }
        return all.sorted { $0.name < $1.name }
    }
}
