package import RedisProtocol
import Synchronization
import SystemSupport

/// A clock that stands still, except for being moved and for being waited by, which takes no time at all.
///
/// Waiting for descriptors waits for them in truth; if none of them is ready in time, the clock moves on as well.
package final class ManualClock: Sendable {
    private let state = Mutex((time: ContinuousClock.now, waits: [Duration]()))
    private let onWait: @Sendable (Int) -> Void

    /// - Parameter onWait: Called when somebody waits, with the number of times that it has happened.
    package init(onWait: @escaping @Sendable (Int) -> Void = { _ in }) { self.onWait = onWait }

    /// The length of each wait for time to pass.
    package var waits: [Duration] { state.withLock { $0.waits } }

    /// Lets time pass.
    package func advance(by time: Duration) { state.withLock { $0.time += time } }

    /// The clock for the code under test.
    package var clock: RunClock {
        RunClock(now: { self.state.withLock { $0.time } }) { requests, limit, cancellation in
            if requests.isEmpty {
                let count = self.state.withLock { state in
                    state.time += limit
                    state.waits.append(limit)
                    return state.waits.count
                }
                self.onWait(count)
                return .timedOut
            }
            let outcome = Poll.wait(for: &requests, within: limit, unless: cancellation)
            if outcome == .timedOut { self.advance(by: limit) }
            return outcome
        }
    }
}
