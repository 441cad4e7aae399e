public import FoundationEssentials
import Subprocess
import Synchronization

extension BackupCatalog {
    /// A backup that was made.
    public struct Created: Sendable {
        /// What to restore it by.
        public let name: String
        /// Its metadata.
        public let backup: Backup
        /// What pg_dump warned of.
        public let warnings: [String]
    }

    /// Dumps databases into a new backup: all of them, or nothing stays.
    ///
    /// Each dump is one consistent snapshot of its database; two databases are dumped one after the other.
    ///
    /// - Parameters:
    ///   - servers: The databases, at least one, none of them twice.
    ///   - now: When the backup begins; its name has this time in UTC.
    /// - Throws: ``BackupError``; ``BackupError/Code/tryLater`` if another backup or restore of a database
    ///   or in this folder is running, or a table stays locked for 10 seconds.
    /// - Complexity: O(*n*) in the dumps' sizes; memory O(1).
    public func create(
        _ version: BackupVersion, of servers: [PostgresServer], compression: Compression? = nil,
        now: Date = .now
    ) async throws(BackupError) -> Created {
        let folder = try BackupFolder.making(path)
        return try await folder.withExclusiveAccess(allowsGroup: allowsGroup) {
            () async throws(BackupError) in
            try await PostgresServer.withLocks(on: servers) { sessions throws(BackupError) in
                let sources = zip(servers, sessions).map { DumpSource(server: $0, session: $1, grants: []) }
                return try await Self.create(
                    version, of: sources, in: folder, compression: compression, now: now)
            }
        }
    }

    /// A database that is dumped, and the grants to keep with its dump.
    struct DumpSource: Sendable {
        let server: PostgresServer
        let session: PostgresServer.Session
        let grants: [String]

        var database: String { session.database }
    }

    /// Makes a backup in a locked folder of locked databases.
    static func create(
        _ version: BackupVersion, of sources: [DumpSource], in folder: BackupFolder,
        compression: Compression?,
        now: Date
    ) async throws(BackupError) -> Created {
        try removeStaleDrafts(in: folder, now)
        let start = ContinuousClock.now
        let name = try freeName(version, now, in: folder)
        let draft = BackupDraft(in: folder)
        var backup = Backup(version: version.text, createdAt: now, duration: 0, files: [])
        var warnings: [String] = []
        for (index, source) in sources.enumerated() {
            var stem = name
            if sources.count > 1 {
                let isTwice = sources[..<index].contains { $0.database == source.database }
                stem += "." + BackupName.part(source.database) + (isTwice ? "-\(index + 1)" : "")
            }
            do {
                let (file, said) = try await dump(source, to: stem, in: draft, compression)
                backup.files.append(file)
                warnings += said
            } catch {
                throw error.during("backup of \(source.server)")
            }
        }
        backup.duration = (start.duration(to: .now) / .milliseconds(1)).rounded() / 1000
        try draft.write(Array(backup.checksumLines.utf8), to: "\(name).sha256")
        guard let json = try? backup.json else {
            throw BackupError(.data, "the metadata cannot be written as JSON")
        }
        try draft.write(json, to: "\(name).json")
        guard !Task.isCancelled else { throw BackupError(.interrupted, "interrupted") }
        try draft.publish()
        return Created(name: name, backup: backup, warnings: warnings)
    }

