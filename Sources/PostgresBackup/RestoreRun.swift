import Subprocess

/// Feeds one dump to psql, within one transaction.
struct RestoreRun {
    let dump: StoredDump
    let contents: DumpContents
    let server: PostgresServer
    /// SQL that runs before the dump, in its transaction.
    var preparation: [String]

    /// Restores: all of it, or the database stays as it was.
    ///
    /// - Throws: ``BackupError`` with the first statement that failed and its line in the dump.
    func callAsFunction() async throws(BackupError) {
        // psql takes the end of its input for the end of the dump and commits. So that it does not
        // when this process is killed, a mark behind the dump's last byte has to be there.
        let mark = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        let check = """
            do $$ begin
              if current_setting('reed.restored', true) is distinct from '\(mark)' then
                raise exception 'the dump did not arrive whole';
              end if;
            end $$
            """
        let commands = ["select pg_current_xact_id()"] + preparation
        let arguments =
            PostgresTool.psqlArguments + ["--single-transaction"] + commands.flatMap { ["-c", $0] }
            + ["-f", "-", "-c", check]
        server.onCommand?("psql \(arguments.joined(separator: " ")) [\(server)]")
        let ended = try await ChildProcess.run("psql", arguments, server.environment) { streams in
            async let transaction = streams.firstLine()
            let writer = streams.standardInputWriter
            var filter = OmissionFilter(contents.omissions)
            var isListening = true
            let stored = try await dump.read { bytes in
                if isListening { isListening = await writer.send(filter.filtered(bytes)) }
            }
            try dump.check(stored)
            if isListening {
                isListening = await writer.send(
                    Array("\nselect set_config('reed.restored', '\(mark)', true);\n".utf8))
            }
            try await writer.finish()
            return (transaction: try await transaction, isSent: isListening)
        }
        guard !ended.status.isSuccess else { return }
        let failure = ToolFailure(tool: "psql", status: ended.status, errors: server.redacted(ended.errors))
        if ended.result.isSent, let transaction = ended.result.transaction, failure.sqlState == nil {
            if try await isCommitted(transaction, failure) { return }
        }
        throw try await explained(failure)
    }

    /// Whether a transaction whose end nobody saw took effect.
    private func isCommitted(_ transaction: String, _ failure: ToolFailure) async throws(BackupError) -> Bool
    {
        do {
            return try await server.query("select pg_xact_status(:'id'::xid8)", [("id", transaction)]) == [
                "committed"
            ]
        } catch {
            throw BackupError(
                failure.error.code, "\(failure.error.message); whether the restore took effect is unknown",
                advice: "when the server is back, look or restore again")
        }
    }

    /// The failure with the statement that psql complained about.
    private func explained(_ failure: ToolFailure) async throws(BackupError) -> BackupError {
        var error = failure.error
        if let state = failure.sqlState, let reason = failure.reason {
            error.message = "\(reason) (\(state))"
        }
        guard let line = failure.inputLine, let statement = try await dump.statement(endingOn: line) else {
            return error
        }
        let text = String(decoding: statement.text.prefix(while: { $0 != UInt8(ascii: "\n") }), as: UTF8.self)
        let shown = text.count > 80 ? text.prefix(79) + "…" : text[...]
        error.message = "\(dump.file.file):\(statement.lines.lowerBound): \(error.message), in: \(shown)"
        return error
    }
}

extension StoredDump {
    /// The statement, or COPY with its rows, that has a line.
    func statement(endingOn line: Int) async throws(BackupError) -> DumpReader.Statement? {
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
