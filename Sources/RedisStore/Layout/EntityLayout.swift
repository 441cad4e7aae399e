import RedisProtocol

/// How entities are kept in Redis: the commands that read and write them, and what the replies mean.
///
/// A batch holds keys and JSON, whatever the layout; a layout turns them into commands and replies back into JSON. It
/// has no state, so that it is passed as a type: `StringLayout.self`.
protocol EntityLayout: SendableMetatype {
    /// The commands that read what keys hold; each gets one reply.
    static func reading(_ keys: EncodedKeys) -> [RedisCommand]

    /// What the keys hold, given the replies to ``reading(_:)``; `nil` if these are not replies to it.
    ///
    /// - Parameter count: The number of keys.
    static func stored(_ replies: [RedisReply], count: Int) -> StoredEntities?

    /// Whether a command of this kind can write several entities, so that one reply settles them all.
    static func canShareCommand(_ kind: MutationBatch.Kind) -> Bool

    /// The name of the command that a batch is sent as, for messages.
    static func commandName(of batch: borrowing MutationBatch) -> String

    /// Passes the commands for the unsettled entities of a batch to `append`, in pieces.
    static func encode(_ batch: borrowing MutationBatch, _ append: (ArraySlice<UInt8>) -> Void)

    /// What a reply to a command of a batch means; `nil` if it is not a reply to it.
    static func outcome(of reply: RedisReply, for batch: borrowing MutationBatch) -> MutationOutcome?
}

/// What the reply to one command says of the entities that it was to read or write.
enum MutationOutcome {
    /// They were written.
    case written
    /// At least one of their keys exists already, and nothing was written.
    case taken
    /// They were read.
    case read(StoredEntities)
    /// The server refused the command.
    case failed(ServerError)
}
