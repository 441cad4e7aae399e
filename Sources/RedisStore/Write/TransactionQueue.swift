import RedisProtocol

/// The commands of a transaction on their way to the server, which queues each.
///
/// After the first command that the server refuses nothing more is sent: nothing could have an effect any more.
struct TransactionQueue: ExchangeClient {
    private let pieces: [TransactionPiece]
    private let connection: RedisConnection
    /// The number of pieces that are sent, or begun.
    private var next = 0
    /// The parts of the last of them that are not sent, the last one first: a command that is begun has to be completed.
    private var unsent: [ArraySlice<UInt8>] = []
    /// The number of pieces that are answered, and of commands of the next one.
    private var (answeredPieces, answered) = (0, 0)
    private var refusal: RedisError?

    init(_ pieces: [TransactionPiece], _ connection: RedisConnection) {
        self.pieces = pieces
        self.connection = connection
    }

    /// The failure of the transaction, if a command was refused, or else the one that ended the exchange.
    func failure(after failure: RedisError?) -> RedisError? {
        guard refusal == nil, var failure, failure.code == .connectionLost, answeredPieces < pieces.count,
            let entity = pieces[answeredPieces].entity(answered),
            entity.byteCount >= WriteLimits.remarkableEntity
        else { return refusal ?? failure }
        failure.message += " while sending \(entity.byteCount >> 20) MiB"
        failure.origin = CommandOrigin(entity.origin)
        return failure
    }

    var connections: [RedisConnection] { [connection] }
    var isAwaiting: Bool { answeredPieces < next }
    var isDone: Bool {
        refusal == nil ? answeredPieces == pieces.count : answeredPieces == next && unsent.isEmpty
    }
    var awaitedCommand: String { pieces[min(answeredPieces, pieces.count - 1)].name }

    mutating func send() {
        while refusal == nil || !unsent.isEmpty, connection.outputCount < WriteLimits.outputBytes {
            guard let part = unsent.popLast() else {
                guard next < pieces.count else { return }
                unsent = pieces[next].encoded.reversed()
                next += 1
                continue
            }
            connection.queue(part.prefix(WriteLimits.outputBytes))
            if part.count > WriteLimits.outputBytes { unsent.append(part.dropFirst(WriteLimits.outputBytes)) }
        }
    }

    mutating func receive(_ reply: RedisReply, from index: Int) throws(RedisError) {
        guard answeredPieces < next else { throw RedisError.outOfStep }
        let piece = pieces[answeredPieces]
        switch reply {
        case .ok where answeredPieces == 0, .simpleString("QUEUED") where answeredPieces > 0: break
        case .error(let text): refusal = refusal ?? piece.failure(ServerError(text), of: answered)
        default: throw RedisError.unexpectedReply(to: "\(piece.name) within MULTI")
        }
        answered += 1
        if answered == piece.replies { (answered, answeredPieces) = (0, answeredPieces + 1) }
    }
}
