import ArgumentParser
import PostgresBackup

struct BackupCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Dumps one or more databases into a new backup.",
        discussion: """
            A backup that fails or is interrupted leaves nothing.

            Exits 0 if the backup is complete; 64 on wrong options; 65 if pg_dump did not write a complete \
            dump; 69 if the server cannot be reached; 71, 73 and 74 on failures of the system, for example \
            a full disk; 75 if a table is locked or another backup or restore is running; 77 if the server \
            or the folder does not let this user in; 78 if pg_dump is missing or too old; 130 and 143 if \
            interrupted.
            """)

    @Option(
        name: [.customLong("label"), .customLong("version")],
        help: ArgumentHelp(
            "What the backup is of, as a rule a version: 1 to 64 letters, digits, '.', '_', '+' and '-'.",
            valueName: "text"))
    var version: String

    @OptionGroup var databases: DatabasesOptions
    @OptionGroup var backups: BackupOptions

    @Option(help: "Compress by the program of that name.")
    var compress: CompressionArgument?

    @OptionGroup var details: DetailOptions

    /// A compressor as it is typed.
    enum CompressionArgument: String, ExpressibleByArgument, CaseIterable {
        case gzip, zstd
    }

    func run() async throws {
        let servers = try databases.servers(details)
        let created = try await Cancellation.run {
            try await backups.catalog.create(
                BackupVersion(version), of: servers,
                compression: compress.flatMap { Compression(rawValue: $0.rawValue) })
        }
        for warning in created.warnings { Console.complain(warning) }
        for file in created.backup.files {
            Console.write(
                "\(backups.catalog.path)/\(file.file)  \(humanSize(file.sizeBytes))  "
                    + "\(count(file.tableCount, "table"))\n")
        }
    }
}
