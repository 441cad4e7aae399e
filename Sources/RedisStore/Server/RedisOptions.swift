/// How patient, how strict and how talkative the store is.
public struct RedisOptions: Sendable {
    /// From the first attempt to connect up to the first reply; 5 s.
    public var connectTimeout = Duration.seconds(5)
    /// The longest wait for a reply while commands are unanswered; 30 s.
    public var replyTimeout = Duration.seconds(30)
    /// After an interruption or a final refusal, the longest wait for outstanding replies; 5 s.
    public var graceTimeout = Duration.seconds(5)
    /// How long a failure that may pass is tried again, counted from the failure; 30 s.
    public var retryFor = Duration.seconds(30)
    /// How long the first connection is tried again; it is tried once.
    public var wait = Duration.zero
    /// The most entities that one command writes; 1 sends a `SET` for each, more an `MSET`.
    public var batchSize = RedisOptions.defaultBatchSize
    /// Whether a server is used that may evict keys that have no expiry.
    public var allowsEviction = false
    /// Whether a server is written to that has less memory than the new keys and values need.
    public var ignoresMemory = false
    /// Whether `INFO` is asked for, without which nobody can tell a restart, a flush or an eviction.
    public var checksServer = true
    /// A descriptor that becomes readable when the run shall end early.
    public var interruption: CInt?
    /// What time it is, for retries and the lock.
    var clock = RunClock.system
    /// Called with what a person may want to know while the store goes on.
    public var onNote: @Sendable (String) -> Void = { _ in }

    /// Where larger commands stop being cheaper for the server.
    public static let defaultBatchSize = 256

    /// The defaults.
    public init() {}
}

extension Duration {
    /// `5 s`, `0.25 s`.
    var text: String {
        let seconds = self / .seconds(1)
        return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
