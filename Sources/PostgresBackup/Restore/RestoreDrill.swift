extension BackupCatalog {
    /// Restores every dump of a backup into a database made for it, compares tables and rows with the
    /// metadata, and drops that database again.
    ///
    /// - Parameter server: Where the databases are made; its user must be allowed to (`CREATEDB`).
    /// - Throws: ``BackupError``; ``BackupError/Code/data`` if something differs.
    public func drill(_ entry: Entry, on server: PostgresServer) async throws(BackupError) {
        let folder = try BackupFolder(opening: path)
        try await folder.withExclusiveAccess(allowsGroup: allowsGroup) { () async throws(BackupError) in
            for (dump, contents) in try await contents(of: entry) {
                try await Self.drill(dump, contents, on: server)
            }
        }
    }

    private static func drill(
        _ dump: StoredDump, _ contents: DumpContents, on server: PostgresServer
    ) async throws(BackupError) {
        let name = "reed_drill_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        let create = try await server.query(PostgresRelease.scratchDatabase, [("name", name)])
        var failure: BackupError?
        do {
            _ = try await server.query(create.joined(separator: "\n"))
            let scratch = server.database(name)
            failure = await restore(dump, contents, into: scratch, named: name)
            if failure == nil { try await compare(dump.file, with: scratch) }
        } catch {
            failure = error
        }
        // Also after an interruption: nothing is to be left on the server.
        let server = server
        let drop = await Task.detached { () async -> BackupError? in
            do throws(BackupError) {
                _ = try await server.query("drop database if exists \(name) with (force);")
                return nil
            } catch {
                return error
            }
        }.value
        let left = drop.map { "; the database \(name) is left over: \($0.message)" } ?? ""
        if let error = failure ?? drop {
            throw BackupError(
                error.code, "restore drill of \(dump.file.file): \(failure?.message ?? "done")\(left)",
                advice: error.advice)
        }
    }

    private static func restore(
        _ dump: StoredDump, _ contents: DumpContents, into server: PostgresServer, named name: String
    ) async -> BackupError? {
        do throws(RestoreRun.Failure) {
            try await RestoreRun(
                dump: dump, contents: contents, server: server, database: name, preparation: []
            ).restore()
            return nil
        } catch {
            return error.error
        }
    }

    private static func compare(_ file: Backup.File, with server: PostgresServer) async throws(BackupError) {
        let tables = try await server.query(
            """
            select count(*) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
            where relkind in ('r', 'p') and nspname !~ '^pg_' and nspname <> 'information_schema'
              and not exists (select from pg_depend
                where classid = 'pg_class'::regclass and objid = pg_class.oid and deptype = 'e');
            """)
        guard tables == ["\(file.tableCount)"] else {
            throw BackupError(.data, "restored \(tables.first ?? "no") tables, not \(file.tableCount)")
        }
        let names = file.rows.keys.sorted()
        let counts = try await server.query(
            names.map { "select count(*) from only \($0);" }.joined(separator: "\n"))
        guard counts.count == names.count else {
            throw BackupError(.data, "not every table could be counted")
        }
        for (name, count) in zip(names, counts) where count != "\(file.rows[name] ?? 0)" {
            throw BackupError(.data, "restored \(count) rows of \(name), not \(file.rows[name] ?? 0)")
        }
    }
}
