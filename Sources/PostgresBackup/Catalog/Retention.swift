public import FoundationEssentials

extension BackupCatalog {
    /// Which backups may go.
    public struct Retention: Hashable, Sendable {
        /// The number of good backups that stay, however old they are; safety backups are counted on their own.
        public var keep: Int
        /// How old a backup must be, in seconds.
        public var maximumAge: Double

        /// - Throws: ``BackupError/Code/usage`` if `keep` is less than 1.
        public init(keep: Int, maximumAge: Double) throws(BackupError) {
            guard keep >= 1 else {
                throw BackupError(.usage, "\(keep) backups would be kept", advice: "keep 1 or more")
            }
            self.keep = keep
            self.maximumAge = maximumAge
        }
    }

    /// The backups that may go: both beyond the number to keep, and too old, for each of their databases.
    ///
    /// The newest good one of a database never goes, nor does a dump without metadata, which may not be ours. A
    /// backup without any table is not a good one.
    ///
    /// - Throws: ``BackupError/Code/refused`` unless the newest backup of every database is good, which is verified to
    ///   its last byte.
    public func candidates(_ retention: Retention, now: Date = .now) async throws(BackupError) -> [Entry] {
        let entries = try list()
        if let newest = entries.first, newest.backup == nil { try await requireGood(newest) }
        let databases = Set(entries.flatMap { $0.backup?.databases ?? [] }).sorted()
        var verified: Set<String> = []
        for database in databases {
            guard let newest = entries.first(where: { $0.holds(database) }),
                verified.insert(newest.name).inserted
            else { continue }
            try await requireGood(newest)
        }
        var going = Set(entries.filter { $0.backup != nil }.map(\.name))
        for database in databases {
            for isSafety in [true, false] {
                let group = entries.filter { $0.holds(database) && $0.isSafetyBackup == isSafety }
                going.subtract(
                    group.map(\.name).filter { name in
                        !expendable(group, by: retention, now: now).contains(name)
                    })
            }
        }
        return entries.filter { going.contains($0.name) }.sorted { $0.createdAt > $1.createdAt }
    }

    /// The names of those backups of one database that are beyond the number to keep, and too old.
    private func expendable(_ group: [Entry], by retention: Retention, now: Date) -> Set<String> {
        guard let last = group.filter(\.isGood).dropFirst(retention.keep - 1).first,
            let index = group.firstIndex(of: last)
        else { return [] }
        return Set(
            group[(index + 1)...].filter { now.timeIntervalSince($0.createdAt) > retention.maximumAge }.map(
                \.name))
    }

    private func requireGood(_ newest: Entry) async throws(BackupError) {
        do throws(BackupError) {
            try await verify(newest)
            if newest.backup?.tableCount == 0 { throw BackupError(.data, "\(newest.title) holds no tables") }
        } catch {
            guard error.code == .data || error.code == .notFound else { throw error }
            let whose = newest.backup.map { " of \($0.databases.joined(separator: ", "))" } ?? ""
            throw BackupError(
                .refused, "the newest backup\(whose) is not good, so none is deleted: \(error.message)",
                advice: "make a new backup first")
        }
    }

    /// Deletes backups with all their files, the metadata last.
    ///
    /// - Parameter entries: What ``candidates(_:now:)`` answered.
    /// - Throws: ``BackupError`` at the first file that cannot be deleted.
    public func delete(_ entries: [Entry]) throws(BackupError) {
        let folder = try BackupFolder(opening: path)
        try folder.withExclusiveAccess(allowsGroup: allowsGroup) { () throws(BackupError) in
            // Since they were listed somebody may have been here.
            let present = try list()
            guard entries.allSatisfy(present.contains), let newest = present.first, !entries.contains(newest)
            else {
                throw BackupError(
                    .refused, "the backups have changed meanwhile; nothing was deleted", advice: "try again")
            }
            for entry in entries {
                for file in entry.backup?.files ?? [] {
                    try folder.remove(file.file)
                    if let grants = file.grantsFile { try folder.remove(grants) }
                }
                try folder.remove("\(entry.name).sha256")
                try folder.remove("\(entry.name).json")
            }
            try folder.synchronize()
        }
    }
}

extension BackupCatalog.Entry {
    /// Whether it is a backup of a database, as far as is known.
    fileprivate func holds(_ database: String) -> Bool { backup?.databases.contains(database) ?? false }

    /// Whether it can be restored to something.
    fileprivate var isGood: Bool { state == .ok && (backup?.tableCount ?? 0) > 0 }
}
