package import SystemSupport

/// The event loop: it moves the bytes of connections and watches over time-outs, cancellation and what has to be renewed
/// meanwhile.
///
/// Everything that is sent to a server and received from it passes through here.
///
///     let exchange = Exchange(Exchange.Policy(replyTimeout: .seconds(30)))
///     let replies = try exchange.call([RedisCommand("PING")], over: connection)
package final class Exchange {
    /// Time limits, and what ends waiting early.
    package struct Policy {
        /// The longest wait for a reply while a command is unanswered.
        package var replyTimeout: Duration
        /// Ends every wait.
        package var cancellation = CancellationSignal.never
        /// The time.
        package var clock = RunClock.system
        /// Called before each wait, at least once a second, to renew what would expire; its error ends the exchange.
        package var heartbeat: (() throws(RedisError) -> Void)?

        /// A policy without cancellation and heartbeat.
        package init(replyTimeout: Duration) { self.replyTimeout = replyTimeout }

        /// The same, but nothing ends it early, and nothing is renewed: for a command that must not be left half done.
        package var uninterrupted: Policy {
            var policy = self
            policy.cancellation = .never
            policy.heartbeat = nil
            return policy
        }
    }

    package let policy: Policy
    /// The time of the last reply, or of the first command that is unanswered.
    private var lastProgress: ContinuousClock.Instant

    /// How long nothing but the connections is looked after.
    private static let longestWait = Duration.seconds(1)

    package init(_ policy: Policy) {
        self.policy = policy
        lastProgress = policy.clock.now()
    }

    /// Sends and receives until the client is done; at least once, but then without waiting.
    ///
    /// - Parameter total: The longest time that it may take, however many replies come; unlimited if it is left out.
    /// - Throws: ``RedisError/Code/interrupted``, ``RedisError/Code/timeout``, ``RedisError/Code/connectionLost``,
    ///   ``RedisError/Code/protocolViolation``; what the client and the heartbeat throw.
    package func run<Client: ExchangeClient & ~Copyable>(
        _ client: inout Client, within total: Duration? = nil
    ) throws(RedisError) {
        let clock = policy.clock
        let end = total.map { clock.now() + $0 }
        repeat {
            try policy.heartbeat?()
            let wasAwaiting = client.isAwaiting
            try client.send()
            if !wasAwaiting { lastProgress = clock.now() }
            var limit = Duration.zero
            if !client.isDone {
                let deadline = lastProgress + policy.replyTimeout
                limit = max(.zero, min(deadline, end ?? deadline) - clock.now())
            }
            try transfer(&client, waiting: limit)
            guard !client.isDone else { return }
            let now = clock.now()
            if now >= lastProgress + policy.replyTimeout || end.map({ now >= $0 }) ?? false {
                throw Self.timeout(client.awaitedCommand, total ?? policy.replyTimeout)
            }
        } while true
    }

    private static func timeout(_ command: String, _ limit: Duration) -> RedisError {
        RedisError(
            .timeout, "no reply to \(command) within \(limit.text)", advice: "run again", command: command)
    }

    /// Moves bytes once, waiting for it at most `limit`.
    private func transfer<Client: ExchangeClient & ~Copyable>(
        _ client: inout Client, waiting limit: Duration
    ) throws(RedisError) {
        let connections = client.connections
        if connections.isEmpty { throw RedisError(.connectionLost, "connection lost", advice: "run again") }
        var requests = connections.map(\.request)
        switch policy.clock.wait(&requests, min(limit, Self.longestWait), policy.cancellation) {
        case .cancelled: throw RedisError.interrupted
        case .failed(let number): throw RedisError(.system, "poll: \(ErrorNumber.text(of: number))")
        case .timedOut: return
        case .ready: break
        }
        var hasReply = false
        defer { if hasReply { lastProgress = policy.clock.now() } }
        for (index, request) in requests.enumerated() where !request.ready.isEmpty {
            do throws(RedisError) {
                try connections[index].transfer(request.ready) { (reply) throws(RedisError) in
                    hasReply = true
                    try client.receive(reply, from: index)
                }
            } catch {
                if error.isConnectionFailure { client.lose(index) }
                throw error
            }
        }
    }
}
