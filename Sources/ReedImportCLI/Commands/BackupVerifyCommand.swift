import ArgumentParser
import ConfigImport
import PostgresBackup

struct BackupVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads backups to their last byte and compares them with their metadata.",
        discussion: """
            Exits 0 if all are good; 64 on wrong options; 65 if one is damaged; 66 if no backup has that \
            name; with --drill also as `backup restore` does.
            """)

    @Argument(help: "The backup: its name, the beginning of its name or version, or latest (the default).")
    var name: String?

    @Flag(help: "Verify every backup in the folder.")
    var all = false

    @Flag(help: "Restore into a database made for it on the server, compare tables and rows, and drop it.")
    var drill = false

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var backups: BackupOptions
    @OptionGroup var details: DetailOptions

    func validate() throws {
        guard !all || name == nil else {
            throw ValidationError("--all and a name were given; give one of them.")
        }
    }

    func run() async throws {
        let server = drill ? try database.server(details) : nil
        try await Cancellation.run { try await verify(server) }
    }

    private func verify(_ server: PostgresServer?) async throws {
        let catalog = backups.catalog
        let entries = all ? try catalog.list() : [try catalog.find(name ?? "latest")]
        if entries.isEmpty { Console.write("No backups found\n") }
        var damaged = 0
        for entry in entries {
            if let problem = try await problem(of: entry, server) {
                guard all else { throw problem }
                Console.complain(problem.message)
                damaged += 1
            } else {
                Console.write("\(PlainText.escaped(entry.title))  ok\n")
            }
        }
        guard damaged == 0 else {
            throw Failure(.data, "\(damaged) of \(count(entries.count, "backup")) cannot be restored")
        }
    }

    /// What is wrong with a backup; `nil` if nothing is.
    private func problem(of entry: BackupCatalog.Entry, _ server: PostgresServer?) async throws
        -> BackupError?
    {
        do {
            if let server {
                try await backups.catalog.drill(entry, on: server)
            } else {
                try await backups.catalog.verify(entry)
            }
            return nil
        } catch  where error.code == .data {
            return error
        }
    }
}
