import GraphSync
import RedisProtocol
import UCG

/// What the importer keeps for itself in Redis, as commands and replies: who owns what, and the last import.
struct OwnershipRecords {
    let source: ImportSource
    /// The types whose ownership is read and written: those of the graph, and those that a source is recorded to own.
    private(set) var types: [EntityType]
    /// The types that are recorded as this source's.
    private var recordedTypes: Set<EntityType> = []

    /// The records of a source with entities of these types.
    init(source: ImportSource, types: [EntityType]) {
        self.source = source
        self.types = types
    }

    /// The keys that this source's imports write.
    var ownKeys: [String] {
        [source.sourcesKey, source.lastKey, source.typesKey] + types.map { source.ownedKey($0) }
    }

    /// Reads which types a source owns: the reply to `SMEMBERS` of its types.
    mutating func addTypes(_ source: ImportSource, _ reply: RedisReply) throws(RedisError) {
        for name in try Self.names(reply, "SMEMBERS") {
            guard let type = EntityType(rawValue: name) else {
                throw RedisError(
                    .configuration, "\(source.typesKey) is not what this program has written",
                    advice: "see what has changed it; deleting it makes the source forget which types it owns"
                )
            }
            if source == self.source { recordedTypes.insert(type) }
            if !types.contains(type) { types.append(type) }
        }
    }

    /// The elements of a set of names.
    static func names(_ reply: RedisReply, _ command: String) throws(RedisError) -> [String] {
        try reply.check(command)
        guard case .array(let elements) = reply else { throw RedisError.unexpectedReply(to: command) }
        var names: [String] = []
        for element in elements {
            guard case .bulkString(let bytes) = element else {
                throw RedisError.unexpectedReply(to: command)
            }
            names.append(String(decoding: bytes, as: UTF8.self))
        }
        return names
    }

    /// The commands that record of which types this source owns entities.
    func recordTypes(_ owned: [EntityType: PackedIDs]) -> [KeyCommand] {
        let owning = Set(owned.filter { !$0.value.isEmpty }.keys)
        func command(_ name: String, _ types: Set<EntityType>) -> [KeyCommand] {
            let names = types.map(\.rawValue).sorted()
            return names.isEmpty
                ? [] : [KeyCommand(name, key: source.typesKey, arguments: names.map { Array($0.utf8) })]
        }
        return command("SADD", owning.subtracting(recordedTypes))
            + command("SREM", recordedTypes.subtracting(owning))
    }

    /// The commands that read what a source owns; their replies are for ``owned(_:)``.
    func readOwned(_ source: ImportSource) -> [RedisCommand] {
        types.map { RedisCommand("HGETALL", key: source.ownedKey($0)) }
    }

    /// What a source owns, by the replies to ``readOwned(_:)``.
    func owned(_ source: ImportSource, _ replies: ArraySlice<RedisReply>) throws(RedisError) -> [EntityType:
        PackedIDs]
    {
        var owned: [EntityType: PackedIDs] = [:]
        for (type, reply) in zip(types, replies) {
            try reply.check("HGETALL")
            guard case .array(let elements) = reply else { throw RedisError.unexpectedReply(to: "HGETALL") }
            guard let ids = PackedIDs(fields: try Self.pairs(elements)) else {
                throw RedisError(
                    .configuration, "\(source.ownedKey(type)) is not what this program has written",
                    advice: "see what has changed it; deleting it makes the source forget what it owns")
            }
            owned[type] = ids
        }
        return owned
    }

    /// The names and values of a hash, which its reply has by turns.
    static func pairs(_ elements: ReplyList) throws(RedisError) -> [(name: [UInt8], value: [UInt8])] {
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for index in stride(from: 0, to: elements.count, by: 2) {
            guard index + 1 < elements.count, case .bulkString(let name) = elements[index],
                case .bulkString(let value) = elements[index + 1]
            else { throw RedisError.unexpectedReply(to: "HGETALL") }
            pairs.append((name, value))
        }
        return pairs
    }

    /// The commands that turn what is recorded of a source into `new`.
    func record(_ source: ImportSource, from old: [EntityType: PackedIDs], to new: [EntityType: PackedIDs])
        -> [KeyCommand]
    {
        var commands: [KeyCommand] = []
        for type in types {
            let (before, after) = (old[type] ?? PackedIDs(), new[type] ?? PackedIDs())
            if before == after { continue }
            let key = source.ownedKey(type)
            var gone = Dictionary(uniqueKeysWithValues: before.fields.map { ($0.firstByte, $0) })
            let written = after.fields.filter { gone.removeValue(forKey: $0.firstByte) != $0 }
            if !written.isEmpty {
                commands.append(
                    KeyCommand("HSET", key: key, arguments: written.flatMap { [$0.name, $0.value] }))
            }
            let names = gone.values.map(\.name).sorted { $0.lexicographicallyPrecedes($1) }
            if !names.isEmpty { commands.append(KeyCommand("HDEL", key: key, arguments: names)) }
        }
        return commands
    }

    /// The command that adds this source to the known ones.
    var registration: KeyCommand {
        KeyCommand("SADD", key: source.sourcesKey, arguments: [Array(source.name.utf8)])
    }

    /// The command that records a finished import.
    func record(_ last: LastImport) -> KeyCommand {
        KeyCommand(
            "HSET", key: source.lastKey,
            arguments: last.fields.flatMap { [Array($0.name.utf8), Array($0.value.utf8)] })
    }

    /// The last import, by the reply to `HGETALL`.
    static func last(_ reply: RedisReply) throws(RedisError) -> LastImport {
        try reply.check("HGETALL")
        guard case .array(let elements) = reply else { throw RedisError.unexpectedReply(to: "HGETALL") }
        var fields: [String: String] = [:]
        for (name, value) in try pairs(elements) {
            fields[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        return LastImport(fields: fields)
    }
}
