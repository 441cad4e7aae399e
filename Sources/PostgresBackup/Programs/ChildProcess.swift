import Subprocess
import SystemPackage

/// The streams of a program that this one started.
typealias ChildStreams = Execution<CustomWriteInput, SequenceOutput, SequenceOutput>

/// A program that this one starts, feeds, listens to and waits for.
enum ChildProcess {
    /// How a program ended, and what came of it.
    struct Ended<Result: Sendable>: Sendable {
        let status: TerminationStatus
        /// The end of its standard error, up to 32 KiB.
        var errors: String
        let result: Result
    }

    /// Runs a program that PATH knows, and passes its streams to `body`.
    ///
    /// When `body` returns, standard input is closed and the end of the program
    /// awaited. When it throws, or when the task is cancelled, the program gets
    /// SIGTERM and five seconds later SIGKILL.
    ///
    /// - Throws: ``BackupError``; with ``BackupError/Code/interrupted`` if the task was cancelled. That the
    ///   program failed is not an error here: see ``Ended/status``.
    static func run<Result: Sendable>(
        _ program: String, arguments: [String], environment: Environment,
        _ body: (ChildStreams) async throws -> Result
    ) async throws(BackupError) -> Ended<Result> {
        try await run(program, arguments: arguments, environment: environment, output: .sequence, body)
    }

    /// Does the same, with standard output to somewhere else than a sequence.
    static func run<Result: Sendable, Output: OutputProtocol>(
        _ program: String, arguments: [String], environment: Environment, output: Output,
        _ body: (Execution<CustomWriteInput, Output, SequenceOutput>) async throws -> Result
    ) async throws(BackupError) -> Ended<Result> {
        var options = PlatformOptions()
        // Ctrl-C at a terminal is for this program alone, which then ends its children in order.
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(5))
        ]
        do {
            try Task.checkCancellation()
            let ended = try await Subprocess.run(
                .path(try await path(of: program, environment)), arguments: Arguments(arguments),
                environment: environment, platformOptions: options, input: .inputWriter, output: output,
                error: .sequence
            ) { streams in
                async let errors = tail(of: streams.standardError)
                let result = try await body(streams)
                try await streams.standardInputWriter.finish()
                return (result, try await errors)
            }
            if !ended.terminationStatus.isSuccess { try Task.checkCancellation() }
            let (result, errors) = ended.closureResult
            return Ended(status: ended.terminationStatus, errors: errors, result: result)
        } catch let error as BackupError {
            throw error
        } catch {
            if Task.isCancelled || error is CancellationError {
                throw BackupError(.interrupted, "interrupted")
            }
            if let error = error as? SubprocessError, error.code == .executableNotFound {
                throw BackupError(.configuration, "\(program) not found in PATH", advice: "install it")
            }
            throw BackupError(.system, "cannot run \(program): \(error)")
        }
    }

    /// Looks the program up once; else each folder of PATH would be tried by a process of its own.
    private static func path(of program: String, _ environment: Environment) async throws -> FilePath {
        try await Executable.name(program).resolveExecutablePath(in: environment)
    }

    private static func tail(of stream: SubprocessOutputSequence) async throws -> String {
        let limit = 32 << 10
        var bytes: [UInt8] = []
        for try await buffer in stream {
            bytes += buffer.array
            if bytes.count > 2 * limit { bytes.removeFirst(bytes.count - limit) }
        }
        return String(decoding: bytes.suffix(limit), as: UTF8.self)
    }
}

extension SubprocessOutputSequence.Buffer {
    /// A copy of the bytes.
    var array: [UInt8] {
        // Sound: the bytes are copied during the call.
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// Passes the bytes to `body`.
    func withBytes<Result>(_ body: (Span<UInt8>) throws -> Result) rethrows -> Result {
        // Sound: the span is lent to `body` only, during which the buffer lives.
        try unsafe withUnsafeBytes { raw in
            try body(unsafe raw.bindMemory(to: UInt8.self).span)
        }
    }
}

extension StandardInputWriter {
    /// Writes all of `buffer`.
    ///
    /// - Returns: Whether the program took it; `false` once it has stopped reading.
    func send(_ buffer: SubprocessOutputSequence.Buffer) async -> Bool {
        (try? await write(buffer.bytes)) == buffer.count
    }

    /// Writes all of `bytes`.
    ///
    /// - Returns: Whether the program took them; `false` once it has stopped reading.
    func send(_ bytes: [UInt8]) async -> Bool {
        (try? await write(bytes)) == bytes.count
    }
}
