import Glibc

/// What time it is, and how a run waits: by the system's clock, or by one that a test moves.
struct RunClock: Sendable {
    /// What time it is.
    let now: @Sendable () -> ContinuousClock.Instant
    /// Waits so long, or until the descriptor becomes readable; whether it did.
    private let wait: @Sendable (Duration, CInt?) -> Bool

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        wait: @escaping @Sendable (Duration, CInt?) -> Bool
    ) {
        self.now = now
        self.wait = wait
    }

    /// The system's clock.
    static let system = RunClock(now: { .now }) { pause, interruption in
        let end = ContinuousClock.now + pause
        while end > .now {
            var descriptor = pollfd(fd: interruption ?? -1, events: Int16(POLLIN), revents: 0)
            let milliseconds = ((end - .now) / .milliseconds(1)).rounded(.up)
            // Sound: the one descriptor outlives the call, which fills `revents`.
            _ = unsafe poll(&descriptor, 1, CInt(max(0, min(milliseconds, Double(CInt.max)))))
            if descriptor.revents != 0 { return true }
        }
        return false
    }

    /// Waits, unless the run shall end.
    ///
    /// - Parameter interruption: A descriptor that becomes readable when it shall.
    /// - Throws: ``RedisError/Code/interrupted``.
    func sleep(_ pause: Duration, unless interruption: CInt?) throws(RedisError) {
        guard !wait(pause, interruption) else { throw RedisError(.interrupted, "interrupted") }
    }
}
