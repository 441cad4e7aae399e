import UCG

/// Commands that Redis carries out all at once or not at all: `MULTI`, the commands, and `EXEC` when each is queued.
///
/// `EXEC` is sent only when the server has accepted every command, so that whatever fails before it has no effect.
struct Transaction {
    /// How it ended.
    enum Ending: Equatable {
        /// The commands were carried out, with these replies; one of them may be an error, as of a right that was taken
        /// away meanwhile, and then the others took effect all the same.
        case done(ReplyList)
        /// Nothing was: a key that was watched has changed.
        case aborted
    }

    /// What is sent as a command, or as a command for each entity.
    private enum Piece {
        case command([UInt8])
        case batch(WriteBatch)
        case creation(GuardedCreation)

        /// Its bytes, in parts.
        var encoded: [ArraySlice<UInt8>] {
            switch self {
            case .command(let bytes): return [bytes[...]]
            case .batch(let batch):
                var parts: [ArraySlice<UInt8>] = []
                batch.encode { parts.append($0) }
                return parts
            case .creation(let creation): return creation.encoded
            }
        }

        /// How many replies it gets.
        var replies: Int {
            if case .batch(let batch) = self, batch.isAnsweredSingly { batch.entries.count } else { 1 }
        }

        /// Where the one entity comes from that the command with this number writes, and how large it is.
        func entity(_ number: Int) -> (origin: EntityOrigin, byteCount: Int)? {
            switch self {
            case .command: return nil
            case .batch(let batch):
                guard batch.isAnsweredSingly || batch.entries.count == 1 else { return nil }
                return (batch.entries[number].origin, batch.byteCount(of: number))
            case .creation(let creation):
                return creation.origin.map { ($0, creation.batches[0].byteCount) }
            }
        }
    }

    private var pieces: [Piece] = [.command(.command("MULTI"))]

    private static let outputBytes = 256 << 10

    /// Adds a command.
    mutating func append(_ command: [UInt8]) { pieces.append(.command(command)) }

    /// Adds the command of a record.
    mutating func append(_ command: RecordCommand) { append(command.encoded) }

    /// Adds the commands that a batch is sent as.
    mutating func append(_ batch: WriteBatch) { pieces.append(.batch(batch)) }

    /// Adds a command that creates entities.
    mutating func append(_ creation: GuardedCreation) { pieces.append(.creation(creation)) }

    /// How many commands there are within `MULTI` and `EXEC`, and so replies to `EXEC`.
    var commandCount: Int { pieces.dropFirst().reduce(0) { $0 + $1.replies } }

    /// Lets the server queue the commands, while `lock` is held.
    ///
    /// - Throws: If it refuses one of them, or does not answer, or the lock is lost: then none has an effect.
    func queue(
        _ connection: inout RedisConnection, _ lock: ImportLock, _ options: RedisOptions
    ) throws(RedisError) {
        var (answered, next, answeredPiece) = (0, 0, 0)
        // The parts of a piece, the last one first.
        var unsent: [ArraySlice<UInt8>] = []
        var refusal: RedisError?
        var lastProgress = ContinuousClock.now
        do throws(RedisError) {
            while answeredPiece < pieces.count {
                try lock.tend()
                // After a refusal nothing has an effect any more, so nothing more is sent.
                while refusal == nil || !unsent.isEmpty, connection.outputCount < Self.outputBytes {
                    guard let part = unsent.popLast() else {
                        guard next < pieces.count else { break }
                        unsent = pieces[next].encoded.reversed()
                        next += 1
                        continue
                    }
                    try connection.queue(part.prefix(Self.outputBytes))
                    if part.count > Self.outputBytes { unsent.append(part.dropFirst(Self.outputBytes)) }
                }
                let left = max(.zero, lastProgress + options.replyTimeout - .now)
                let event = try connection.exchange(waiting: min(left, .seconds(1))) {
                    (reply) throws(RedisError) in
                    guard answeredPiece < next else { throw RedisConnection.outOfStep() }
                    switch reply {
                    case .ok where answeredPiece == 0, .status("QUEUED") where answeredPiece > 0: break
                    case .error(let text):
                        let error = ServerError(text)
                        var failure = error.asFailure
                        failure.code = error.code
                        failure.origin = pieces[answeredPiece].entity(answered)?.origin
                        refusal = refusal ?? failure
                    default: throw RedisError(.protocolViolation, "an unexpected reply within MULTI")
                    }
                    lastProgress = .now
                    answered += 1
                    if answered == pieces[answeredPiece].replies {
                        (answered, answeredPiece) = (0, answeredPiece + 1)
                    }
                }
                if let refusal, answeredPiece == next, unsent.isEmpty { throw refusal }
                if case .interruption = event { throw RedisError(.interrupted, "interrupted") }
                guard lastProgress + options.replyTimeout > .now else {
                    throw RedisError(
                        .timeout, "no reply for \(options.replyTimeout.text)", advice: "run again")
                }
            }
        } catch {
            var failure = refusal ?? error
            if refusal == nil, error.code == .connectionLost, answeredPiece < pieces.count,
                let entity = pieces[answeredPiece].entity(answered),
                entity.byteCount >= WritePipeline.largeEntity
            {
                failure.message += " while sending \(entity.byteCount >> 20) MiB"
                failure.origin = entity.origin
            }
            throw failure
        }
        if let refusal { throw refusal }
    }

    /// Carries the queued commands out.
    ///
    /// - Throws: If the server says that it did not, or cannot be understood; or if the connection breaks,
    ///   and then nobody knows.
    func execute(_ connection: inout RedisConnection, _ options: RedisOptions) throws(RedisError) -> Ending {
        let replies = try connection.call(
            [.command("EXEC")], name: "EXEC", within: options.replyTimeout, heedsInterruption: false)
        switch replies[0] {
        case .null: return .aborted
        case .error(let text): throw ServerError(text).asFailure
        case .array(let results) where results.count == commandCount: return .done(results)
        default: throw RedisError(.protocolViolation, "an unexpected reply to EXEC")
        }
    }
}
