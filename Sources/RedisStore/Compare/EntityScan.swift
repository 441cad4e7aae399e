import Background
import UCG

/// Compares entities with what their keys hold, many at a time, in the order in which they come.
///
/// Batches are read while earlier ones are compared, which another thread does. Nothing is sent again here: if the
/// connection breaks, the scan is over.
struct EntityScan {
    /// What is found of a batch.
    typealias Finding = (ComparedBatch) throws -> Void

    /// A batch that was asked for and is not compared.
    private struct Pending: Sendable {
        var batch: WriteBatch
        var values = ReplyList()
        /// Entities whose keys hold something that is no string.
        var taken: Set<Int> = []
        /// After how many milliseconds keys vanish.
        var expiring: [Int: Int] = [:]
        /// How much of the window it takes.
        let byteCount: Int
        /// Replies to come.
        var awaited: Int
        /// Under way when all replies are here.
        var comparison: Later<ComparedBatch>?
    }

    /// What a reply is about.
    private enum Question {
        case values(Int)
        /// How many of these keys exist.
        case existence(Int, [Int])
        /// When the key of an entity expires.
        case expiry(Int, Int)
    }

    private let options: RedisOptions
    /// What has to be held meanwhile, if anything.
    private let lock: ImportLock?
    /// Whether keys are looked at that may expire.
    private let asksExpiry: Bool
    private var batch = WriteBatch()
    private var head: EntityHead
    private var pending: [Pending] = []
    private let worker = Worker()
    /// Compared ones, to be used again.
    private var free: [WriteBatch] = []
    /// How many batches were compared: the number of the first pending one.
    private var done = 0
    private var questions: [Question] = []
    private var lastProgress = ContinuousClock.now

    /// Few enough for a server to read the command in one go, and to have the last ones' replies at hand.
    private static let (batchCount, batchBytes) = (128, 1 << 20)
    /// How many batches, and bytes of entities, are pending at most.
    private static let (windowCount, windowBytes) = (32, 8 << 20)

    private var isWindowFull: Bool {
        pending.count >= Self.windowCount || pending.reduce(0) { $0 + $1.byteCount } >= Self.windowBytes
    }

    init(
        keyPrefix: String, stamp: EntityStamp, asksExpiry: Bool, _ lock: ImportLock?, _ options: RedisOptions
    ) {
        self.asksExpiry = asksExpiry
        self.lock = lock
        self.options = options
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

    /// Waits for everything that was asked.
    mutating func finish(_ connection: inout RedisConnection, _ body: Finding) throws {
        if !batch.entries.isEmpty { try ask(&connection, body) }
        while !pending.isEmpty { try step(&connection, mustWait: true, body) }
    }

    private mutating func ask(_ connection: inout RedisConnection, _ body: Finding) throws {
        connection.largestReply = RedisConnection.largestString
        let number = done + pending.count
        if questions.isEmpty { lastProgress = .now }
        try connection.queue(batch.readCommand)
        questions.append(.values(number))
        if asksExpiry {
            for index in batch.entries.indices {
                try connection.queue(batch.expiryCommand(index))
                questions.append(.expiry(number, index))
            }
        }
        pending.append(
            Pending(
                batch: batch, byteCount: batch.byteCount, awaited: 1 + (asksExpiry ? batch.entries.count : 0))
        )
        batch = free.popLast() ?? WriteBatch()
        repeat { try step(&connection, mustWait: isWindowFull, body) } while isWindowFull
    }

    /// Sends and receives what there is, and hands over what is complete.
    ///
    /// - Parameter mustWait: Whether there is nothing else to do, so that it waits for something to happen.
    private mutating func step(
        _ connection: inout RedisConnection, mustWait: Bool, _ body: Finding
    ) throws {
        try lock?.tend()
        // A comparison that is under way is over sooner than a reply comes.
        let awaitsReply = mustWait && pending[0].comparison == nil
        let left = awaitsReply ? max(.zero, lastProgress + options.replyTimeout - .now) : .zero
        var arrived: [RedisReply] = []
        let event = try connection.exchange(waiting: min(left, .seconds(1))) { (reply) throws(RedisError) in
            arrived.append(reply)
        }
        if !arrived.isEmpty { lastProgress = .now }
        for reply in arrived { try enter(reply, &connection) }
        switch event {
        case .interruption: throw RedisError(.interrupted, "interrupted")
        case .timeout, .progress:
            guard !awaitsReply || lastProgress + options.replyTimeout > .now else {
                throw RedisError(.timeout, "no reply for \(options.replyTimeout.text)", advice: "run again")
            }
        }
        var isDue = mustWait
        while let comparison = pending.first?.comparison, isDue || comparison.isSettled {
            pending.removeFirst()
            done += 1
            var compared = comparison.take()
            try body(compared)
            compared.batch.removeAll()
            free.append(compared.batch)
            isDue = false
        }
    }

    /// Lets the other thread compare a batch of which all is here.
    private mutating func compareIfComplete(_ number: Int) {
        guard pending[number - done].awaited == 0 else { return }
        var complete = Pending(
            batch: WriteBatch(), byteCount: pending[number - done].byteCount, awaited: 0)
        swap(&complete, &pending[number - done])
        pending[number - done].comparison = worker.later(complete) { pending in
            ComparedBatch(
                pending.batch, with: pending.values, taken: pending.taken, expiring: pending.expiring)
        }
    }

    private mutating func enter(_ reply: RedisReply, _ connection: inout RedisConnection) throws(RedisError) {
        guard !questions.isEmpty else { throw RedisConnection.outOfStep() }
        let question = questions.removeFirst()
        if case .error(let text) = reply { throw ServerError(text).asFailure }
        let number: Int
        switch (question, reply) {
        case (.values(let batch), .array(let values))
        where values.count == pending[batch - done].batch.entries.count:
            number = batch
            // MGET answers null for a key of another type as for one that is not there.
            let absent = values.indices.filter { values.isNull(at: $0) }
            if !absent.isEmpty { try probe(absent, batch, &connection) }
            pending[batch - done].values = values
        case (.existence(let batch, let indices), .integer(let count))
        where (0...indices.count).contains(count):
            number = batch
            if count == indices.count {
                pending[batch - done].taken.formUnion(indices)
            } else if count > 0 {
                for index in indices { try probe([index], batch, &connection) }
            }
        case (.expiry(let batch, let index), .integer(let milliseconds)):
            number = batch
            // -1 stands for a key that does not expire, -2 for one that does not exist.
            if milliseconds >= 0 { pending[batch - done].expiring[index] = milliseconds }
        default:
            throw RedisError(.protocolViolation, "an unexpected reply to MGET, EXISTS or PTTL")
        }
        pending[number - done].awaited -= 1
        compareIfComplete(number)
    }

    private mutating func probe(
        _ indices: [Int], _ number: Int, _ connection: inout RedisConnection
    ) throws(RedisError) {
        try connection.queue(pending[number - done].batch.existsCommand(indices))
        questions.append(.existence(number, indices))
        pending[number - done].awaited += 1
    }
}
