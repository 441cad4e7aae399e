import RedisProtocol
package import SystemSupport

/// Time limits, server checks and notifications of the store.
///
///     var options = RedisOptions()
///     options.replyTimeout = .seconds(5)
///     options.onNote = { print("note: \($0)") }
package struct RedisOptions: Sendable {
    /// The time from the first attempt to connect to the first reply; 5 s.
    package var connectTimeout = Duration.seconds(5)
    /// The longest wait for a reply while commands are unanswered; 30 s.
    package var replyTimeout = Duration.seconds(30)
    /// The longest wait for outstanding replies after an interruption or a final refusal; 5 s.
    package var graceTimeout = Duration.seconds(5)
    /// How long a transient failure is tried again, counted from the failure; 30 s.
    package var retryFor = Duration.seconds(30)
    /// How long the first connection is tried again; by default it is tried once.
    package var wait = Duration.zero
    /// The most entities that one command writes; 1 sends a `SET` for each, more an `MSET`.
    package var batchSize = RedisOptions.defaultBatchSize
    /// Whether a server is used that may evict keys without an expiry.
    package var allowsEviction = false
    /// Whether a server is written to that has less memory than the new keys and values need.
    package var ignoresMemory = false
    /// Whether `INFO` is asked for, which is needed to notice a restart, a flush or an eviction.
    package var checksServer = true
    /// Ends the run early.
    package var cancellation = CancellationSignal.never
    /// The time, for time-outs, retries and the lock.
    var clock = RunClock.system
    /// Called with messages for the user while the store goes on.
    package var onNote: @Sendable (String) -> Void = { _ in }

    /// From here on larger commands are no longer cheaper for the server.
    package static let defaultBatchSize = 256

    /// The defaults.
    package init() {}

    /// The policy of exchanges with the server, without a heartbeat.
    var policy: Exchange.Policy {
        var policy = Exchange.Policy(replyTimeout: replyTimeout)
        policy.cancellation = cancellation
        policy.clock = clock
        return policy
    }
}
