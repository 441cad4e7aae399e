import FoundationEssentials

/// A restore of one backup into the databases it is for: first prepared, then, once confirmed, run.
///
///     let restore = try await Restore(of: entry, in: catalog, to: [server])
///     for target in restore.targets { print("replaces", target.database) }
///     _ = try await restore.run()
public struct Restore: Sendable {
    /// The backup that is restored.
    public let entry: BackupCatalog.Entry
    /// What would be replaced, one database a file of the backup.
    public let targets: [Target]

    private let catalog: BackupCatalog

    /// A database that a restore replaces.
    public struct Target: Sendable {
        /// The dump that replaces it.
        public let file: String
        /// The database's name.
        public let database: String
        /// Host and port, or the folder of the socket.
        public let host: String
        /// The database that the dump is of.
        public let dumpedDatabase: String
        /// Host and port of the server that the dump is of; `nil` if that is not known.
        public let dumpedHost: String?
        /// Subscriptions of the dump that are left out.
        public let subscriptions: [String]
        /// The other sessions on it, by application, for example `reed-server (2)`.
        public let sessions: [String]
        /// The schemas that are dropped with all they hold, and recreated.
        public let schemas: [String]
        /// The schemas that the backup does not know; they stay.
        public let otherSchemas: [String]
        /// Grants and owners that the restore takes away, as the SQL that gives them back.
        public let grants: [String]

        let server: PostgresServer
        let dump: StoredDump
        let contents: DumpContents
    }

    /// What a restore did.
    public struct Outcome: Sendable {
        /// The safety backup of what was replaced, if one was made.
        public var safetyBackup: BackupCatalog.Created?
        /// The databases that were replaced.
        public var restored: [String] = []
    }

    /// Checks a backup to its last byte and looks at what it would replace.
    ///
    /// It changes nothing.
    ///
    /// - Parameter servers: The databases. If the backup has several, or they are several, they are found by their names.
    /// - Throws: ``BackupError/Code/data`` if the backup is damaged, ``BackupError/Code/configuration`` if
    ///   server or psql are too old for it.
    public init(
        of entry: BackupCatalog.Entry, in catalog: BackupCatalog, to servers: [PostgresServer]
    ) async throws(BackupError) {
        self.entry = entry
        self.catalog = catalog
        let (dumps, psql, states):
            ([(dump: StoredDump, contents: DumpContents)], PostgresVersion, [TargetState])
        do {
            // While the files are read, the servers are asked.
            async let found = Self.inspect(servers)
            async let version = PostgresTool.psql.version()
            dumps = try await catalog.contents(of: entry)
            psql = try await version
            states = try await found
        } catch let error as BackupError {
            throw error
        } catch {
            throw BackupError(.interrupted, "interrupted")
        }
        let pairs = try Self.match(dumps.map(\.dump.file), states.map(\.database))
        var targets: [Target] = []
        for (file, index) in pairs {
            let (dump, contents) = dumps[file]
            let (server, state) = (servers[index], states[index])
            try Self.checkReleases(of: contents, psql, state)
            try await server.requireRights(for: contents, user: state.user, isSuperuser: state.isSuperuser)
            targets.append(
                Target(
                    file: dump.file.file, database: state.database, host: server.host,
                    dumpedDatabase: dump.file.database, dumpedHost: dump.file.server,
                    subscriptions: contents.subscriptions,
                    sessions: state.sessions, schemas: state.schemas.filter(contents.schemas.contains),
                    otherSchemas: state.schemas.filter { !contents.schemas.contains($0) },
                    grants: state.grants, server: server, dump: dump, contents: contents))
        }
        self.targets = targets
    }

    private static func inspect(_ servers: [PostgresServer]) async throws(BackupError) -> [TargetState] {
        var states: [TargetState] = []
        for server in servers { states.append(try await server.targetState()) }
        return states
    }

    /// Replaces the databases, one after the other, each all or nothing.
    ///
    /// - Parameter backsUpFirst: Whether a safety backup is made of all of them before the first is touched;
    ///   if that fails, nothing is restored.
    /// - Throws: ``BackupError``; of several databases, its message names which are restored and which not.
    public func run(backsUpFirst: Bool = true) async throws(BackupError) -> Outcome {
        let folder = try BackupFolder(opening: catalog.path)
        return try await folder.withExclusiveAccess(allowsGroup: catalog.allowsGroup) {
            () async throws(BackupError) in
            try await PostgresServer.withLocks(on: targets.map(\.server)) { sessions throws(BackupError) in
                try await restoreTargets(sessions, in: folder, backsUpFirst: backsUpFirst)
            }
        }
    }

