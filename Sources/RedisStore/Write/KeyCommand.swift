import RedisProtocol

/// A command that writes one key: a record of the importer's own, or a graph key.
struct KeyCommand: Hashable, Sendable {
    let name: String
    let key: [UInt8]
    /// What follows the key.
    let arguments: [[UInt8]]

    init(_ name: String, key: [UInt8], arguments: [[UInt8]] = []) {
        self.name = name
        self.key = key
        self.arguments = arguments
    }

    init(_ name: String, key: String, arguments: [[UInt8]]) {
        self.init(name, key: Array(key.utf8), arguments: arguments)
    }

    /// A command that reads keys of the type that this one writes, and fails at others.
    var reader: String { name.hasPrefix("S") ? "SMEMBERS" : "HGET" }

    /// The command in the Redis protocol.
    var encoded: RedisCommand { RedisCommand(name, keys: [key], arguments: arguments) }
}
