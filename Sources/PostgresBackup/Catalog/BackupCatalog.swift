public import FoundationEssentials

/// A folder of backups.
///
///     let catalog = BackupCatalog(path: "backups")
///     for entry in try catalog.list() { print(entry.name, entry.state) }
public struct BackupCatalog: Sendable {
    /// The folder; it need not exist yet.
    public let path: String

    /// Whether the folder's group may write to it.
    public let allowsGroup: Bool

    /// The backups in the folder at `path`.
    ///
    /// - Parameter allowsGroup: Whether the folder's group may write to it, and root own it.
    public init(path: String, allowsGroup: Bool = false) {
        self.path = path
        self.allowsGroup = allowsGroup
    }

    /// One backup, or what is left of one.
    public struct Entry: Hashable, Sendable {
        /// What it is called: its files' names up to `.json`, `.sql` or `.<database>.sql`.
        public var name: String
        /// When it was begun; without metadata, when its file was changed last.
        public var createdAt: Date
        /// What its metadata says; `nil` if that is missing or damaged.
        public var backup: Backup?
        /// Whether it can be restored.
        public var state: State
        /// The size of its files that exist, in bytes.
        public var sizeBytes: Int

        /// Whether a restore made it of what it was about to replace.
        public var isSafetyBackup: Bool {
            name.hasPrefix(BackupName.prefix + BackupVersion.beforeRestore.text + "_")
        }

        /// What to restore it by, and what to call it in a listing.
        public var title: String {
            guard let files = backup?.files else { return name }
            return files.count == 1
                ? files[0].file : "\(name) (\(files.map(\.database).joined(separator: ", ")))"
        }
    }

    /// Whether a backup can be trusted.
    public enum State: Hashable, Sendable, CustomStringConvertible {
        /// As far as was looked, all is well.
        case ok
        /// It cannot be restored, for a reason.
        case damaged(String)

        /// `ok`, or `DAMAGED (why)`.
        public var description: String {
            switch self {
            case .ok: "ok"
            case .damaged(let reason): "DAMAGED (\(reason))"
            }
        }
    }

    /// All backups, the newest first.
    ///
    /// Metadata and sizes are checked, checksums are not.
    ///
    /// - Throws: ``BackupError``; ``BackupError/Code/notFound`` if the folder is missing.
    /// - Complexity: O(*n*) in the number of files; the dumps are not read.
    public func list() throws(BackupError) -> [Entry] {
        let folder = try BackupFolder(opening: path)
        let names = try folder.names().filter { $0.hasPrefix(BackupName.prefix) }
        var entries: [Entry] = []
        var described: Set<String> = []
        for name in names where name.hasSuffix(".json") {
            let entry = try Self.entry(String(name.dropLast(5)), in: folder, names: names)
            for file in entry.backup?.files ?? [] { described.insert(file.file) }
            entries.append(entry)
        }
        for name in names where !described.contains(name) {
            guard let base = Self.base(ofDump: name),
                !entries.contains(where: { $0.backup == nil && $0.name == base }),
                let status = try folder.status(of: name)
            else { continue }
            entries.append(
                Entry(
                    name: base, createdAt: Date(timeIntervalSince1970: Double(status.modified)), backup: nil,
                    state: .damaged("no metadata"), sizeBytes: status.size))
        }
        return entries.sorted { left, right in
            (left.createdAt, left.name.utf8.count, left.name) > (
                right.createdAt, right.name.utf8.count, right.name
            )
        }
    }

