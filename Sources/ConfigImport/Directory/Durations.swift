/// How long the kinds took: each span of time goes to one of them.
struct Durations {
    private let clock = ContinuousClock()
    private var start = ContinuousClock.now
    private var durations: [Kind: Duration] = [:]

    subscript(kind: Kind) -> Duration { durations[kind] ?? .zero }

    /// Adds the time since the last call.
    mutating func add(to kind: Kind) {
        let now = clock.now
        durations[kind, default: .zero] += now - start
        start = now
    }
}
