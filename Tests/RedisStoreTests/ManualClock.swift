import Synchronization

@testable import RedisStore

/// A clock that stands still, but for being moved and for being waited by, which takes no time at all.
final class ManualClock: Sendable {
    private let state = Mutex((time: ContinuousClock.now, waits: [Duration]()))
    private let onWait: @Sendable (Int) -> Void

    /// - Parameter onWait: Called when somebody waits, with how often that has happened.
    init(onWait: @escaping @Sendable (Int) -> Void = { _ in }) { self.onWait = onWait }

    /// How long each wait was.
    var waits: [Duration] { state.withLock { $0.waits } }

    /// Lets time pass.
    func advance(by time: Duration) { state.withLock { $0.time += time } }

    /// What is given to the code under test.
    var clock: RunClock {
        RunClock(now: { self.state.withLock { $0.time } }) { pause, _ in
            let count = self.state.withLock { state in
                state.time += pause
                state.waits.append(pause)
                return state.waits.count
            }
            self.onWait(count)
            return false
        }
    }
}
