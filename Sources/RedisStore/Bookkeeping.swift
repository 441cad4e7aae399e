import GraphSync
import UCG

/// A command that writes one of the importer's own records.
struct RecordCommand: Sendable {
    let name: String
    let key: String
    /// What follows the key.
    let arguments: [[UInt8]]

    init(_ name: String, _ key: String, _ arguments: [[UInt8]]) {
        self.name = name
        self.key = key
        self.arguments = arguments
    }

    /// The command in the wire protocol.
    var encoded: [UInt8] { .command([Array(name.utf8), Array(key.utf8)] + arguments) }
}

/// What the importer keeps for itself in Redis, as commands and replies: who owns what, and the last import.
struct Bookkeeping {
    let source: ImportSource
    let types: [EntityType]

    /// The keys that this source's imports write.
    var ownKeys: [String] { [source.sourcesKey, source.lastKey] + types.map { source.ownedKey($0) } }

    /// The commands that read what a source owns; their replies are for ``owned(_:)``.
    func readOwned(_ source: ImportSource) -> [[UInt8]] {
        types.map { .command("HGETALL", source.ownedKey($0)) }
    }

    /// What a source owns, by the replies to ``readOwned(_:)``.
    func owned(_ source: ImportSource, _ replies: ArraySlice<RedisReply>) throws(RedisError) -> [EntityType:
        PackedIDs]
    {
        var owned: [EntityType: PackedIDs] = [:]
        for (type, reply) in zip(types, replies) {
            if case .error(let text) = reply { throw ServerError(text).asFailure }
            guard case .array(let elements) = reply, let ids = PackedIDs(fields: Self.pairs(elements)) else {
                throw RedisError(
                    .configuration, "\(source.ownedKey(type)) is not what this program has written",
                    advice: "see what has changed it; deleting it makes the source forget what it owns")
            }
            owned[type] = ids
        }
        return owned
    }

    /// Names and values by turns.
    static func pairs(_ elements: ReplyList) -> [(name: [UInt8], value: [UInt8])] {
        stride(from: 0, to: elements.count - 1, by: 2).compactMap { index in
            guard case .text(let name) = elements[index], case .text(let value) = elements[index + 1] else {
                return nil
            }
            return (name, value)
        }
    }

    /// The commands that turn what is recorded of a source into `new`.
    func record(_ source: ImportSource, from old: [EntityType: PackedIDs], to new: [EntityType: PackedIDs])
        -> [RecordCommand]
    {
        var commands: [RecordCommand] = []
        for type in types {
            let (before, after) = (old[type] ?? PackedIDs(), new[type] ?? PackedIDs())
            if before == after { continue }
            let key = source.ownedKey(type)
            var gone = Dictionary(uniqueKeysWithValues: before.fields.map { ($0.firstByte, $0) })
            let written = after.fields.filter { gone.removeValue(forKey: $0.firstByte) != $0 }
            if !written.isEmpty {
                commands.append(RecordCommand("HSET", key, written.flatMap { [$0.name, $0.value] }))
            }
            let names = gone.values.map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
            if !names.isEmpty { commands.append(RecordCommand("HDEL", key, names)) }
        }
        return commands
    }

    /// The command that adds this source to the known ones.
    var enter: RecordCommand { RecordCommand("SADD", source.sourcesKey, [Array(source.name.utf8)]) }

    /// The command that records a finished import.
    func record(_ last: LastImport) -> RecordCommand {
        RecordCommand(
            "HSET", source.lastKey, last.fields.flatMap { [Array($0.name.utf8), Array($0.value.utf8)] })
    }

    /// The last import, by the reply to `HGETALL`.
    static func last(_ reply: RedisReply) throws(RedisError) -> LastImport {
        if case .error(let text) = reply { throw ServerError(text).asFailure }
        guard case .array(let elements) = reply else {
            throw RedisError(.protocolViolation, "an unexpected reply to HGETALL")
        }
        var fields: [String: String] = [:]
        for (name, value) in pairs(elements) {
            fields[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        return LastImport(fields: fields)
    }
}
