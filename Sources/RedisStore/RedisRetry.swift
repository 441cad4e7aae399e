/// When to try again: exponential back-off with jitter, within a limit that counts from the first failure.
struct RedisRetry {
    /// How long a failure is tried again.
    let limit: Duration
    private let clock: RunClock
    private var firstFailure: ContinuousClock.Instant?
    private var attempts = 0

    private static let (shortestPause, longestPause) = (Duration.milliseconds(25), Duration.seconds(2))

    init(limit: Duration, _ clock: RunClock) {
        self.limit = limit
        self.clock = clock
    }

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
    mutating func pause() -> Duration? {
        let now = clock.now()
        let start = firstFailure ?? now
        firstFailure = start
        let left = start + limit - now
        guard left > .zero else { return nil }
        let full = min(Self.shortestPause * (1 << min(attempts, 10)), Self.longestPause)
        attempts += 1
        return min(left, full * Double.random(in: 0.5...1))
    }
}
