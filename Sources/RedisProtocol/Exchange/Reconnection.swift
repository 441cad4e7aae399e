package import SystemSupport

/// The retry loop: it repeats what failed until that succeeds, cannot succeed, or the time for it is over.
///
///     let reconnection = Reconnection(limit: .seconds(30), .system, unless: .never) { note($0) }
///     let replies = try reconnection.run { try call(commands) }  // `call` connects if it has no connection
package final class Reconnection {
    private var connecting: BackOff
    private var delayed: BackOff
    /// Whether both kinds of failures count towards one limit.
    private let isShared: Bool
    private let clock: RunClock
    private let cancellation: CancellationSignal
    private let onNote: (String) -> Void
    /// The words for what happens after a first failure.
    private let action: String
    /// The number of lost connections that are opened again at once.
    private var freeLosses = 0

    /// - Parameters:
    ///   - limit: How long failures are tried again, counted from the first one.
    ///   - losesIdle: Whether the connection may have been idle, so that its first loss is tried again at once.
    ///   - onNote: Called once with a message for the user when something begins to fail.
    package init(
        limit: Duration, _ clock: RunClock, unless cancellation: CancellationSignal, losesIdle: Bool = false,
        onNote: @escaping (String) -> Void = { _ in }
    ) {
        connecting = BackOff(limit: limit, clock)
        delayed = connecting
        isShared = true
        action = "trying again for"
        freeLosses = losesIdle ? 1 : 0
        (self.clock, self.cancellation, self.onNote) = (clock, cancellation, onNote)
    }

    /// For a first connection.
    ///
    /// - Parameters:
    ///   - wait: How long a server that cannot be reached is waited for.
    ///   - delay: How long one is waited for that says that it is not ready.
    package init(
        waiting wait: Duration, delay: Duration, _ clock: RunClock, unless cancellation: CancellationSignal,
        onNote: @escaping (String) -> Void
    ) {
        connecting = BackOff(limit: wait, clock)
        delayed = BackOff(limit: max(wait, delay), clock)
        isShared = false
        action = "waiting"
        (self.clock, self.cancellation, self.onNote) = (clock, cancellation, onNote)
    }

    /// Notes a success: limits count from the next failure.
    package func succeed() {
        connecting.reset()
        delayed.reset()
    }

    /// Runs `body` until it succeeds.
    ///
    /// - Parameter isFinal: Returns whether a failure ends it that a new connection, or a later attempt, could mend.
    /// - Throws: What `body` has thrown last; ``RedisError/Code/interrupted``.
    package func run<Result>(
        unless isFinal: (RedisError) -> Bool = { _ in false }, _ body: () throws(RedisError) -> Result
    ) throws(RedisError) -> Result {
        while true {
            let failure: RedisError
            do throws(RedisError) { return try body() } catch { failure = error }
            if isFinal(failure) { throw failure }
            try pause(after: failure)
        }
    }

    /// Runs `body`, which throws other errors too, until it succeeds; other errors end it.
    package func run<Result>(
        unless isFinal: (RedisError) -> Bool = { _ in false }, mixed body: () throws -> Result
    ) throws -> Result {
        try run(unless: isFinal) { () throws(RedisError) -> Swift.Result<Result, any Error> in
            do { return .success(try body()) } catch {
                if let failure = error as? RedisError { throw failure }
                return .failure(error)
            }
        }.get()
    }

    /// Waits after a failure.
    ///
    /// - Throws: `failure` itself if the time is over, ``RedisError/Code/interrupted``.
    package func pause(after failure: RedisError) throws(RedisError) {
        guard failure.isRetryable else { throw failure }
        if failure.code == .connectionLost, freeLosses > 0 {
            freeLosses -= 1
            return
        }
        let isDelay = failure.isTransient && !isShared
        let isFirst = isDelay ? !delayed.isFailing : !connecting.isFailing
        let limit = isDelay ? delayed.limit : connecting.limit
        guard let pause = isDelay ? delayed.nextPause() : connecting.nextPause() else { throw failure }
        if isFirst { onNote("\(failure.message); \(action) up to \(limit.text)") }
        try clock.sleep(pause, unless: cancellation)
    }
}

extension Duration {
    /// The duration in seconds, for example `5 s` or `0.25 s`.
    package var text: String {
        let seconds = self / .seconds(1)
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
