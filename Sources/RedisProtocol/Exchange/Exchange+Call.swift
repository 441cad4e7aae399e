extension Exchange {
    /// The most commands that are sent before their replies are waited for: a server keeps these for itself meanwhile.
    private static let groupCount = 4096

    /// Sends commands and waits for their replies; no other command may be unanswered on the connection.
    ///
    /// Some thousand commands are sent in one go, and more in several.
    ///
    /// - Parameter limit: The longest time until the last reply to what is sent in one go; the policy's for one reply if it
    ///   is left out.
    /// - Returns: A reply for each command; errors among them.
    /// - Throws: As ``run(_:within:)``; if the server closes the connection after an error, that error.
    package func call(
        _ commands: [RedisCommand], over connection: RedisConnection, within limit: Duration? = nil
    ) throws(RedisError) -> [RedisReply] {
        guard commands.count > Self.groupCount else {
            return try callAtOnce(commands, over: connection, within: limit)
        }
        var replies: [RedisReply] = []
        for start in stride(from: 0, to: commands.count, by: Self.groupCount) {
            let group = commands[start..<min(start + Self.groupCount, commands.count)]
            replies += try callAtOnce(Array(group), over: connection, within: limit)
        }
        return replies
    }

    private func callAtOnce(
        _ commands: [RedisCommand], over connection: RedisConnection, within limit: Duration?
    ) throws(RedisError) -> [RedisReply] {
        var call = Call(commands: commands, connection: connection)
        do throws(RedisError) {
            try run(&call, within: limit ?? policy.replyTimeout)
        } catch {
            // A server's last words say why it hung up.
            if error.code == .connectionLost, case .error(let words) = call.replies.last {
                throw ServerError(words).failure(of: commands[call.replies.count - 1].name)
            }
            throw error
        }
        return call.replies
    }

    /// Sends commands and waits for their replies, none of which may be an error.
    ///
    /// - Throws: As ``call(_:over:within:)``; the first error among the replies.
    package func ask(
        _ commands: [RedisCommand], over connection: RedisConnection
    ) throws(RedisError) -> [RedisReply] {
        let replies = try call(commands, over: connection)
        for (command, reply) in zip(commands, replies) { try reply.check(command.name) }
        return replies
    }
}

/// A few commands and their replies.
private struct Call: ExchangeClient {
    let commands: [RedisCommand]
    let connection: RedisConnection
    private(set) var replies: [RedisReply] = []
    private var isSent = false

    init(commands: [RedisCommand], connection: RedisConnection) {
        self.commands = commands
        self.connection = connection
    }

    var connections: [RedisConnection] { [connection] }
    var isDone: Bool { isSent && replies.count == commands.count }
    var isAwaiting: Bool { isSent && !isDone }
    var awaitedCommand: String { replies.count < commands.count ? commands[replies.count].name : "" }

    mutating func send() {
        guard !isSent else { return }
        for command in commands { connection.queue(command) }
        isSent = true
    }

    mutating func receive(_ reply: RedisReply, from index: Int) throws(RedisError) {
        guard replies.count < commands.count else { throw RedisError.outOfStep }
        replies.append(reply)
    }
}
