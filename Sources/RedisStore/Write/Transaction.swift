import RedisProtocol
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

    private var pieces: [TransactionPiece] = [.command(RedisCommand("MULTI"))]

    /// Adds a command.
    mutating func append(_ command: RedisCommand) { pieces.append(.command(command)) }

    /// Adds a command that writes one key.
    mutating func append(_ command: KeyCommand) { append(command.encoded) }

    /// Adds the commands that a batch is sent as.
    mutating func append(_ batch: MutationBatch) { pieces.append(.batch(batch)) }

    /// Adds a command that creates entities.
    mutating func append(_ creation: GuardedCreation) { pieces.append(.creation(creation)) }

    /// The number of commands within `MULTI` and `EXEC`, and so of replies to `EXEC`.
    var commandCount: Int { pieces.dropFirst().reduce(0) { $0 + $1.replies } }

    /// Sends the commands and waits until the server has queued each.
    ///
    /// - Throws: If it refuses one of them, or does not answer, or the lock is lost: then none has an effect.
    func queue(on node: Node) throws(RedisError) {
        var queue = TransactionQueue(pieces, try node.connection())
        do throws(RedisError) { try node.exchange.run(&queue) } catch {
            throw queue.failure(after: error) ?? error
        }
        if let failure = queue.failure(after: nil) { throw failure }
    }

    /// Carries the queued commands out.
    ///
    /// - Throws: If the server says that it did not, or cannot be understood; or if the connection breaks: then it is
    ///   not known.
    func execute(on node: Node) throws(RedisError) -> Ending {
        let reply = try node.finishing.call([RedisCommand("EXEC")], over: try node.connection())[0]
        try reply.check("EXEC")
        switch reply {
        case .null: return .aborted
        case .array(let results) where results.count == commandCount: return .done(results)
        default: throw RedisError.unexpectedReply(to: "EXEC")
        }
    }
}
