import Dispatch
import Glibc
import PostgresBackup
import SystemSupport

/// Work that a signal cancels.
enum Cancellation {
    /// Runs `work`; SIGINT and SIGTERM cancel it, which ends its child processes.
    ///
    /// Before and after, signals have their usual effect: while the user is asked, Ctrl-C ends the program at once.
    ///
    /// - Throws: ``Failure`` with the exit code of the error or of the signal.
    static func run<Result: Sendable>(
        _ work: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await work() }
        let cancellation = Interruption.catchSignals()
        let descriptor = cancellation == .never ? nil : cancellation.descriptor
        let signal = descriptor.map { DispatchSource.makeReadSource(fileDescriptor: $0, queue: .global()) }
        signal?.setEventHandler { task.cancel() }
        signal?.setCancelHandler { if let descriptor { close(descriptor) } }
        signal?.activate()
        defer {
            // At once, and not in the handler above, which runs later, perhaps in the next run.
            if signal != nil { Interruption.releaseSignals() }
            signal?.cancel()
        }
        do {
            return try await task.value
        } catch let error as BackupError {
            throw Failure(error)
        }
    }
}
