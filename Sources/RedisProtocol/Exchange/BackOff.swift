/// Pauses between attempts: they grow exponentially from 25 ms to 2 s, with jitter, within a limit that counts from the
/// first failure.
struct BackOff {
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
    mutating func reset() {
        firstFailure = nil
        attempts = 0
    }

    /// Notes a failure.
    ///
    /// - Returns: The pause before the next attempt; `nil` if the limit is reached.
    mutating func nextPause() -> Duration? {
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
