package import GraphSync
package import RedisProtocol

/// Where an import goes: server, user, database, source and key prefix.
///
/// Two targets are the same only if all of them are.
///
///     let target = ImportTarget(address: try RedisAddress("redis://localhost/5"), source: ImportSource(keyPrefix: ""))
///     print(target)  // redis://localhost:6379/5, source csv
package struct ImportTarget: Hashable, Sendable, CustomStringConvertible {
    /// The server, as whom, and which database.
    package let address: RedisAddress
    /// Whose import it is, and what the keys begin with.
    package let source: ImportSource

    /// A target.
    package init(address: RedisAddress, source: ImportSource) {
        self.address = address
        self.source = source
    }

    /// The target in words, without a password.
    package var description: String {
        let prefix = source.keyPrefix.isEmpty ? "" : ", key prefix '\(source.keyPrefix)'"
        return "\(address), source \(source.name)\(prefix)"
    }
}
