import ArgumentParser
import ConfigImport
import FoundationEssentials
import PostgresBackup

struct BackupPruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Deletes old backups.",
        discussion: """
            A backup goes if, for each database in it, it is both beyond the newest --keep good ones and older \
            than --max-age. Safety backups are counted on their own. Files without metadata are left alone.

            Exits 0; 1 if you said no; 3 if the newest backup of a database is not good; 66 if the folder is \
            missing; 64 on wrong options, or without \
            --yes where there is no terminal to ask; 74, 75 and 77 if files cannot be deleted.
            """)

    @Option(help: ArgumentHelp("The number of the newest good backups that stay.", valueName: "n"))
    var keep: Int

    @Option(help: ArgumentHelp("How old a backup must be to go, for example 30d or 12h.", valueName: "time"))
    var maxAge: LongTimeSpan

    @OptionGroup var backups: BackupOptions

    @Flag(help: "Do not ask.")
    var yes = false

    func run() async throws {
        let catalog = backups.catalog
        let candidates = try await Cancellation.run {
            try await catalog.candidates(
                BackupCatalog.Retention(keep: keep, maximumAge: maxAge.duration / .seconds(1)))
        }
        guard !candidates.isEmpty else { return Console.write("Nothing to delete\n") }
        let rows = candidates.map {
            [PlainText.escaped($0.title), $0.createdAt.formatted(.iso8601), humanSize($0.sizeBytes)]
        }
        Console.write(Table.text(rows, [.left, .left, .right]))
        let size = humanSize(candidates.reduce(0) { $0 + $1.sizeBytes })
        try Confirmation.ask("Delete \(count(candidates.count, "backup")), \(size)?", isConfirmed: yes)
        try await Cancellation.run { try catalog.delete(candidates) }
        Console.write("deleted \(count(candidates.count, "backup")), \(size)\n")
    }
}
