import ArgumentParser
import ConfigImport
import FoundationEssentials
import PostgresBackup

struct BackupListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the backups, the newest first.",
        discussion: """
            Metadata and sizes are checked; `backup verify` checks the contents too.

            Exits 0, also if there are none; 64 on wrong options; 66 if the folder is missing; 74 and 77 if the folder cannot be read.
            """)

    @OptionGroup var backups: BackupOptions
    @OptionGroup var listing: ListingOptions

    func run() throws {
        let entries: [BackupCatalog.Entry]
        do {
            entries = try backups.catalog.list()
        } catch {
            throw Failure(error)
        }
        listing.format.reporter.report(list: entries.map(Item.init)) { Self.table(entries) }
    }

    private static func table(_ entries: [BackupCatalog.Entry]) -> String {
        guard !entries.isEmpty else { return "No backups found\n" }
        var rows = [["File", "Database", "Version", "Created", "Size", "Tables", "State"]]
        for entry in entries {
            rows.append(
                [
                    entry.backup?.files.count == 1 ? entry.title : entry.name,
                    entry.backup?.databases.joined(separator: ", ") ?? "-", entry.backup?.version ?? "-",
                    entry.createdAt.formatted(.iso8601),
                    humanSize(entry.sizeBytes), entry.backup.map { "\($0.tableCount)" } ?? "-",
                    entry.state.description,
                ]
                .map(PlainText.escaped))
        }
        return Table.text(rows, [.left, .left, .left, .left, .right, .right, .left])
    }

    /// A backup in the JSON listing.
    private struct Item: Encodable {
        let name: String
        let state: String
        let backup: Backup?

        init(_ entry: BackupCatalog.Entry) {
            name = entry.name
            state = entry.state.description
            backup = entry.backup
        }

        enum CodingKeys: String, CodingKey { case name, state }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(state, forKey: .state)
            try backup?.encode(to: encoder)
        }
    }
}
