import RedisProtocol
import SystemSupport
import UCG

/// Compares entities with what their keys hold, many at a time, in the order in which they come.
///
/// Batches are read while earlier ones are compared, which another thread does. Nothing is sent again here: if the
/// connection breaks, the comparison is over.
struct StoredComparison {
    /// Is passed each batch that is compared.
    typealias Body = (ComparedBatch) throws -> Void

    /// A batch that was asked for and is not compared.
    private struct Pending: Sendable {
        var batch: MutationBatch
        /// The replies to the commands that read it, until there is one for each.
        var replies: [RedisReply] = []
        let readCount: Int
        /// What the keys hold.
        var stored = StoredEntities()
        /// How much of the window it takes.
        let byteCount: Int
        /// Replies to come.
        var awaited: Int
        /// Under way when all replies are here.
        var comparison: Deferred<ComparedBatch>?
    }

    /// What a reply is about.
    private enum Question {
        case values(Int, command: String)
        /// The number of these keys that exist.
        case existence(Int, [Int])
        /// When the key of an entity expires.
        case expiry(Int, Int)

        var command: String {
            switch self {
            case .values(_, let command): command
            case .existence: "EXISTS"
            case .expiry: "PTTL"
            }
        }
    }

    private let exchange: Exchange
    private let connection: RedisConnection
    /// Whether keys are looked at that may expire.
    private let asksExpiry: Bool
    private var batch: MutationBatch
    private var encoder: EntityEncoder
    private var pending: [Pending] = []
    private let worker = WorkerThread()
    /// Compared ones, to be used again.
    private var free: [MutationBatch] = []
    /// The number of batches that were compared, which is the index of the first pending one.
    private var done = 0
    private var questions: [Question] = []
    /// Whether there is nothing else to do than to wait.
    private var mustWait = false

    /// Few enough for a server to read the command in one go, and to have the last ones' replies at hand.
    private static let (batchCount, batchBytes) = (128, 1 << 20)
    /// The most batches, and bytes of entities, that are pending.
    private static let (windowCount, windowBytes) = (32, 8 << 20)

    private var isWindowFull: Bool {
        pending.count >= Self.windowCount || pending.reduce(0) { $0 + $1.byteCount } >= Self.windowBytes
    }

    /// A comparison with the keys of a server.
    init(
        with node: Node, encoder: EntityEncoder, layout: any EntityLayout.Type, asksExpiry: Bool
    ) throws(RedisError) {
        exchange = node.exchange
        connection = try node.connection()
        self.asksExpiry = asksExpiry
        self.encoder = encoder
        batch = MutationBatch(layout: layout)
        connection.allowLargeReplies()
    }

    /// Adds an entity; the result for it, and for others, is passed to `body` sooner or later.
    mutating func add(_ entity: borrowing Entity, _ body: Body) throws {
        batch.append(entity, &encoder)
        if batch.count >= Self.batchCount || batch.byteCount >= Self.batchBytes { try ask(body) }
    }

    /// Waits for everything that was asked.
    mutating func finish(_ body: Body) throws {
        if !batch.isEmpty { try ask(body) }
        while !pending.isEmpty { try step(mustWait: true, body) }
    }

    private mutating func ask(_ body: Body) throws {
        let number = done + pending.count
        let reading = batch.layout.reading(batch.keys)
        for command in reading {
            connection.queue(command)
            questions.append(.values(number, command: command.name))
        }
        if asksExpiry {
            for index in batch.mutations.indices {
                connection.queue(batch.keys(of: CollectionOfOne(index)).command("PTTL"))
                questions.append(.expiry(number, index))
            }
        }
        pending.append(
            Pending(
                batch: batch, readCount: reading.count, byteCount: batch.byteCount,
                awaited: reading.count + (asksExpiry ? batch.count : 0)))
        batch = free.popLast() ?? MutationBatch(layout: batch.layout)
        repeat { try step(mustWait: isWindowFull, body) } while isWindowFull
    }

    /// Sends and receives what there is, and passes on what is compared.
    private mutating func step(mustWait: Bool, _ body: Body) throws {
        // A comparison that is under way is over sooner than a reply comes.
        self.mustWait = mustWait && pending[0].comparison == nil
        try exchange.run(&self)
        var isDue = mustWait
        while let comparison = pending.first?.comparison, isDue || comparison.isReady {
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
            batch: MutationBatch(layout: batch.layout), readCount: 0,
            byteCount: pending[number - done].byteCount, awaited: 0)
        swap(&complete, &pending[number - done])
        pending[number - done].comparison = worker.submit(complete) { pending in
            ComparedBatch(pending.batch, with: pending.stored)
        }
    }
}

extension StoredComparison: ExchangeClient {
    var connections: [RedisConnection] { [connection] }
    var isAwaiting: Bool { !questions.isEmpty }
    var isDone: Bool { !mustWait || pending.first?.comparison != nil }
    var awaitedCommand: String { questions.first?.command ?? "" }

    mutating func send() {}

    mutating func receive(_ reply: RedisReply, from index: Int) throws(RedisError) {
        guard !questions.isEmpty else { throw RedisError.outOfStep }
        let question = questions.removeFirst()
        try reply.check(question.command)
        let number: Int
        switch (question, reply) {
        case (.values(let batch, let command), _):
            number = batch
            try read(reply, of: batch, command)
        case (.existence(let batch, let indices), .integer(let count))
        where (0...indices.count).contains(count):
            number = batch
            if count == indices.count {
                pending[batch - done].stored.taken.formUnion(indices)
            } else if count > 0 {
                for index in indices { probe([index], batch) }
            }
        case (.expiry(let batch, let index), .integer(let milliseconds)):
            number = batch
            // -1 stands for a key that does not expire, -2 for one that does not exist.
            if milliseconds >= 0 { pending[batch - done].stored.expiries[index] = milliseconds }
        default: throw RedisError.unexpectedReply(to: question.command)
        }
        pending[number - done].awaited -= 1
        compareIfComplete(number)
    }

    /// Receives one of the replies that say what the keys of a batch hold.
    private mutating func read(
        _ reply: RedisReply, of number: Int, _ command: String
    ) throws(RedisError) {
        let index = number - done
        pending[index].replies.append(reply)
        guard pending[index].replies.count == pending[index].readCount else { return }
        let replies = pending[index].replies
        pending[index].replies = []
        guard var stored = batch.layout.stored(replies, count: pending[index].batch.count) else {
            throw RedisError.unexpectedReply(to: command)
        }
        swap(&stored.expiries, &pending[index].stored.expiries)
        pending[index].stored = stored
        // A key of another type reads like one that does not exist.
        let absent = stored.absent
        if !absent.isEmpty { probe(absent, number) }
    }

    /// Asks which of the keys exist.
    private mutating func probe(_ indices: [Int], _ number: Int) {
        connection.queue(pending[number - done].batch.keys(of: indices).command("EXISTS"))
        questions.append(.existence(number, indices))
        pending[number - done].awaited += 1
    }
}
