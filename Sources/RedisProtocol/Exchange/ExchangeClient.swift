/// One side of an ``Exchange``: what is sent, what replies mean, and when it is over.
///
/// A client does no input or output and knows no time, so that it can be tested without either.
///
///     var queue = TransactionQueue(pieces, connection)
///     try exchange.run(&queue)
package protocol ExchangeClient: ~Copyable {
    /// The connections in use; replies come with the index of theirs.
    var connections: [RedisConnection] { get }
    /// Whether a reply is to come.
    var isAwaiting: Bool { get }
    /// Whether there is nothing to wait for.
    var isDone: Bool { get }
    /// The name of the first command that is unanswered.
    var awaitedCommand: String { get }

    /// Queues what can be sent now.
    mutating func send() throws(RedisError)

    /// Takes the next reply of a connection.
    mutating func receive(_ reply: RedisReply, from index: Int) throws(RedisError)

    /// Notes that a connection broke; commands that are unanswered on it may have been carried out.
    mutating func lose(_ index: Int)
}

extension ExchangeClient where Self: ~Copyable {
    package mutating func lose(_ index: Int) {}
}
