import UCG

/// Commands on their way to Redis: sent in batches, a bounded number of them
/// unanswered at a time, each reply matched to its command.
struct RedisPipeline: ~Copyable {
    /// A command whose reply is awaited.
    struct Pending {
        let type: EntityType
        let id: EntityID
        let origin: EntityOrigin
        let byteCount: Int
    }

    /// Bytes that are collected before they are handed over.
    private static let batchBytes = 64 << 10
    /// Commands and bytes that may be unanswered: enough to keep a server busy over
    /// a network, too little for it to cut off a client that does not read.
    private static let (windowCommands, windowBytes) = (4096, 1 << 20)

    private var connection: RedisConnection
    private let options: RedisOptions
    private var batch: [UInt8] = []
    private var batchCommands = 0
    private var pending = PendingQueue()
    private var pendingBytes = 0
    /// When a reply came last, or when the first of the unanswered commands was sent.
    private var lastProgress = ContinuousClock.now

    init(_ connection: consuming RedisConnection, _ options: RedisOptions) {
        self.connection = connection
        self.options = options
        batch.reserveCapacity(2 * Self.batchBytes)
    }

    /// How many commands were handed over and not answered.
    var unansweredCount: Int { pending.count - batchCommands }

    /// Sends one command and waits for its reply; nothing else may be on its way.
    mutating func call(_ command: [UInt8], name: String, within limit: Duration) throws(RedisError)
        -> RedisReply
    {
        try connection.queue(command)
        let deadline = ContinuousClock.now + limit
        var reply: RedisReply?
        while true {
            let event = try connection.exchange(waiting: max(.zero, deadline - .now)) {
                (next) throws(RedisError) in
                guard reply == nil else { throw Self.outOfStep() }
                reply = next
            }
            if let reply { return reply }
            switch event {
            case .interruption: throw RedisError(.interrupted, "interrupted")
            case .progress where deadline > .now: continue
            case .progress, .timeout:
                throw RedisError(
                    .timeout, "no reply to \(name) within \(limit.text)", advice: "is this a Redis server?")
            }
        }
    }

    /// Adds a command; every batch is sent, which waits while the window is full.
    mutating func set(
        _ head: SetHead, _ id: EntityID, _ value: [UInt8], _ origin: EntityOrigin,
        onReply: (Pending, RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        let before = batch.count
        batch.appendSet(head, id, value)
        batchCommands += 1
        pending.append(
            Pending(type: head.type, id: id, origin: origin, byteCount: batch.count - before))
        pendingBytes += batch.count - before
        if batch.count >= Self.batchBytes {
            try sendBatch()
            try settle(until: (Self.windowCommands, Self.windowBytes), onReply)
        }
    }

    /// Sends everything and waits for all replies.
    mutating func drain(onReply: (Pending, RedisReply) throws(RedisError) -> Void) throws(RedisError) {
        try sendBatch()
        try settle(until: (0, 0), onReply)
    }

    private mutating func sendBatch() throws(RedisError) {
        if unansweredCount == 0 { lastProgress = .now }
        try connection.queue(batch)
        batch.removeAll(keepingCapacity: true)
        batchCommands = 0
    }

    /// Exchanges bytes once, and on until at most so many commands and bytes are unanswered.
    private mutating func settle(
        until window: (commands: Int, bytes: Int),
        _ onReply: (Pending, RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        repeat {
            let isFull = pending.count > window.commands || pendingBytes > window.bytes
            let left = isFull ? lastProgress + options.replyTimeout - .now : .zero
            switch try exchange(waiting: max(.zero, left), heedsInterruption: true, onReply) {
            case .progress, .timeout:
                guard !isFull || lastProgress + options.replyTimeout > .now else {
                    throw RedisError(
                        .timeout, "no reply for \(options.replyTimeout.text)", advice: "run again")
                }
            case .interruption:
                windDown(onReply)
                throw RedisError(.interrupted, "interrupted")
            }
        } while pending.count > window.commands || pendingBytes > window.bytes
    }

    /// Waits a little for the replies of what was sent; sends nothing new.
    ///
    /// If the connection breaks meanwhile, what is unanswered stays unknown.
    private mutating func windDown(_ onReply: (Pending, RedisReply) throws(RedisError) -> Void) {
        let deadline = ContinuousClock.now + options.graceTimeout
        while unansweredCount > 0, deadline > .now {
            do throws(RedisError) {
                _ = try exchange(waiting: max(.zero, deadline - .now), heedsInterruption: false, onReply)
            } catch {
                return
            }
        }
    }

    private mutating func exchange(
        waiting limit: Duration, heedsInterruption: Bool,
        _ onReply: (Pending, RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) -> RedisConnection.Event {
        let before = pending.count
        let event = try connection.exchange(waiting: limit, heedsInterruption: heedsInterruption) {
            (reply) throws(RedisError) in
            guard let command = pending.popFirst() else { throw Self.outOfStep() }
            pendingBytes -= command.byteCount
            try onReply(command, reply)
        }
        if pending.count < before { lastProgress = .now }
        return event
    }

    private static func outOfStep() -> RedisError {
        RedisError(.protocolViolation, "replies out of step: one more than commands")
    }
}

/// First in, first out.
///
/// Complexity: O(1), on average.
private struct PendingQueue {
    private var commands: [RedisPipeline.Pending] = []
    private var head = 0

    var count: Int { commands.count - head }

    mutating func append(_ command: RedisPipeline.Pending) { commands.append(command) }

    mutating func popFirst() -> RedisPipeline.Pending? {
        guard head < commands.count else { return nil }
        head += 1
        let first = commands[head - 1]
        if head == commands.count {
            commands.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 8192 {
            commands.removeFirst(head)
            head = 0
        }
        return first
    }
}
