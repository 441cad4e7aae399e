import RedisProtocol
import SystemSupport
import UCG

/// Entities that are on their way together: encoded, each with its place, until the server has answered for it.
///
/// Complexity: nothing is allocated once a batch has been full; see ``removeAll()``.
struct WriteBatch: Sendable {
    /// One entity, and where its bytes are.
    struct Entry: Sendable {
        let type: EntityType
        let id: EntityID
        let origin: EntityOrigin
        /// Behind its key.
        let keyEnd: Int
        /// Behind the length of its value.
        let valueStart: Int
        /// Behind its value and the line's end.
        let end: Int
    }

    /// What its command is for.
    enum Step: Sendable {
        /// To write the entities, whatever their keys hold.
        case write
        /// To write them if none of their keys exists.
        case create
        /// To read what their keys hold, and to write those that differ.
        case read
    }

    /// What its next command is for.
    var step = Step.write
    /// How often creating its entities was refused.
    var refusals = 0
    /// The entities in the order in which they came.
    private(set) var entries: [Entry] = []
    /// Keys and values by turns, as they stand in a command.
    private(set) var bytes: [UInt8] = []
    /// Whether each entity has a command of its own, and so a reply.
    var isSplit = false
    /// How many of the entities the server has answered for.
    var answered = 0
    /// Whether the server may have got it.
    var wasSent = false

    /// How many bytes its commands come to, nearly.
    var byteCount: Int { bytes.count }
    /// How many entities are unanswered.
    var openCount: Int { entries.count - answered }
    /// The first entity that is unanswered.
    var firstOpen: Entry { entries[answered] }

