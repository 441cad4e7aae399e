/// Commands that Redis carries out all at once or not at all: `MULTI`, the commands, and `EXEC` when each is queued.
///
/// `EXEC` is sent only when the server has accepted every command, so that whatever fails before it has no effect.
struct Transaction {
    /// How it ended.
    enum Ending {
        /// Everything was carried out.
        case done
        /// Nothing was: a key that was watched has changed.
        case aborted
    }

    /// Encoded commands.
    private(set) var commands: [[UInt8]] = [.command("MULTI")]
    /// How many commands there are.
    private var count = 1

    private static let outputBytes = 256 << 10

    /// Adds a command.
    mutating func append(_ command: [UInt8]) {
        commands.append(command)
        count += 1
    }

    /// Adds the command that a batch is sent as.
    mutating func append(_ batch: WriteBatch) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(batch.byteCount + 64)
        batch.encode { (piece) throws(Never) in bytes.append(contentsOf: piece) }
        append(bytes)
        if batch.isAnsweredSingly { count += batch.entries.count - 1 }
    }

    /// Lets the server queue the commands.
    ///
    /// - Throws: If it refuses one of them, or does not answer: then none has an effect.
    func queue(_ connection: inout RedisConnection, _ options: RedisOptions) throws(RedisError) {
        var (answered, next) = (0, 0)
        var refusal: ServerError?
        var lastProgress = ContinuousClock.now
        while answered < count {
            while next < commands.count, connection.outputCount < Self.outputBytes {
                try connection.queue(commands[next])
                next += 1
            }
            let event = try connection.exchange(waiting: max(.zero, lastProgress + options.replyTimeout - .now)) {
                (reply) throws(RedisError) in
                answered += 1
                lastProgress = .now
                switch reply {
                case .ok, .status("QUEUED"): break
                case .error(let text): refusal = refusal ?? ServerError(text)
                default: throw RedisError(.protocolViolation, "an unexpected reply within MULTI")
                }
            }
            if case .interruption = event { throw RedisError(.interrupted, "interrupted") }
            guard lastProgress + options.replyTimeout > .now else {
                throw RedisError(.timeout, "no reply for \(options.replyTimeout.text)", advice: "run again")
            }
        }
        if let refusal { throw refusal.asFailure }
    }

    /// Carries the queued commands out.
    ///
    /// - Throws: If the server says that it did not, or cannot be understood; or if the connection breaks,
    ///   and then nobody knows.
    static func execute(
        _ connection: inout RedisConnection, _ options: RedisOptions
    ) throws(RedisError) -> Ending {
        let replies = try connection.call(
            [.command("EXEC")], name: "EXEC", within: options.replyTimeout, heedsInterruption: false)
        switch replies[0] {
        case .null: return .aborted
        case .error(let text): throw ServerError(text).asFailure
        case .array(let results):
            for case .error(let text) in results { throw ServerError(text).asFailure }
            return .done
        default: throw RedisError(.protocolViolation, "an unexpected reply to EXEC")
        }
    }
}
