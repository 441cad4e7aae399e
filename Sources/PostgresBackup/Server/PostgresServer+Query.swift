import FoundationEssentials
import Subprocess

extension PostgresServer {
    /// Runs SQL in psql and answers its output, a line for each row.
    ///
    /// - Parameter variables: Values that the SQL names as `:'name'`, quoted by psql.
    func query(
        _ sql: String, _ variables: [(name: String, value: String)] = []
    ) async throws(BackupError) -> [String] {
        let settings = "set client_encoding = 'UTF8'; set lock_timeout = '10s';"
        let values = variables.flatMap { ["-v", "\($0.name)=\($0.value)"] }
        let (lines, _) = try await PostgresTool.psql.run(PostgresTool.psqlArguments + values, on: self) {
            streams in
            _ = await streams.standardInputWriter.send(Array("\(settings)\n\(sql)\n".utf8))
            try await streams.standardInputWriter.finish()
            var output = OutputLines(streams)
            var lines: [String] = []
            while let line = try await output.next() { lines.append(line) }
            return lines
        }
        return lines
    }

    /// Runs SQL that answers one row of JSON.
    func query<Answer: Decodable>(
        _ type: Answer.Type, by sql: String, _ variables: [(name: String, value: String)] = []
    ) async throws(BackupError) -> Answer {
        let lines = try await query(sql, variables)
        return try Self.decoded(type, lines.last ?? "")
    }

    private static func decoded<Answer: Decodable>(
        _ type: Answer.Type, _ line: String
    ) throws(BackupError) -> Answer {
        do {
            return try JSONDecoder().decode(type, from: Data(line.utf8))
        } catch {
            throw BackupError(.data, "psql gave an answer that was not expected")
        }
    }

    /// What a server says about itself and the session.
    struct Session: Decodable, Sendable {
        let database: String
        /// The encoding of the database.
        let encoding: String
        let isLocked: Bool
    }

    /// Runs `body` while this process alone backs up or restores the database.
    ///
    /// An advisory lock of PostgreSQL says so, held by a psql that lives as long as `body` runs. Should
    /// this process be killed, psql ends with it and the lock is free.
    ///
    /// - Throws: ``BackupError/Code/tryLater`` if another holds the lock.
    func withLock<Result: Sendable>(
        _ body: (Session) async throws -> Result
    ) async throws(BackupError) -> Result {
        let process = "select pg_backend_pid();\n"
        // 0x72656564 is 'reed'.
        let sql = """
            set client_encoding = 'UTF8';
            select json_build_object('database', current_database(),
              'encoding', current_setting('server_encoding'), 'isLocked', pg_try_advisory_lock(1919247716, 1))
            from (select count(set_config(name, '0', false)) from pg_settings
                  where name in (\(PostgresRelease.list([.idleSessionTimeout, .statementTimeout])))) as settings;

            """
        var done: Result?
        do throws(BackupError) {
            let arguments = PostgresTool.psqlArguments
            let ended = try await PostgresTool.psql.start(arguments, on: self, output: .sequence) { streams in
                _ = await streams.standardInputWriter.send(Array(process.utf8))
                var output = OutputLines(streams)
                guard let number = try await output.next().flatMap({ Int($0) }) else { return }
                try await requireOwnProcess(besides: number)
                _ = await streams.standardInputWriter.send(Array(sql.utf8))
                guard let line = try await output.next() else { return }
                let session = try Self.decoded(Session.self, line)
                guard session.isLocked else {
                    throw BackupError(
                        .tryLater, "another backup or restore of \(session.database) is running on \(host)",
                        advice: "try again when it has ended")
                }
                done = try await body(session)
            }
            if let done { return done }
            throw ToolFailure(tool: "psql", status: ended.status, errors: ended.errors).error
        } catch {
            // What was done is done, also if a signal came, or psql was ended, before it could say goodbye.
            if let done { return done }
            throw error
        }
    }
}