    /// Forgets the entities and keeps the memory.
    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
        step = .write
        refusals = 0
        isSplit = false
        answered = 0
        wasSent = false
    }

    /// Adds an entity.
    mutating func append(_ entity: borrowing Entity, _ head: inout EntityEncoder) {
        head.choose(entity)
        head.appendKey(to: &bytes)
        let keyEnd = bytes.count
        bytes.appendLength(head.form.byteCount(data: entity.data))
        let valueStart = bytes.count
        head.appendValue(entity.data, to: &bytes)
        entries.append(
            Entry(
                type: entity.type, id: entity.id, origin: entity.origin, keyEnd: keyEnd,
                valueStart: valueStart,
                end: bytes.count))
    }

    /// Adds an entity of another batch.
    mutating func append(_ index: Int, of other: WriteBatch) {
        let (entry, range) = (other.entries[index], other.range(of: index))
        let shift = bytes.count - range.lowerBound
        bytes.append(contentsOf: other.bytes[range])
        entries.append(
            Entry(
                type: entry.type, id: entry.id, origin: entry.origin, keyEnd: entry.keyEnd + shift,
                valueStart: entry.valueStart + shift, end: bytes.count))
    }

    /// Adds an entity of another batch with another value.
    mutating func append(_ index: Int, of other: WriteBatch, value: [UInt8]) {
        let (entry, range) = (other.entries[index], other.range(of: index))
        bytes.append(contentsOf: other.bytes[range.lowerBound..<entry.keyEnd])
        let keyEnd = bytes.count
        bytes.appendLength(value.count)
        let valueStart = bytes.count
        bytes.append(value.span)
        bytes.appendLineEnd()
        entries.append(
            Entry(
                type: entry.type, id: entry.id, origin: entry.origin, keyEnd: keyEnd, valueStart: valueStart,
                end: bytes.count))
    }

    /// The unanswered entities, in an empty batch.
    func rest(in empty: WriteBatch) -> WriteBatch {
        if answered == 0 { return self }
        var rest = empty
        for index in answered..<entries.count { rest.append(index, of: self) }
        rest.step = step
        rest.refusals = refusals
        rest.isSplit = isSplit
        return rest
    }

    /// The command that it is sent as.
    var commandName: String {
        switch step {
        case .read: "MGET"
        case .write: isAnsweredSingly ? "SET" : "MSET"
        case .create: isAnsweredSingly ? "SET" : "MSETNX"
        }
    }

    /// Whether each unanswered entity has a reply of its own.
    var isAnsweredSingly: Bool {
        step != .read && (isSplit || entries.count == 1)
    }

    /// Hands the unanswered entities over as commands, piece by piece: one for all, or one for each.
    func encode<Failure>(_ append: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
        if step == .read {
            try append(readCommand.bytes[...])
        } else if isAnsweredSingly {
            for index in answered..<entries.count {
                try append(step == .write ? Self.setHead[...] : Self.setIfAbsentHead[...])
                try append(bytes[range(of: index)])
                if step == .create { try append(Self.setIfAbsentEnd[...]) }
            }
        } else {
            var head: [UInt8] = []
            head.appendArrayHeader(1 + 2 * entries.count)
            head.append(contentsOf: step == .write ? Self.msetName : Self.msetnxName)
            try append(head[...])
            try append(bytes[...])
        }
    }

    /// The command that reads the values of all entities.
    var readCommand: RedisCommand { command("MGET", encodedName: Self.mgetName) }
    /// The command that lets a transaction fail if one of the entities is written before it.
    var watchCommand: RedisCommand { command("WATCH", encodedName: Self.watchName) }
    /// The command that counts which of these entities' keys exist.
    func existsCommand(_ indices: [Int]) -> RedisCommand {
        command("EXISTS", encodedName: Self.existsName, of: indices)
    }

    /// The key of each entity.
    var keys: [[UInt8]] {
        entries.indices.map { index in
            // The length comes first, and line ends after length and key.
            let encoded = bytes[range(of: index).lowerBound..<entries[index].keyEnd]
            let start = (encoded.firstIndex(of: 10) ?? encoded.startIndex) + 1
            return Array(encoded[start..<encoded.endIndex - 2])
        }
    }

    /// The command that tells when the key of the entity with this number expires.
    func expiryCommand(_ index: Int) -> RedisCommand {
        command("PTTL", encodedName: Self.pttlName, of: [index])
    }

    /// A command of the keys of all entities, or of some.
    private func command(_ name: String, encodedName: [UInt8], of indices: [Int]? = nil) -> RedisCommand {
        let count = indices?.count ?? entries.count
        var command: [UInt8] = []
        command.reserveCapacity(64 + 96 * count)
        command.appendArrayHeader(1 + count)
        command.append(contentsOf: encodedName)
        func appendKey(_ index: Int) {
            command.append(bytes.span.extracting(range(of: index).lowerBound..<entries[index].keyEnd))
        }
        if let indices { indices.forEach(appendKey) } else { entries.indices.forEach(appendKey) }
        return RedisCommand(name, encoded: command, keys: .from(1, count: count))
    }

    /// The failure of the command that writes an entity.
    func failure(_ error: ServerError, of index: Int) -> RedisError {
        error.failure(of: .data(CommandOrigin(entries[index].origin), command: commandName))
    }

    /// How many bytes the entity with this number comes to.
    func byteCount(of index: Int) -> Int { range(of: index).count }

    /// How many bytes the value of the entity with this number has.
    func valueByteCount(of index: Int) -> Int { valueRange(of: index).count }

    /// The value of the entity with this number.
    func value(at index: Int) -> [UInt8] { Array(bytes[valueRange(of: index)]) }

    /// Passes the value of the entity with this number to `body`.
    func withValue<Result>(at index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        body(bytes.span.extracting(valueRange(of: index)))
    }

    private func valueRange(of index: Int) -> Range<Int> {
        entries[index].valueStart..<entries[index].end - 2  // what follows is the line's end
    }

    private func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : entries[index - 1].end)..<entries[index].end
    }

    private static let setHead = Array("*3\r\n$3\r\nSET\r\n".utf8)
    private static let setIfAbsentHead = Array("*4\r\n$3\r\nSET\r\n".utf8)
    private static let setIfAbsentEnd = Array("$2\r\nNX\r\n".utf8)
    private static let msetName = Array("$4\r\nMSET\r\n".utf8)
    private static let msetnxName = Array("$6\r\nMSETNX\r\n".utf8)
    private static let watchName = Array("$5\r\nWATCH\r\n".utf8)
    private static let existsName = Array("$6\r\nEXISTS\r\n".utf8)
    private static let pttlName = Array("$4\r\nPTTL\r\n".utf8)
    private static let mgetName = Array("$4\r\nMGET\r\n".utf8)
}
