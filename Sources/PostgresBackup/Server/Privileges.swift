extension PostgresServer {
    /// The database's subscriptions, which a dump leaves out.
    func subscriptions() async throws(BackupError) -> [String] {
        try await query(
            """
            select quote_ident(subname) from pg_subscription
            where subdbid = (select oid from pg_database where datname = current_database()) order by 1;
            """)
    }

    /// Those of `extensions`, given as SQL identifiers, that only a superuser may install here; each with a word before it.
    func untrustedExtensions(of extensions: [String]) async throws(BackupError) -> [String] {
        guard !extensions.isEmpty else { return [] }
        let untrusted = try await query(
            """
            select quote_ident(name) from pg_available_extension_versions
            group by name having not bool_or(trusted);
            """)
        return extensions.filter(untrusted.contains).map { "extension \($0)" }
    }

    /// Makes sure that this user may make everything that a dump makes.
    ///
    /// - Throws: ``BackupError/Code/permission`` with what it may not.
    func requireRights(for contents: DumpContents, user: String, isSuperuser: Bool) async throws(BackupError)
    {
        if isSuperuser { return }
        let missing = contents.privileged + (try await untrustedExtensions(of: contents.extensions))
        guard missing.isEmpty else {
            throw BackupError(
                .permission,
                "\(user) is not a superuser, and only one can restore \(missing.joined(separator: ", "))",
                advice: "restore as a superuser")
        }
    }

    /// Makes sure that a second connection, made while the first one is open, has a server process of its own.
    ///
    /// After a pooler that assigns server processes transaction by transaction, both would get the same one. Locks and
    /// settings of a session would then be left to other clients (pgbouncer documentation, "pool_mode").
    ///
    /// - Parameter process: The server process of the first connection.
    /// - Throws: ``BackupError/Code/configuration``
    func requireOwnProcess(besides process: Int) async throws(BackupError) {
        let answer = try await query("select pg_backend_pid();")
        guard answer.last != "\(process)" else {
            throw BackupError(
                .configuration, "\(host) is a pooler that shares server processes between clients",
                advice: "connect to the PostgreSQL server's own port, or use pool_mode = session")
        }
    }
}
