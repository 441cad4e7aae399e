import Subprocess

/// One of PostgreSQL's client programs.
enum PostgresTool: String, Sendable {
    case dump = "pg_dump"
    case psql = "psql"

    /// Which release of it is installed.
    ///
    /// - Throws: ``BackupError`` with ``BackupError/Code/configuration`` if it is missing or does not say.
    func version() async throws(BackupError) -> PostgresVersion {
        let ended = try await ChildProcess.run(rawValue, arguments: ["--version"], environment: .inherit) {
            streams in
            try await streams.standardInputWriter.finish()
            return try await streams.firstLine()
        }
        // `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`
        let words = (ended.result ?? "").split(separator: " ")
        guard ended.status.isSuccess, words.count >= 3, let version = PostgresVersion(String(words[2])) else {
            throw BackupError(
                .configuration, "unexpected output of \(rawValue) --version",
                advice: "check what PATH leads to")
        }
        return version
    }

    /// Runs the program against a server and passes its streams to `body`.
    ///
    /// - Parameter arguments: Must not hold secrets; the server's parameters reach it by the environment.
    /// - Returns: What `body` made, and the program's warnings.
    /// - Throws: ``BackupError`` of the program's own words if it failed, else of `body`.
    func run<Result: Sendable>(
        _ arguments: [String], on server: PostgresServer,
        _ body: (ChildStreams) async throws -> Result
    ) async throws(BackupError) -> (result: Result, warnings: [String]) {
        try await run(arguments, on: server, output: .sequence, body)
    }

    /// Does the same, with standard output to somewhere else than a sequence.
    func run<Result: Sendable, Output: OutputProtocol>(
        _ arguments: [String], on server: PostgresServer, output: Output,
        _ body: (Execution<CustomWriteInput, Output, SequenceOutput>) async throws -> Result
    ) async throws(BackupError) -> (result: Result, warnings: [String]) {
        let ended = try await start(arguments, on: server, output: output, body)
        guard ended.status.isSuccess else {
            throw ToolFailure(tool: rawValue, status: ended.status, errors: ended.errors).error
        }
        return (
            ended.result,
            ended.errors.split(whereSeparator: \.isNewline).filter { !Self.isOfLibpq($0) }.suffix(20).map(
                String.init)
        )
    }

    /// Runs the program; that it failed is not an error here.
    func start<Result: Sendable, Output: OutputProtocol>(
        _ arguments: [String], on server: PostgresServer, output: Output,
        _ body: (Execution<CustomWriteInput, Output, SequenceOutput>) async throws -> Result
    ) async throws(BackupError) -> ChildProcess.Ended<Result> {
        let arguments = arguments + server.arguments
        server.onCommand?("\(rawValue) \(arguments.joined(separator: " ")) [\(server)]")
        var ended = try await ChildProcess.run(
            rawValue, arguments: arguments, environment: server.environment, output: output, body)
        ended.errors = server.redacted(ended.errors)
        if let onWarning = server.onWarning {
            for line in ended.errors.split(whereSeparator: \.isNewline) where Self.isOfLibpq(line) {
                onWarning(String(line))
            }
        }
        return ended
    }

    /// Whether a line is libpq's own: those of psql have its name before them.
    private static func isOfLibpq(_ line: some StringProtocol) -> Bool { line.hasPrefix("WARNING: ") }

    /// What every call of psql begins with: no settings of the user's, no password prompt, the first
    /// error ends it and comes with its SQLSTATE.
    static let psqlArguments = [
        "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose",
    ]
}

extension ChildStreams {
    /// The first line of standard output, without its end; `nil` if there is none.
    ///
    /// The rest is discarded.
    func firstLine() async throws -> String? {
        var lines = OutputLines(self)
        let line = try await lines.next()
        while try await lines.next() != nil {}
        return line
    }
}

/// The lines of a program's standard output, as they come.
struct OutputLines {
    private var iterator: SubprocessOutputSequence.Iterator
    private var pending: [UInt8] = []
    private var isAtEnd = false

    init(_ streams: ChildStreams) { iterator = streams.standardOutput.makeAsyncIterator() }

    /// The next line without its end; `nil` after the last.
    mutating func next() async throws -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            guard !isAtEnd, let buffer = try await iterator.next() else {
                isAtEnd = true
                defer { pending = [] }
                return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
            }
            pending += buffer.array
        }
    }
}
