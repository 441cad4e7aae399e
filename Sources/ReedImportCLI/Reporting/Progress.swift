import Glibc
import Synchronization

/// Shows progress on a terminal.
///
/// It says nothing in the first second, and then at most ten times a second.
final class Progress: Sendable {
    private struct State {
        var activity = ""
        var rows = 0
        var nextShow = ContinuousClock.now
        var isShown = false
    }

    private let state = Mutex(State())
    private let isEnabled: Bool

    /// A progress display on standard error, if that is a terminal.
    init(quiet: Bool) { isEnabled = !quiet && isatty(STDERR_FILENO) == 1 }

    /// Begins an activity.
    func begin(_ activity: String) {
        state.withLock { state in
            state.activity = activity
            state.rows = 0
            state.nextShow = .now + .seconds(1)
        }
    }

    /// Counts more rows.
    func add(_ rows: Int) {
        guard isEnabled else { return }
        state.withLock { state in
            state.rows += rows
            guard .now >= state.nextShow else { return }
            state.nextShow = .now + .milliseconds(100)
            state.isShown = true
            Console.report("\r\u{1B}[Kreed-import: \(state.activity), \(state.rows) rows")
        }
    }

    /// Ends the activity and clears what was shown.
    func end() {
        state.withLock { state in
            if state.isShown { Console.report("\r\u{1B}[K") }
            state.isShown = false
        }
    }
}