    /// Dumps one database into `stem.sql`.
    private static func dump(
        _ source: DumpSource, to stem: String, in draft: BackupDraft, _ compression: Compression?
    ) async throws(BackupError) -> (Backup.File, [String]) {
        let name = "\(stem).sql" + (compression.map { ".\($0.fileExtension)" } ?? "")
        let file = try draft.create(name)
        var arguments = [
            "--clean", "--if-exists", "--no-owner", "--no-privileges", "--format=plain", "--no-password",
            "--lock-wait-timeout=10s", "--no-subscriptions",
        ]
        // All names in one encoding; these two have no conversion.
        if !["SQL_ASCII", "MULE_INTERNAL"].contains(source.session.encoding) {
            arguments.append("--encoding=UTF8")
        }
        let pipe = try WidePipe()
        let (dumped, warnings) = try await PostgresTool.dump.run(
            arguments, on: source.server, output: pipe.input
        ) { streams in
            try await streams.standardInputWriter.finish()
            return try await store(pipe, in: file, compression)
        }
        try file.synchronize()
        let contents = dumped.contents
        if let dump = contents.dumpVersion, contents.isComplete, !contents.isRestricted {
            throw BackupError(
                .configuration, "pg_dump \(dump) does not protect its dumps by \\restrict",
                advice: "install its newest minor release")
        }
        guard contents.isComplete, contents.unexpectedCommand == nil, let server = contents.serverVersion,
            let dump = contents.dumpVersion
        else {
            throw BackupError(
                .data, "pg_dump ended with exit code 0, but what it wrote is not a complete dump",
                advice: "check which pg_dump PATH leads to")
        }
        var said = warnings
        if contents.tableCount == 0 {
            said.append("warning: \(source.database) has no tables; is it the right database?")
        }
        let left = try await source.server.subscriptions()
        if !left.isEmpty {
            said.append(
                "warning: left out: the subscriptions \(left.joined(separator: ", ")) of \(source.database)")
        }
        let privileged =
            contents.privileged + (try await source.server.untrustedExtensions(of: contents.extensions))
        if !privileged.isEmpty {
            said.append(
                "warning: only a superuser can restore \(privileged.joined(separator: ", ")) of \(source.database)"
            )
        }
        var grantsFile: String?
        if !source.grants.isEmpty {
            grantsFile = "\(stem).grants.sql"
            try draft.write(
                Array((source.grants.joined(separator: "\n") + "\n").utf8), to: "\(stem).grants.sql")
        }
        return (
            Backup.File(
                database: source.database, server: source.server.host, file: name,
                sizeBytes: dumped.stored.count,
                sha256: dumped.stored.hexadecimal, compression: compression, tableCount: contents.tableCount,
                rows: contents.rows, serverVersion: "\(server)", pgDumpVersion: "\(dump)",
                grantsFile: grantsFile),
            said
        )
    }

    /// Writes a dump into a file while its contents and its checksum are taken.
    private static func store(
        _ dump: WidePipe, in file: LocalFile, _ compression: Compression?
    ) async throws(BackupError) -> (contents: DumpContents, stored: Checksum) {
        var contents = DumpContents()
        guard let compression else {
            var stored = Checksum()
            try await dump.read { bytes throws(BackupError) in
                contents.read(bytes.span)
                stored.add(bytes.span)
                try file.write(bytes.span)
                return true
            }
            return (contents, stored)
        }
        let fault = WriteFault()
        let stored = try await compression.compress { streams in
            async let stored = write(streams.standardOutput, to: file, fault)
            try await dump.read { bytes throws(BackupError) in
                contents.read(bytes.span)
                let isTaken = await streams.standardInputWriter.send(bytes)
                // What the writer or the compressor says about it comes first.
                return isTaken && !fault.hasHappened
            }
            try await streams.standardInputWriter.finish()
            return try await stored
        }
        return (contents, stored)
    }

    /// Whether what a compressor makes could not be written.
    private final class WriteFault: Sendable {
        private let flag = Mutex(false)

        var hasHappened: Bool { flag.withLock { $0 } }

        func happen() { flag.withLock { $0 = true } }
    }

    /// Writes what a program makes.
    ///
    /// If that fails, what follows is read and thrown away, so that the program does not wait for ever.
    private static func write(
        _ bytes: SubprocessOutputSequence, to file: LocalFile, _ fault: WriteFault
    ) async throws(BackupError) -> Checksum {
        var stored = Checksum()
        var failure: BackupError?
        do {
            for try await buffer in bytes where failure == nil {
                let bytes = buffer.array
                stored.add(bytes.span)
                do throws(BackupError) {
                    try file.write(bytes.span)
                } catch {
                    failure = error
                    fault.happen()
                }
            }
        } catch {
            throw BackupError(.system, "cannot read what a program wrote: \(error)")
        }
        if let failure { throw failure }
        return stored
    }

    /// The first name of this version and second that no file has yet.
    private static func freeName(
        _ version: BackupVersion, _ now: Date, in folder: BackupFolder
    ) throws(BackupError) -> String {
        let names = try folder.names()
        var attempt = 1
        while true {
            let name = BackupName.base(version, now, attempt: attempt)
            if !names.contains(where: {
                $0.hasPrefix(name + ".") || $0.hasPrefix(BackupDraft.prefix + name + ".")
            }) {
                return name
            }
            attempt += 1
        }
    }

    /// Removes what a killed backup left more than a day ago.
    private static func removeStaleDrafts(in folder: BackupFolder, _ now: Date) throws(BackupError) {
        for name in try folder.names() where name.hasPrefix(BackupDraft.prefix) {
            guard let status = try folder.status(of: name), status.isRegular, status.isOurs,
                Double(status.modified) < now.timeIntervalSince1970 - 86_400
            else { continue }
            try folder.remove(name)
        }
    }
}
