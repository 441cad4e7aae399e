import Glibc

/// When to try again: exponential back-off with jitter, within a limit that counts from the first failure.
struct RedisRetry {
    /// How long a failure is tried again.
    let limit: Duration
    private var firstFailure: ContinuousClock.Instant?
    private var attempts = 0

    private static let (shortestPause, longestPause) = (Duration.milliseconds(25), Duration.seconds(2))

    init(limit: Duration) { self.limit = limit }

    /// Whether something has failed and not succeeded since.
    var isFailing: Bool { firstFailure != nil }

    /// Notes a success: the next failure is a first one.
    mutating func succeed() {
        firstFailure = nil
        attempts = 0
    }

    /// Notes a failure.
    ///
    /// - Returns: How long to wait before the next attempt; `nil` if the limit is reached.
    mutating func pause(at now: ContinuousClock.Instant = .now) -> Duration? {
        let start = firstFailure ?? now
        firstFailure = start
        let left = start + limit - now
        guard left > .zero else { return nil }
        let full = min(Self.shortestPause * (1 << min(attempts, 10)), Self.longestPause)
        attempts += 1
        return min(left, full * Double.random(in: 0.5...1))
    }

    /// Waits, unless the run shall end.
    static func sleep(_ pause: Duration, _ interruption: CInt?) throws(RedisError) {
        let end = ContinuousClock.now + pause
        while end > .now {
            guard !isInterrupted(interruption, within: end - .now) else {
                throw RedisError(.interrupted, "interrupted")
            }
        }
    }

    /// Whether the run shall end, or shall within a time.
    static func isInterrupted(_ interruption: CInt?, within limit: Duration = .zero) -> Bool {
        var descriptor = pollfd(fd: interruption ?? -1, events: Int16(POLLIN), revents: 0)
        // Sound: the one descriptor outlives the call, which fills `revents`.
        _ = unsafe poll(&descriptor, 1, CInt(max(0, limit / .milliseconds(1)).rounded(.up)))
        return descriptor.revents != 0
    }
}
