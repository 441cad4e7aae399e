import UCG

/// Entities that are on their way together: encoded, each with its place, until the server has answered for it.
///
/// Complexity: nothing is allocated once a batch has been full; see ``removeAll()``.
struct WriteBatch {
    /// One entity, and where its bytes are.
    struct Entry {
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
        isSplit = false
        answered = 0
        wasSent = false
    }

    /// Adds an entity.
    mutating func append(_ entity: borrowing Entity, _ head: inout EntityHead) {
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

    /// Hands the unanswered entities over as commands, piece by piece: one `MSET`, or a `SET` for each.
    func encode<Failure>(_ append: (ArraySlice<UInt8>) throws(Failure) -> Void) throws(Failure) {
        if isSplit || entries.count == 1 {
            for index in answered..<entries.count {
                try append(Self.setHead[...])
                try append(bytes[range(of: index)])
            }
        } else {
            var head: [UInt8] = []
            head.appendArrayHeader(1 + 2 * entries.count)
            head.append(contentsOf: Self.msetName)
            try append(head[...])
            try append(bytes[...])
        }
    }

    /// The command that reads the values of all entities.
    var readCommand: [UInt8] {
        var command: [UInt8] = []
        command.appendArrayHeader(1 + entries.count)
        command.append(contentsOf: Self.mgetName)
        for (index, entry) in entries.enumerated() {
            command.append(contentsOf: bytes[range(of: index).lowerBound..<entry.keyEnd])
        }
        return command
    }

    /// The value of the entity with this number.
    func value(at index: Int) -> [UInt8] {
        Array(bytes[entries[index].valueStart..<entries[index].end - 2])  // what follows is the line's end
    }

    private func range(of index: Int) -> Range<Int> {
        (index == 0 ? 0 : entries[index - 1].end)..<entries[index].end
    }

    private static let setHead = Array("*3\r\n$3\r\nSET\r\n".utf8)
    private static let msetName = Array("$4\r\nMSET\r\n".utf8)
    private static let mgetName = Array("$4\r\nMGET\r\n".utf8)
}
