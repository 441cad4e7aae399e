import GraphSync
import UCG

/// Compares entities with what their keys hold, many at a time, in the order in which they come.
///
/// Batches are read while earlier ones are compared. Nothing is sent again here: if the connection breaks,
/// the scan is over.
struct EntityScan {
    /// What is found of one entity, by its number in its batch.
    typealias Finding = (_ batch: WriteBatch, _ index: Int, _ change: Change, _ stored: [UInt8]?) throws ->
        Void

    /// A batch that was asked for and is not compared.
    private struct Pending {
        let batch: WriteBatch
        var values = ReplyList()
        /// Entities whose keys hold something that is no string.
        var taken: Set<Int> = []
        /// Replies to come.
        var awaited: Int
    }

    /// What a reply is about.
    private enum Question {
        case watch(Int)
        case values(Int)
        /// How many of these keys exist.
        case existence(Int, [Int])
    }

    private let options: RedisOptions
    /// What has to be held meanwhile, if anything.
    private let lock: ImportLock?
    /// Whether a transaction on this connection fails if one of the entities is written after it was read.
    private let watches: Bool
    private var batch = WriteBatch()
    private var head: EntityHead
    private var pending: [Pending] = []
    /// Compared ones, to be used again.
    private var free: [WriteBatch] = []
    /// How many batches were compared: the number of the first pending one.
    private var done = 0
    private var questions: [Question] = []
    private var lastProgress = ContinuousClock.now

    private static let (batchCount, batchBytes, windowCount) = (256, 1 << 20, 8)

    init(keyPrefix: String, stamp: EntityStamp, watches: Bool, _ lock: ImportLock?, _ options: RedisOptions) {
        self.lock = lock
        self.options = options
        self.watches = watches
        head = EntityHead(keyPrefix: keyPrefix, stamp: stamp)
    }

    /// Adds an entity; what is found of it, and of others, is handed to `body` sooner or later.
    mutating func add(
        _ entity: borrowing Entity, _ connection: inout RedisConnection, _ body: Finding
    ) throws {
        batch.append(entity, &head)
        if batch.entries.count >= Self.batchCount || batch.byteCount >= Self.batchBytes {
            try ask(&connection, body)
        }
    }

    /// Adds the entities of a batch.
    mutating func add(
        _ other: WriteBatch, _ connection: inout RedisConnection, _ body: Finding
    ) throws {
        batch = other
        try ask(&connection, body)
    }

    /// Waits for everything that was asked.
    mutating func finish(_ connection: inout RedisConnection, _ body: Finding) throws {
        if !batch.entries.isEmpty { try ask(&connection, body) }
        while !pending.isEmpty { try step(&connection, mustWait: true, body) }
    }

    private mutating func ask(_ connection: inout RedisConnection, _ body: Finding) throws {
        connection.largestReply = RedisConnection.largestString
        let number = done + pending.count
        if questions.isEmpty { lastProgress = .now }
        if watches {
            try connection.queue(batch.watchCommand)
            questions.append(.watch(number))
        }
        try connection.queue(batch.readCommand)
        questions.append(.values(number))
        pending.append(Pending(batch: batch, awaited: watches ? 2 : 1))
        batch = free.popLast() ?? WriteBatch()
        repeat {
            try step(&connection, mustWait: pending.count >= Self.windowCount, body)
        } while pending.count >= Self.windowCount
    }

    /// Sends and receives what there is, and hands over what is complete.
    private mutating func step(
        _ connection: inout RedisConnection, mustWait: Bool, _ body: Finding
    ) throws {
        try lock?.tend()
        let left = mustWait ? max(.zero, lastProgress + options.replyTimeout - .now) : .zero
        var arrived: [RedisReply] = []
        let event = try connection.exchange(waiting: min(left, .seconds(1))) { (reply) throws(RedisError) in
            arrived.append(reply)
        }
        if !arrived.isEmpty { lastProgress = .now }
        for reply in arrived { try enter(reply, &connection) }
        switch event {
        case .interruption: throw RedisError(.interrupted, "interrupted")
        case .timeout, .progress:
            guard !mustWait || lastProgress + options.replyTimeout > .now else {
                throw RedisError(.timeout, "no reply for \(options.replyTimeout.text)", advice: "run again")
            }
        }
        while !pending.isEmpty, pending[0].awaited == 0 {
            try compare(pending[0], body)
            var batch = pending.removeFirst().batch
            done += 1
            batch.removeAll()
            free.append(batch)
        }
    }

    private mutating func enter(_ reply: RedisReply, _ connection: inout RedisConnection) throws(RedisError) {
        guard !questions.isEmpty else { throw RedisConnection.outOfStep() }
        let question = questions.removeFirst()
        if case .error(let text) = reply { throw ServerError(text).asFailure }
        switch (question, reply) {
        case (.watch(let number), .ok):
            pending[number - done].awaited -= 1
        case (.values(let number), .array(let values))
        where values.count == pending[number - done].batch.entries.count:
            pending[number - done].awaited -= 1
            pending[number - done].values = values
            // MGET answers null for a key of another type as for one that is not there.
            let absent = values.indices.filter { values.isNull(at: $0) }
            if !absent.isEmpty { try probe(absent, number, &connection) }
        case (.existence(let number, let indices), .integer(let count)):
            pending[number - done].awaited -= 1
            if count == indices.count {
                pending[number - done].taken.formUnion(indices)
            } else if count > 0 {
                for index in indices { try probe([index], number, &connection) }
            }
        default:
            throw RedisError(.protocolViolation, "an unexpected reply to MGET or EXISTS")
        }
    }

    private mutating func probe(
        _ indices: [Int], _ number: Int, _ connection: inout RedisConnection
    ) throws(RedisError) {
        try connection.queue(pending[number - done].batch.existsCommand(indices))
        questions.append(.existence(number, indices))
        pending[number - done].awaited += 1
    }

    private func compare(_ pending: Pending, _ body: Finding) throws {
        for index in pending.values.indices {
            let change = pending.values.withText(at: index) { stored in
                pending.batch.withValue(at: index) { Change(stored: stored, wanted: $0) }
            }
            switch change {
            case nil:
                try body(pending.batch, index, pending.taken.contains(index) ? .otherType : .create, nil)
            case .some(.none): try body(pending.batch, index, .none, nil)
            case .some(let change):
                guard case .text(let stored) = pending.values[index] else { continue }
                try body(pending.batch, index, change, stored)
            }
        }
    }
}
