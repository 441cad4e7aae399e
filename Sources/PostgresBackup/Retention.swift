public import FoundationEssentials

extension BackupCatalog {
    /// Which backups may go.
    public struct Retention: Hashable, Sendable {
        /// How many good backups stay, however old they are; safety backups are counted on their own.
        public var keep: Int
        /// How old a backup must be, in seconds.
        public var maximumAge: Double

        /// - Throws: ``BackupError/Code/usage`` if `keep` is less than 1 or `age` is not such as `30d` or `12h`.
        public init(keep: Int, age: String) throws(BackupError) {
            guard keep >= 1 else { throw BackupError(.usage, "--keep is \(keep)", advice: "give 1 or more") }
            let units: [Character: Double] = ["d": 86_400, "h": 3600]
            guard let unit = age.last.flatMap({ units[$0] }), age.dropLast().allSatisfy(\.isASCII),
                let number = UInt32(age.dropLast())
            else { throw BackupError(.usage, "the age is not valid", advice: "give such as 30d or 12h") }
            self.keep = keep
            maximumAge = Double(number) * unit
        }
    }

    /// The backups that may go: both beyond the number to keep, and too old.
    ///
    /// The newest good one never goes, nor does a dump without metadata, which nobody knows to be ours.
    ///
    /// - Throws: ``BackupError/Code/refused`` unless the newest backup is good, which is verified to its
    ///   last byte.
    public func candidates(_ retention: Retention, now: Date = .now) async throws(BackupError) -> [Entry] {
        let entries = try list()
        guard let newest = entries.first else { return [] }
        do {
            try await verify(newest)
        } catch {
            guard error.code == .data || error.code == .notFound else { throw error }
            throw BackupError(
                .refused, "the newest backup is not good, so none is deleted: \(error.message)",
                advice: "make a new backup first")
        }
        return [true, false].flatMap { isSafety in
            let group = entries.filter { $0.backup != nil && $0.isSafetyBackup == isSafety }
            let last = group.filter { $0.state == .ok }.dropFirst(retention.keep - 1).first
            guard let last, let index = group.firstIndex(of: last) else { return [Entry]() }
            return group[(index + 1)...].filter { now.timeIntervalSince($0.createdAt) > retention.maximumAge }
        }
        .sorted { $0.createdAt > $1.createdAt }
    }

    /// Deletes backups with all their files, the metadata last.
    ///
    /// - Parameter entries: What ``candidates(_:now:)`` answered.
    /// - Throws: ``BackupError`` at the first file that cannot be deleted.
    public func delete(_ entries: [Entry]) throws(BackupError) {
        let folder = try BackupFolder(opening: path)
        try folder.requirePrivate()
        let lock = try folder.lock()
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
        _ = consume lock
    }
}
