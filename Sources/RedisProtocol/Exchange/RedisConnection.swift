package import SystemSupport

/// One connection to a Redis server: commands are queued, and replies come in the order of the commands.
///
/// It moves bytes only when an ``Exchange`` says so, and never blocks.
///
///     let connection = try RedisConnection.open(address, within: .seconds(5), unless: .never)
///     let replies = try exchange.call([RedisCommand("PING")], over: connection)
package final class RedisConnection {
    private let transport: any Transport
    private var output = OutputBuffer()
    private var decoder: ReplyDecoder
    private var input = [UInt8](repeating: 0, count: 64 << 10)

    /// The length of the longest string that Redis keeps (`proto-max-bulk-len`, by default).
    package static let largestString = 512 << 20
    /// The most that `INFO` and the like come to.
    private static let largestSmallReply = 16 << 20
    /// A peer that never stops sending must not keep the exchange from looking at the clock.
    private static let chunksAtOnce = 64

    /// A connection over an open transport.
    ///
    /// - Throws: ``RedisError/Code/system`` if there is no memory.
    package init(over transport: any Transport) throws(RedisError) {
        self.transport = transport
        decoder = try ReplyDecoder(largestReply: Self.largestSmallReply)
    }

    /// Connects to `address`, trying every address of its host in turn.
    ///
    /// - Throws: ``RedisError/Code/unavailable``; ``RedisError/Code/permission`` for a socket that this user may not use;
    ///   ``RedisError/Code/interrupted``.
    package static func open(
        _ address: RedisAddress, within limit: Duration, unless cancellation: CancellationSignal = .never
    ) throws(RedisError) -> RedisConnection {
        try RedisConnection(
            over: try PlainTransport.connect(to: address, within: limit, unless: cancellation))
    }

    /// The number of bytes that wait to be written.
    package var outputCount: Int { output.count }

    /// Allows replies as long as a value can be; until then only those of `INFO` and the like are expected.
    package func allowLargeReplies() { decoder.largestReply = Self.largestString }

    /// Adds a command to what is to be written.
    package func queue(_ command: RedisCommand) { output.append(command.bytes.span) }

    /// Adds bytes of encoded commands to what is to be written.
    package func queue(_ bytes: ArraySlice<UInt8>) { output.append(bytes.span) }

    /// What is waited for.
    var request: PollRequest { transport.request(hasOutput: output.count > 0) }

    /// Writes and reads what can be written and read.
    ///
    /// After a failed write the server's last words are still read: they say why it hung up.
    ///
    /// - Parameter onReply: Called with each reply, in their order.
    /// - Throws: ``RedisError/Code/connectionLost`` or ``RedisError/Code/protocolViolation``, after the last replies.
    func transfer(
        _ events: PollRequest.Events, onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        var failure: TransportError?
        if events.contains(.writable) {
            do throws(TransportError) { try output.write(to: transport) } catch { failure = error }
        }
        if failure != nil || events.contains(.readable) { try receive(untilEnd: failure != nil, onReply) }
        if let failure { throw Self.lost(failure.text) }
    }

    private func receive(
        untilEnd: Bool, _ onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        for _ in 0..<Self.chunksAtOnce {
            let received: Received
            do throws(TransportError) { received = try transport.read(into: &input) } catch {
                throw Self.lost(error.text)
            }
            switch received {
            case .nothing: return
            case .end: throw Self.lost("Server closed the connection")
            case .bytes(let count):
                try decoder.decode(input[..<count], onReply)
                if count < input.count, !untilEnd { return }
            }
        }
    }

    private static func lost(_ cause: String) -> RedisError {
        RedisError(.connectionLost, "connection lost: \(cause)", advice: "run again")
    }
}
