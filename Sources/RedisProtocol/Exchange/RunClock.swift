package import SystemSupport

/// The time, and how a run waits for it to pass: the system's clock, or one that a test moves.
///
///     let now = clock.now()
///     try clock.sleep(.milliseconds(100), unless: .never)  // a test's clock moves at once
package struct RunClock: Sendable {
    /// Waits for descriptors; see ``Poll/wait(for:within:unless:)``.
    package typealias Wait =
        @Sendable (_ requests: inout [PollRequest], _ limit: Duration, _ cancellation: CancellationSignal) ->
        Poll.Outcome

    /// Returns the current time.
    package let now: @Sendable () -> ContinuousClock.Instant
    /// Waits until a descriptor is ready, the time is over or the run is to end.
    package let wait: Wait

    /// A clock made of two functions.
    package init(now: @escaping @Sendable () -> ContinuousClock.Instant, wait: @escaping Wait) {
        self.now = now
        self.wait = wait
    }

    /// The system's clock.
    package static let system = RunClock(now: { .now }) { Poll.wait(for: &$0, within: $1, unless: $2) }

    /// Waits until `pause` is over.
    ///
    /// - Throws: ``RedisError/Code/interrupted`` if the run is to end.
    package func sleep(_ pause: Duration, unless cancellation: CancellationSignal) throws(RedisError) {
        let end = now() + pause
        while end > now() {
            var none: [PollRequest] = []
            if wait(&none, end - now(), cancellation) == .cancelled {
                throw RedisError.interrupted
            }
        }
    }
}
