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

    @Flag(help: "Trust the folder's group, which may write to it, and root as its owner, as in Kubernetes.")
    var allowGroup = false

    var catalog: BackupCatalog {
        let variable = ProcessInfo.processInfo.environment["REED_BACKUP_DIR"].flatMap {
            $0.isEmpty ? nil : $0
        }
        return BackupCatalog(path: folder ?? variable ?? "./backups", allowsGroup: allowGroup)
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
