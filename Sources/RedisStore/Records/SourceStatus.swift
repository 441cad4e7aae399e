package import GraphSync
package import RedisProtocol

/// What a server knows of one source's imports.
///
///     for source in try SourceStatus.all(on: address, keyPrefix: "", options: RedisOptions()) {
///         print(source.name, source.last.finished ?? "never")
///     }
package struct SourceStatus: Sendable {
    /// The source's name.
    package let name: String
    /// The entity types that it has written, sorted.
    package let types: [String]
    /// What its last finished import did.
    package let last: LastImport
    /// The import that is running; `nil` if there is none.
    package let lock: LockRecord?

    /// Reads what there is to know of every source.
    ///
    /// - Parameter keyPrefix: What every key begins with.
    /// - Throws: If the server cannot be reached, or does not let this user read it.
    package static func all(
        on address: RedisAddress, keyPrefix: String, options: RedisOptions
    ) throws(RedisError) -> [SourceStatus] {
        let session = RedisSession(address, keyPrefix: keyPrefix, options)
        let connection = try session.openFirst(.briefly).connection
        let exchange = Exchange(options.policy)
        let names = try exchange.ask(
            [RedisCommand("SMEMBERS", key: ImportSource(keyPrefix: keyPrefix).sourcesKey)], over: connection)
        var all: [SourceStatus] = []
        for name in try OwnershipRecords.names(names[0], "SMEMBERS") {
            guard let source = ImportSource(keyPrefix: keyPrefix, name: name) else { continue }
            let replies = try exchange.ask(
                [
                    RedisCommand("HGETALL", key: source.lastKey), RedisCommand("GET", key: source.lockKey),
                    RedisCommand("SMEMBERS", key: source.typesKey),
                ], over: connection)
            var lock: LockRecord?
            if case .bulkString(let value) = replies[1] { lock = LockRecord(value) }
            all.append(
                SourceStatus(
                    name: name, types: try OwnershipRecords.names(replies[2], "SMEMBERS").sorted(),
                    last: try OwnershipRecords.last(replies[0]), lock: lock))
        }
        return all.sorted { $0.name < $1.name }
    }
}
