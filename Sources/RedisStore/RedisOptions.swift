/// How patient the store is.
public struct RedisOptions: Sendable {
    /// From the first attempt to connect up to the first reply; 5 s.
    public var connectTimeout = Duration.seconds(5)
    /// The longest wait for a reply while commands are unanswered; 30 s.
    public var replyTimeout = Duration.seconds(30)
    /// After an interruption, the longest wait for outstanding replies; 5 s.
    public var graceTimeout = Duration.seconds(5)
    /// A descriptor that becomes readable when the run shall end early.
    public var interruption: CInt?

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
