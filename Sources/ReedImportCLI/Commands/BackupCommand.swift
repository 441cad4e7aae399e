import ArgumentParser

/// The commands around dumps of PostgreSQL databases.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Backs up and restores the CMS's PostgreSQL databases by pg_dump and psql.",
        subcommands: [
            BackupCreateCommand.self, BackupListCommand.self, BackupVerifyCommand.self,
            BackupRestoreCommand.self, BackupPruneCommand.self,
        ])
}
