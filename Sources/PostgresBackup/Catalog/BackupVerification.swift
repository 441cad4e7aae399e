extension BackupCatalog {
    /// Reads every file of a backup to its end and compares it with metadata and checksums.
    ///
    /// - Throws: ``BackupError/Code/data`` with what is wrong.
    /// - Complexity: O(*n*) in the files' sizes; memory O(1).
    public func verify(_ entry: Entry) async throws(BackupError) {
        _ = try await contents(of: entry)
    }

    /// What the dumps of a sound backup hold, in the order of its files.
    func contents(of entry: Entry) async throws(BackupError) -> [(dump: StoredDump, contents: DumpContents)] {
        if case .damaged(let reason) = entry.state {
            throw BackupError(.data, "\(entry.name) is DAMAGED: \(reason)", advice: "use another backup")
        }
        guard let backup = entry.backup else { return [] }
        let folder = try BackupFolder(opening: path)
        let sums = try folder.open("\(entry.name).sha256").bytes(limit: 1 << 20)
        guard sums == Array(backup.checksumLines.utf8) else {
            throw BackupError(.data, "\(entry.name).sha256 is DAMAGED: it differs from the metadata")
        }
        var all: [(StoredDump, DumpContents)] = []
        for file in backup.files {
            let dump = StoredDump(folder: folder, file: file)
            all.append((dump, try await dump.check()))
        }
        return all
    }
}

extension Backup {
    /// Its files as `sha256sum -c` reads them.
    var checksumLines: String { files.map { "\($0.sha256)  \($0.file)\n" }.joined() }
}
