import RedisProtocol

/// The commands in flight on one connection while batches are written, and what their replies mean for the batches.
///
/// Batches are fenced by the lock: they are sent as `MULTI`, the batches' commands, `EXEC`, `WATCH lock`, `GET lock`, and
/// the next ones only when `GET` has answered with this run's lock. So bytes that arrive late, when another run holds
/// the lock, have no effect (Redis documentation, "Transactions", optimistic locking). What a renewal of the lock
/// aborts is sent again. Batches that only read need no fence.
///
/// It does no input or output, so that what a reply leads to can be seen without a server.
struct BatchLane {
    /// A command whose reply is to come.
    private enum Question: Equatable {
        case watch, lock, multi, exec
        /// A command of a batch: within a transaction, or for itself.
        case queued, own
        /// A command that writes a graph key.
        case key(String)

        /// The name of the command.
        var command: String {
            switch self {
            case .watch: "WATCH"
            case .lock: "GET"
            case .multi: "MULTI"
            case .exec: "EXEC"
            case .queued, .own: "a batch"
            case .key(let name): name
            }
        }
    }

    /// The lock that batches depend on; without one they are sent as they are.
    private let fence: Fence?
    /// The number of this lane in the window.
    private let number: Int
    /// The commands that were sent, and how many of them are answered.
    private var questions: [Question] = []
    private var answered = 0
    private static let mostAnswered = 4096
    /// The replies to the commands that were to be queued: an error for each that was refused.
    private var refusals: [Refusal] = []
    /// Whether `MULTI` was refused, so that the commands after it were no transaction.
    private var wasRefused = false
    /// Whether the lock's key is watched.
    private var isWatching = false
    /// Whether the next transaction has no effect if the lock is not this run's any more.
    private(set) var isArmed = false

    /// What the server said to a command that was to be queued.
    private struct Refusal {
        /// The error; `nil` if the command was queued.
        var error: String?
        /// The command's name, if it is one that writes a graph key.
        var keyCommand: String?
    }

    /// The lock that a batch depends on.
    struct Fence {
        let key: String
        /// What the key holds while this run has the lock.
        let value: [UInt8]
    }

    init(_ number: Int, fence: Fence?) {
        self.number = number
        self.fence = fence
    }

    /// Whether a reply is to come.
    var isAwaited: Bool { answered < questions.count }
    /// Whether batches depend on a lock.
    var isFenced: Bool { fence != nil }
    /// Whether a transaction has begun whose end is not sent.
    private(set) var isOpen = false
    /// Whether commands can be sent that are no part of a transaction.
    var acceptsOwn: Bool { !isOpen && (fence == nil || !questions[answered...].contains { $0 != .own }) }
    /// Whether a transaction can begin.
    var isReady: Bool { isArmed && !isAwaited && !isOpen }
    /// Whether the lock has to be looked at before batches that write can be sent.
    var mustArm: Bool { fence != nil && !isArmed && !isAwaited }

    /// The connection is gone, or used for something else.
    mutating func reset() {
        self = BatchLane(number, fence: fence)
    }

    /// The commands that look at the lock.
    mutating func arm() -> [UInt8] {
        guard let fence else { return [] }
        questions.append(.watch)
        questions.append(.lock)
        return RedisCommand("WATCH", key: fence.key).bytes + RedisCommand("GET", key: fence.key).bytes
    }

    /// What comes before batches that write.
    mutating func begin() -> [UInt8] {
        guard fence != nil else { return [] }
        questions.append(.multi)
        isOpen = true
        (isWatching, isArmed, wasRefused, refusals) = (false, false, false, [])
        return RedisCommand("MULTI").bytes
    }

    /// Records that a batch is sent, which gets `replies` replies, and after them one for each of the commands that write
    /// graph keys.
    mutating func send(_ kind: MutationBatch.Kind, replies: Int, keyCommands: some Sequence<String> = []) {
        let question = fence == nil || kind == .compare ? Question.own : .queued
        for _ in 0..<replies { questions.append(question) }
        for name in keyCommands { questions.append(.key(name)) }
    }

    /// What comes after batches that write.
    mutating func end() -> [UInt8] {
        guard fence != nil else { return [] }
        questions.append(.exec)
        isOpen = false
        return RedisCommand("EXEC").bytes + arm()
    }

    /// Takes a reply, which is to the first command that is unanswered.
    mutating func receive(_ reply: RedisReply, _ window: inout MutationWindow) throws(RedisError) {
        guard isAwaited else { throw RedisError.outOfStep }
        let question = questions[answered]
        answered += 1
        if !isAwaited {
            questions.removeAll(keepingCapacity: true)
            answered = 0
        } else if answered >= Self.mostAnswered {
            questions.removeFirst(answered)
            answered = 0
        }
        switch (question, reply) {
        case (.own, _): try window.receive(reply, from: number)
        case (.key(let name), _) where wasRefused || fence == nil:
            if case .error(let text) = reply { window.haltAtGraphKey(ServerError(text), name) }
        case (.key(let name), .simpleString("QUEUED")): refusals.append(Refusal(keyCommand: name))
        case (.key(let name), .error(let text)):
            if case .stop = ServerError(text).effect { window.halt(for: ServerError(text), name) }
            refusals.append(Refusal(error: text, keyCommand: name))
        case (.queued, _) where wasRefused: try window.receive(reply, from: number)
        case (.queued, .simpleString("QUEUED")): refusals.append(Refusal())
        case (.queued, .error(let text)):
            let error = ServerError(text)
            // At once: these may be the server's last words.
            if case .stop = error.effect {
                window.halt(for: error, number, command: refusals.count { $0.keyCommand == nil })
            }
            refusals.append(Refusal(error: text))
        case (.multi, .ok): break
        case (.watch, .ok): isWatching = true
        case (.multi, .error(let text)):
            wasRefused = true
            window.halt(for: ServerError(text), question.command)
        case (.watch, .error(let text)): window.halt(for: ServerError(text), question.command)
        case (.lock, .error(let text)): window.halt(for: ServerError(text), question.command)
        case (.lock, _):
            guard let fence, reply == .bulkString(fence.value) else { throw ImportLock.lost }
            isArmed = isWatching
        case (.exec, .error) where wasRefused: break
        case (.exec, .null): window.retract(number)
        case (.exec, .array(let results)) where results.count == refusals.count:
            for (result, refusal) in zip(results, refusals) {
                if let name = refusal.keyCommand {
                    if case .error(let text) = result { window.haltAtGraphKey(ServerError(text), name) }
                } else {
                    try window.receive(refusal.error.map { .error($0) } ?? result, from: number)
                }
            }
        case (.exec, .error(let text)):
            if !refusals.contains(where: { $0.error != nil }) {
                window.halt(for: ServerError(text), question.command)
                window.retract(number)
            }
            for refusal in refusals where window.isAwaited(number) || refusal.keyCommand != nil {
                if let name = refusal.keyCommand {
                    if let text = refusal.error { window.halt(for: ServerError(text), name) }
                } else if let text = refusal.error {
                    try window.receive(.error(text), from: number)
                } else {
                    window.putBack(number)
                }
            }
        default: throw RedisError.unexpectedReply(to: question.command)
        }
    }
}
