import Subprocess

extension Compression {
    /// Runs the compressor and passes its streams to `body`.
    func compress<Result: Sendable>(
        _ body: (ChildStreams) async throws -> Result
    ) async throws(BackupError) -> Result {
        try await run(["-q", "-c"], failing: .inputOutput, body)
    }

    /// Runs the decompressor and passes its streams to `body`.
    func decompress<Result: Sendable>(
        _ body: (ChildStreams) async throws -> Result
    ) async throws(BackupError) -> Result {
        try await run(["-q", "-d", "-c"], failing: .data, body)
    }

    private func run<Result: Sendable>(
        _ arguments: [String], failing code: BackupError.Code, _ body: (ChildStreams) async throws -> Result
    ) async throws(BackupError) -> Result {
        let ended = try await ChildProcess.run(
            rawValue, arguments: arguments, environment: .inherit.updating(["LC_ALL": "C"]), body)
        guard ended.status.isSuccess else {
            let failure = ToolFailure(tool: rawValue, status: ended.status, errors: ended.errors).error
            throw failure.code == .data ? BackupError(code, failure.message) : failure
        }
        return ended.result
    }
}
