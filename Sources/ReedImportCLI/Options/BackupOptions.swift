import ArgumentParser
import FoundationEssentials
import PostgresBackup

/// Where backups lie.
struct BackupOptions: ParsableArguments {
    @Option(
        name: .customLong("dir"),
        help: ArgumentHelp("The backup folder (default: REED_BACKUP_DIR, else ./backups).", valueName: "dir"),
        completion: .directory)
    var folder: String?

    var catalog: BackupCatalog {
        let variable = ProcessInfo.processInfo.environment["REED_BACKUP_DIR"].flatMap {
            $0.isEmpty ? nil : $0
        }
        return BackupCatalog(path: folder ?? variable ?? "./backups")
    }

    func validate() throws {
        guard folder != "" else { throw ValidationError("--dir is empty; give a folder.") }
    }
}

/// How a listing is printed.
struct ListingOptions: ParsableArguments {
    @Option(help: "How the list is printed.")
    var format = ListFormat.text
}
