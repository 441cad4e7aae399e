import Dispatch
import Glibc
import PostgresBackup

/// Work that a signal cancels.
enum Cancellation {
    /// Runs `work`; SIGINT and SIGTERM cancel it, which ends its child processes.
    ///
    /// - Throws: ``Failure`` with the exit code of the error or of the signal.
    static func run<Result: Sendable>(
        _ work: @Sendable @escaping () async throws -> Result
    ) async throws -> Result {
        let task = Task { try await work() }
        let signal = Interruption.catchSignals().map { descriptor in
            DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
        }
        signal?.setEventHandler { task.cancel() }
        signal?.activate()
        defer { signal?.cancel() }
        do {
            return try await task.value
        } catch let error as BackupError {
            let advice = error.advice.map { "; \($0)" } ?? ""
            throw Failure(ExitStatus(error), error.message + advice)
        }
    }
}
