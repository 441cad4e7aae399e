import Subprocess

extension PostgresServer {
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

    /// Runs `body` while this process alone backs up or restores all of `servers`.
    ///
    /// - Parameter body: Gets what each server says.
    /// - Throws: ``BackupError/Code/usage`` if a database is named twice.
    static func withLocks<Result: Sendable>(
        on servers: [PostgresServer], _ locked: [Session] = [],
        _ body: ([Session]) async throws(BackupError) -> Result
    ) async throws(BackupError) -> Result {
        guard locked.count < servers.count else { return try await body(locked) }
        let server = servers[locked.count]
        for (other, session) in zip(servers, locked)
        where other.host == server.host && session.database == server.database {
            throw BackupError(.usage, "the database \(session.database) on \(server.host) is named twice")
        }
        return try await server.withLock { session in
            try await withLocks(on: servers, locked + [session], body)
        }
    }
}
