/// One command, encoded, with what has to be known of it: its name, its keys, and how many replies it gets.
///
///     let command = RedisCommand("HGET", key: "reed-import:csv:last", "run")
///     command.name   // HGET
///     command.keys   // the bytes of reed-import:csv:last
package struct RedisCommand: Hashable, Sendable {
    /// The name, for messages, for example `no reply to HGET within 30 s`.
    package let name: String
    /// The command in the Redis protocol.
    package let bytes: [UInt8]
    /// The positions of its keys.
    package let keyPositions: KeyPositions
    /// The number of replies: 1, or 0 for a command that is answered by others.
    package let replyCount: Int

    /// The positions of a command's keys among its arguments, the name being number 0 (Redis documentation, "COMMAND",
    /// first key, last key, step).
    package enum KeyPositions: Hashable, Sendable {
        /// It has no keys.
        case none
        /// The keys begin at a position; each of `count` keys is followed by `step - 1` other arguments.
        case from(Int, count: Int, step: Int = 1)
    }

    /// A command without keys.
    package init(_ name: String, _ arguments: String...) {
        self.init(name, arguments: arguments.map { Array($0.utf8) })
    }

    /// A command of one key, and what follows it.
    package init(_ name: String, key: String, _ arguments: String...) {
        self.init(name, keys: [Array(key.utf8)], arguments: arguments.map { Array($0.utf8) })
    }

    /// A command of several keys.
    package init(_ name: String, keys: [String]) { self.init(name, keys: keys.map { Array($0.utf8) }) }

    /// A command of keys, and what follows them.
    package init(_ name: String, keys: [[UInt8]], arguments: [[UInt8]] = []) {
        let words = [Array(name.utf8)] + keys + arguments
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.reduce(32) { $0 + $1.count + 16 })
        bytes.appendArrayHeader(words.count)
        for word in words { bytes.appendArgument(word) }
        self.init(name, encoded: bytes, keys: keys.isEmpty ? .none : .from(1, count: keys.count))
    }

    /// A command without keys.
    package init(_ name: String, arguments: [[UInt8]]) { self.init(name, keys: [], arguments: arguments) }

    /// A command of keys that are each followed by a value, for example `MSET`.
    package init(_ name: String, pairs: [(key: [UInt8], value: [UInt8])]) {
        let plain = RedisCommand(name, arguments: pairs.flatMap { [$0.key, $0.value] })
        self.init(name, encoded: plain.bytes, keys: .from(1, count: pairs.count, step: 2))
    }

    /// A command that is encoded already.
    package init(_ name: String, encoded bytes: [UInt8], keys: KeyPositions, replyCount: Int = 1) {
        self.name = name
        self.bytes = bytes
        self.replyCount = replyCount
        keyPositions = keys
    }

    /// The keys that it reads or writes, in their order.
    ///
    /// Complexity: O(*n*) in its bytes.
    package var keys: [ArraySlice<UInt8>] {
        guard case .from(let first, let count, let step) = keyPositions else { return [] }
        var keys: [ArraySlice<UInt8>] = []
        var (rest, number) = (bytes.drop { $0 != 10 }.dropFirst(), 0)
        while keys.count < count, !rest.isEmpty {
            var length = 0
            for digit in rest.dropFirst().prefix(while: { $0 != 13 }) {
                length = length * 10 + Int(digit & 0xF)
            }
            let argument = rest.drop { $0 != 10 }.dropFirst()
            if number >= first, (number - first) % step == 0 { keys.append(argument.prefix(length)) }
            rest = argument.dropFirst(length + 2)
            number += 1
        }
        return keys
    }
}
