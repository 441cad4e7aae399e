import ArgumentParser
import ConfigImport
import FoundationEssentials
import PostgresBackup

struct BackupRestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Replaces databases by what a backup holds.",
        discussion: """
            Each database is restored in one transaction: all of it, or nothing. The schema public \
            and every other that the backup has are dropped with all they hold, newer objects too, and recreated.

            Exits 0 if all is restored; 1 if you said no; 64 on wrong options, or without --yes where \
            there is no terminal to ask; 65 if the backup is damaged or a statement failed; 66 if no backup, or \
            more than one, has that name; 69 if the server cannot be reached; 71 and 74 on failures of the \
            system; 75 if a session holds a lock for 10 seconds or another backup or restore is running; 77 \
            if the server or the folder does not let this user in; 78 if psql or the server is too old; 130 \
            and 143 if interrupted.
            """)

    @Argument(
        help:
            "The backup: its full name; or the beginning of its name or version, or latest, among those of the database."
    )
    var name: String

    @OptionGroup var databases: DatabasesOptions
    @OptionGroup var backups: BackupOptions

    @Flag(
        inversion: .prefixedNo, help: "Back up what is replaced first, as version before-restore.")
    var backupFirst = true

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var details: DetailOptions

    func run() async throws {
        let servers = try databases.servers(details)
        let restore = try await Cancellation.run {
            let entry = try backups.catalog.find(name, of: servers.compactMap(\.database))
            try Confirmation.requirePossible(yes)
            return try await Restore(of: entry, in: backups.catalog, to: servers)
        }
        describe(restore)
        try Confirmation.ask("ALL CURRENT DATA WILL BE LOST! Continue?", isConfirmed: yes)
        let outcome = try await Cancellation.run { try await restore.run(backsUpFirst: backupFirst) }
        if let safety = outcome.safetyBackup {
            Console.write("safety backup: \(safety.name)\n")
            for grants in safety.backup.files.compactMap(\.grantsFile) {
                Console.write("lost grants, as SQL: \(backups.catalog.path)/\(grants)\n")
            }
        }
        Console.write("restored: \(PlainText.escaped(outcome.restored.joined(separator: ", ")))\n")
    }

    /// What a dump is of, if that is another database, or one on another server, than it goes to.
    private static func otherOrigin(of target: Restore.Target) -> String? {
        let host = target.dumpedHost.map { " on \($0)" } ?? " on an unknown server"
        let isSame =
            target.dumpedDatabase == target.database && (target.dumpedHost ?? target.host) == target.host
        return isSame ? nil : target.dumpedDatabase + host
    }

    private func describe(_ restore: Restore) {
        var lines = [
            ("backup", restore.entry.title), ("version", restore.entry.backup?.version ?? "-"),
            ("created", restore.entry.createdAt.formatted(.iso8601)),
        ]
        for target in restore.targets {
            lines.append(("database", "\(target.database) on \(target.host)"))
            if let origin = Self.otherOrigin(of: target) { lines.append(("BUT IT IS OF", origin)) }
            if !target.subscriptions.isEmpty {
                lines.append(
                    ("left out", "the subscriptions \(target.subscriptions.joined(separator: ", "))"))
            }
            if restore.targets.count > 1 { lines.append(("from", target.file)) }
            lines.append(
                ("sessions", target.sessions.isEmpty ? "no others" : target.sessions.joined(separator: ", ")))
            lines.append(
                ("replaced", target.schemas.isEmpty ? "nothing" : target.schemas.joined(separator: ", ")))
            if !target.otherSchemas.isEmpty {
                lines.append(
                    (
                        "kept",
                        target.otherSchemas.joined(separator: ", ")
                            + " (not in the backup; views and foreign keys from there into replaced tables go)"
                    ))
            }
            for grant in target.grants { lines.append(("lost", grant)) }
        }
        Console.write(Table.text(lines.map { ["\($0.0):", PlainText.escaped($0.1)] }, [.left, .left]))
    }
}
