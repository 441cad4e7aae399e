import Glibc
import Synchronization
import SystemSupport

/// Signals that end a run: the first asks it to end cleanly, the second ends it at once.
enum Interruption {
    private static let received = Atomic<CInt>(0)
    private static let wakeUp = Atomic<CInt>(-1)

    /// What is written to standard error when a signal ends the program at once.
    nonisolated(unsafe) private static var lastWords: StaticString = ""

    /// The signal that came; 0 if none did.
    static var signal: CInt { received.load(ordering: .relaxed) }

    /// Throws if a signal has come.
    static func check() throws(Failure) {
        if signal != 0 { throw Failure(signal == SIGTERM ? .terminated : .interrupted, "interrupted") }
    }

    /// Opens `/dev/null` in the place of each standard descriptor that is closed.
    ///
    /// Else a file or the connection to Redis would get its number, and messages would go there.
    static func fillStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
            // The lowest free number is taken, which is this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }

    /// Lets writing to a closed pipe, or beyond the limit of a file's size, fail with EPIPE and EFBIG
    /// instead of killing the process.
    static func ignoreFileErrors() {
        for number in [SIGPIPE, SIGXFSZ] { _ = Glibc.signal(number, SIG_IGN) }
    }

    /// Lets SIGINT and SIGTERM end the program at once, with one line and an exit code.
    ///
    /// Call it once, before ``catchSignals()``.
    static func endAtOnce(saying words: StaticString) {
        unsafe lastWords = words
        handle { number in
            // Sound: the words are a constant, set before the handler.
            _ = unsafe write(
                STDERR_FILENO, Interruption.lastWords.utf8Start, Interruption.lastWords.utf8CodeUnitCount)
            _exit(128 + number)
        }
    }

    /// Comes with the first signal; never if signals are not caught.
    static var cancellation: CancellationSignal {
        CancellationSignal(descriptor: readable.load(ordering: .relaxed))
    }
    private static let readable = Atomic<CInt>(-1)

    /// Catches SIGINT and SIGTERM from now on; it may be called again, and then changes nothing.
    ///
    /// - Returns: The signal of the first of them; it never comes if the system has no descriptors for it, and then
    ///   SIGINT and SIGTERM keep their usual effect.
    @discardableResult
    static func catchSignals() -> CancellationSignal {
        if cancellation != .never { return cancellation }
        var ends: [CInt] = [-1, -1]
        // Sound: pipe fills the two elements during the call.
        guard unsafe pipe(&ends) == 0 else { return .never }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        wakeUp.store(ends[1], ordering: .relaxed)
        readable.store(ends[0], ordering: .relaxed)
        handle { number in
            if Interruption.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            var byte: UInt8 = 0
            _ = unsafe write(Interruption.wakeUp.load(ordering: .relaxed), &byte, 1)
        }
        return cancellation
    }

    /// Makes `handler` the effect of SIGINT and SIGTERM; it may call only what is async-signal-safe.
    private static func handle(_ handler: @convention(c) (CInt) -> Void) {
        var action = sigaction()
        action.sa_flags = CInt(SA_RESTART)
        unsafe action.__sigaction_handler.sa_handler = handler
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
            unsafe sigaction(number, &action, nil)
            unsafe sigaddset(&signals, number)
        }
        // The program that started this one may have blocked them.
        unsafe sigprocmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Gives SIGINT and SIGTERM their usual effect again; the descriptor of ``catchSignals()`` is the caller's to close.
    static func releaseSignals() {
        for number in [SIGINT, SIGTERM] { _ = Glibc.signal(number, SIG_DFL) }
        close(wakeUp.exchange(-1, ordering: .relaxed))
        readable.store(-1, ordering: .relaxed)
    }
}