    private func restoreTargets(
        _ sessions: [PostgresServer.Session], in folder: BackupFolder, backsUpFirst: Bool
    ) async throws(BackupError) -> Outcome {
        var outcome = Outcome()
        if backsUpFirst { outcome.safetyBackup = try await backUp(sessions, in: folder) }
        for target in targets {
            do throws(RestoreRun.Failure) {
                try await target.restore()
            } catch {
                throw failure(error, at: target, outcome)
            }
            outcome.restored.append(target.database)
        }
        return outcome
    }

    private func backUp(
        _ sessions: [PostgresServer.Session], in folder: BackupFolder
    ) async throws(BackupError) -> BackupCatalog.Created {
        var sources: [BackupCatalog.DumpSource] = []
        do {
            for (target, session) in zip(targets, sessions) {
                // Since the question was asked, they may have changed.
                let grants = try await target.server.targetState().grants
                sources.append(.init(server: target.server, session: session, grants: grants))
            }
            return try await BackupCatalog.create(
                .beforeRestore, of: sources, in: folder, compression: nil, now: .now)
        } catch {
            throw error.during("no safety backup, so nothing was restored")
        }
    }

    private func failure(_ failure: RestoreRun.Failure, at target: Target, _ outcome: Outcome) -> BackupError
    {
        let error = failure.error
        var message = "restore of \(target.database): \(error.message)"
        if !failure.isOutcomeUnknown { message += "; \(target.database) is unchanged" }
        let rest = targets.map(\.database).drop { $0 != target.database }.dropFirst()
        if !outcome.restored.isEmpty { message += "; restored: \(outcome.restored.joined(separator: ", "))" }
        if !rest.isEmpty { message += "; not restored: \(rest.joined(separator: ", "))" }
        if let safety = outcome.safetyBackup { message += "; safety backup: \(safety.name)" }
        return BackupError(error.code, message, advice: error.advice, parameter: error.parameter)
    }

    /// Which file goes to which server: a database without a file is an error, a file without a database is left.
    private static func match(
        _ files: [Backup.File], _ databases: [String]
    ) throws(BackupError) -> [(file: Int, server: Int)] {
        if files.count == 1, databases.count == 1 { return [(0, 0)] }
        var pairs: [(file: Int, server: Int)] = []
        for (index, file) in files.enumerated() {
            let server = databases.indices.first { server in
                databases[server] == file.database && !pairs.contains { $0.server == server }
            }
            if let server { pairs.append((index, server)) }
        }
        guard pairs.count == databases.count else {
            let names = files.map(\.database).joined(separator: ", ")
            throw BackupError(
                .usage,
                "the backup holds \(names), the databases given are \(databases.joined(separator: ", "))",
                advice: "name those of the backup that are to be restored", parameter: .databases)
        }
        return pairs
    }

    private static func checkReleases(
        of contents: DumpContents, _ psql: PostgresVersion, _ target: TargetState
    ) throws(BackupError) {
        if let dumped = contents.serverVersion, let server = PostgresVersion(target.version),
            dumped.major > server.major
        {
            throw BackupError(
                .configuration, "the backup is of PostgreSQL \(dumped), the server is the older \(server)")
        }
        if let dump = contents.dumpVersion, dump.major > psql.major {
            throw BackupError(
                .configuration, "the backup was written by pg_dump \(dump), psql is the older \(psql)",
                advice: "install psql \(dump.major)")
        }
        if contents.isRestricted, !psql.knowsRestrict {
            throw BackupError(
                .configuration, "psql \(psql) does not know \\restrict, with which the backup begins",
                advice: "install its newest minor release")
        }
    }
}

extension Restore.Target {
    fileprivate func restore() async throws(RestoreRun.Failure) {
        // The dump itself sets lock_timeout to 0. By then DROP holds all locks that matter.
        var preparation = [
            "set client_min_messages = warning", "set lock_timeout = '10s'",
            PostgresRelease.disable([.statementTimeout, .transactionTimeout]),
        ]
        for schema in contents.schemas {
            preparation.append(
                schema == "public"
                    ? PostgresRelease.recreatePublicSchema : "drop schema if exists \(schema) cascade")
        }
        try await RestoreRun(
            dump: dump, contents: contents, server: server, database: database, preparation: preparation
        ).restore()
    }
}
