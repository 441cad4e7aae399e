import SystemSupport
import Subprocess
import Synchronization

/// Feeds one dump to psql, within one transaction.
struct RestoreRun {
    let dump: StoredDump
    let contents: DumpContents
    let server: PostgresServer
    /// The name of the database that is meant.
    let database: String
    /// SQL that runs before the dump, in its transaction.
    var preparation: [String]

    /// Why the database was not replaced, as far as is known.
    struct Failure: Error {
        let error: BackupError
        /// Whether the transaction may have taken effect all the same.
        var isOutcomeUnknown = false
    }

    /// Restores: all of it, or the database stays as it was.
    ///
    /// - Throws: ``Failure`` with the first statement that failed and its line in the dump.
    func restore() async throws(Failure) {
        // psql takes the end of its input for the end of the dump and commits. So that it does not
        // when this process is killed, a mark after the dump's last byte has to be there.
        let mark = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        let check = """
            do $$ begin
              if current_setting('reed.restored', true) is distinct from '\(mark)' then
                raise exception 'the dump did not arrive whole';
              end if;
            end $$
            """
        let name = database.replacing("'", with: "''")
        let place = """
            do $reed$ begin
              if current_database() <> '\(name)' then raise exception 'connected to another database'; end if;
            end $reed$
            """
        let commands = ["select pg_current_xact_id()", "set client_encoding = 'UTF8'", place] + preparation
        let arguments =
            PostgresTool.psqlArguments + ["--single-transaction"] + commands.flatMap { ["-c", $0] }
            + ["-f", "-", "-c", check]
        let progress = Progress()
        let error = await failure(arguments, mark: mark, progress: progress)
        guard let error else { return }
        // Whatever went wrong then, psql may have committed before.
        guard progress.isSent.withLock({ $0 }), let transaction = progress.transaction.withLock({ $0 }) else {
            throw Failure(error: error)
        }
        switch await state(of: transaction) {
        case "committed": return
        case "aborted": throw Failure(error: error)
        default:
            throw Failure(
                error: BackupError(
                    error.code, "\(error.message); whether the restore took effect is unknown",
                    advice: "when the server is back, look or restore again"), isOutcomeUnknown: true)
        }
    }

    /// Runs psql; `nil` if it succeeded.
    private func failure(_ arguments: [String], mark: String, progress: Progress) async -> BackupError? {
        do throws(BackupError) {
            let ended = try await PostgresTool.psql.start(arguments, on: server, output: .sequence) {
                streams in
                async let transaction: Void = watch(streams, progress)
                try await send(to: streams.standardInputWriter, mark, progress)
                try await transaction
            }
            guard !ended.status.isSuccess else { return nil }
            return try await explained(ToolFailure(tool: "psql", status: ended.status, errors: ended.errors))
        } catch {
            return error
        }
    }

    /// How far psql is.
    private final class Progress: Sendable {
        /// The server's number of the transaction.
        let transaction = Mutex<String?>(nil)
        /// Whether psql has all of its input, and may commit.
        let isSent = Mutex(false)
    }

    private func watch(_ streams: ChildStreams, _ progress: Progress) async throws {
        var lines = OutputLines(streams)
        let first = try await lines.next()
        progress.transaction.withLock { $0 = first }
        while try await lines.next() != nil {}
    }

    private func send(
        to psql: StandardInputWriter, _ mark: String, _ progress: Progress
    ) async throws {
        var filter = OmissionFilter(contents.omissions)
        var isListening = true
        let stored = try await dump.read { bytes in
            if isListening { isListening = await psql.send(filter.filtered(bytes)) }
        }
        try dump.check(stored)
        guard isListening else { return }
        progress.isSent.withLock { $0 = true }
        _ = await psql.send(Array("\nselect set_config('reed.restored', '\(mark)', true);\n".utf8))
        try await psql.finish()
    }

    /// The result of a transaction whose end was not seen; `nil` if the server does not say within five seconds.
    ///
    /// It is asked for in a task of its own, which an interruption does not end.
    private func state(of transaction: String) async -> String? {
        let server = server
        return await Task.detached { () async -> String? in
            for _ in 0..<50 {
                let sql = "select pg_xact_status(:'id'::xid8);"
                let answer = try? await server.query(sql, [("id", transaction)]).first
                if answer != "in progress" { return answer }
                try? await Task.sleep(for: .milliseconds(100))
            }
            return nil
        }.value
    }

    /// The failure with the statement that psql complained about.
    private func explained(_ failure: ToolFailure) async throws(BackupError) -> BackupError {
        var error = failure.error
        if let state = failure.sqlState, let reason = failure.reason {
            error.message = "\(reason) (\(state))"
        }
        guard let line = failure.inputLine, let statement = try await dump.statement(on: line) else {
            return error
        }
        let text = String(decoding: statement.text.prefix(while: { $0 != UInt8(ascii: "\n") }), as: UTF8.self)
        let shown = text.shortened()
        error.message = "\(dump.file.file):\(statement.lines.lowerBound): \(error.message), in: \(shown)"
        return error
    }
}

extension StoredDump {
    /// The statement, or COPY with its rows, that has a line.
    func statement(on line: Int) async throws(BackupError) -> DumpReader.Statement? {
        var reader = DumpReader()
        var found: DumpReader.Statement?
        _ = try await read { bytes in
            reader.read(bytes.span) { event in
                switch event {
                case .statement(let statement), .rows(_, of: let statement):
                    if statement.lines.contains(line) { found = statement }
                case .comment, .command: break
                }
            }
        }
        return found
    }
}