    /// The one backup that `name` means.
    ///
    /// - Parameters:
    ///   - name: The name of a backup or of one of its files, the beginning of just one backup's name or version, or
    ///     `latest`: the newest that is not a safety backup.
    ///   - databases: The databases that the backup has to be of, unless its whole name is given; `nil` for any.
    /// - Throws: ``BackupError/Code/notFound``, with the candidates, if none or several fit.
    public func find(_ name: String, of databases: [String]? = nil) throws(BackupError) -> Entry {
        let all = try list()
        // What has lost its metadata may be of any database: it is found and called damaged, not passed over.
        let entries = all.filter { entry in
            guard let databases, let backup = entry.backup else { return true }
            return databases.allSatisfy(backup.databases.contains)
        }
        let whose = databases.map { " of \($0.joined(separator: ", "))" } ?? ""
        if name == "latest" {
            if let newest = entries.first(where: { !$0.isSafetyBackup }) { return newest }
            let others = Set(all.flatMap { $0.backup?.databases ?? [] }).sorted()
            throw BackupError(
                .notFound, "no backups\(whose) found in \(path)",
                advice: others.isEmpty
                    ? nil
                    : "there are backups of \(others.joined(separator: ", ")); give the full name of one")
        }
        let suffixes = [".json", ".sha256"]
        let exact = all.filter { entry in
            entry.name == name || suffixes.contains { entry.name + $0 == name }
                || entry.backup?.files.contains { $0.file == name } ?? (Self.base(ofDump: name) == entry.name)
        }
        if exact.count == 1 { return exact[0] }
        let version = name.hasPrefix("v") ? String(name.dropFirst()) : name
        let matches = entries.filter { entry in
            guard !name.isEmpty else { return false }
            // The version is a part of the name, also of what has lost its metadata.
            return entry.name.hasPrefix(name)
                || !version.isEmpty && entry.name.hasPrefix(BackupName.prefix + version)
        }
        if matches.count == 1 { return matches[0] }
        let candidates = (matches.isEmpty ? entries : matches).map(\.name)
        let list = candidates.prefix(10).joined(separator: ", ") + (candidates.count > 10 ? ", …" : "")
        switch (matches.isEmpty, candidates.isEmpty) {
        case (_, true): throw BackupError(.notFound, "no backups\(whose) found in \(path)")
        case (true, false):
            throw BackupError(.notFound, "no backup\(whose) is called '\(name)'; there are \(list)")
        case (false, _): throw BackupError(.notFound, "'\(name)' fits several backups: \(list)")
        }
    }

    /// The entry that a metadata file describes.
    private static func entry(
        _ name: String, in folder: BackupFolder, names: [String]
    ) throws(BackupError) -> Entry {
        let metadata = try? folder.open(name + ".json")
        let modified = Double((try? metadata?.status().modified) ?? 0)
        var entry = Entry(
            name: name, createdAt: Date(timeIntervalSince1970: modified), backup: nil, state: .ok,
            sizeBytes: 0)
        guard let metadata, let bytes = try? metadata.bytes(limit: 64 << 20),
            let backup = Backup(json: bytes),
            // A name of another folder or backup is not followed.
            backup.files.allSatisfy({ Self.isOwn($0, of: name, amongOthers: backup.files.count > 1) })
        else {
            for other in names where base(ofDump: other) == name {
                entry.sizeBytes += try folder.status(of: other)?.size ?? 0
            }
            entry.state = .damaged("metadata is not readable")
            return entry
        }
        entry.backup = backup
        entry.createdAt = backup.createdAt
        if !names.contains("\(name).sha256") { entry.state = .damaged("\(name).sha256 is missing") }
        for file in backup.files {
            let status = try folder.status(of: file.file)
            entry.sizeBytes += status?.size ?? 0
            if entry.state == .ok, let problem = problem(file, status) { entry.state = .damaged(problem) }
        }
        return entry
    }

    /// Whether metadata names files that only this backup can have.
    private static func isOwn(_ file: Backup.File, of name: String, amongOthers: Bool) -> Bool {
        guard name.contains(/_[0-9]{8}_[0-9]{6}(-[0-9]+)?$/), let stem = base(ofDump: file.file) else {
            return false
        }
        let grants = file.grantsFile ?? "\(stem).grants.sql"
        let isNamed =
            amongOthers
            ? stem.hasPrefix(name + ".") && !stem.dropFirst(name.count + 1).contains(".") : stem == name
        return isNamed && grants == "\(stem).grants.sql" && !stem.contains("/")
    }

    private static func problem(_ file: Backup.File, _ status: BackupFolder.Status?) -> String? {
        guard let status else { return "\(file.file) is missing" }
        guard status.isRegular else { return "\(file.file) is not a regular file" }
        guard status.size == file.sizeBytes else {
            return "\(file.file) has \(status.size) bytes, not \(file.sizeBytes)"
        }
        return nil
    }

    /// `NAME` of `NAME.sql`, `NAME.sql.gz` and `NAME.sql.zst`; `nil` for other names.
    private static func base(ofDump name: String) -> String? {
        let suffixes = [".sql"] + Compression.allCases.map { ".sql.\($0.fileExtension)" }
        guard let suffix = suffixes.first(where: name.hasSuffix), !name.hasSuffix(".grants.sql") else {
            return nil
        }
        return String(name.dropLast(suffix.utf8.count))
    }
}
