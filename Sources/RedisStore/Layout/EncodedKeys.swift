import RedisProtocol
import SystemSupport

/// The keys of some entities, encoded as arguments of a command.
struct EncodedKeys: Sendable {
    /// The number of keys.
    private(set) var count = 0
    private var bytes: [UInt8] = []

    /// No keys, with room for `capacity` of them.
    init(capacity: Int) { bytes.reserveCapacity(96 * capacity) }

    /// The keys with these names.
    init(_ names: [[UInt8]]) {
        self.init(capacity: names.count)
        for name in names { bytes.appendArgument(name) }
        count = names.count
    }

    /// Adds a key that is encoded already.
    mutating func append(encoded: Span<UInt8>) {
        bytes.append(encoded)
        count += 1
    }

    /// The command `name` with these keys as its arguments, for example `MGET`.
    func command(_ name: String) -> RedisCommand {
        var command: [UInt8] = []
        command.reserveCapacity(bytes.count + 32)
        command.appendArrayHeader(1 + count)
        command.appendArgument(Array(name.utf8))
        command.append(bytes.span)
        return RedisCommand(name, encoded: command, keys: .from(1, count: count))
    }
}
