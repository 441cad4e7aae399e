/// The files of a backup that is being made, under names that no listing shows.
///
/// They are removed when it goes away, unless it was published.
final class BackupDraft {
    /// Begins the name of a file that is not finished.
    static let prefix = ".partial-"

    private let folder: BackupFolder
    private var names: [String] = []
    private var published: [String] = []
    private var isPublished = false

    init(in folder: BackupFolder) { self.folder = folder }

    deinit {
        guard !isPublished else { return }
        for name in names { try? folder.remove(Self.prefix + name) }
        for name in published { try? folder.remove(name) }
    }

    /// Makes a file that will be called `name`.
    func create(_ name: String) throws(BackupError) -> LocalFile {
        let file = try folder.create(Self.prefix + name)
        names.append(name)
        return file
    }

    /// Makes a file of `bytes` that will be called `name`.
    func write(_ bytes: [UInt8], to name: String) throws(BackupError) {
        let file = try create(name)
        try file.write(bytes.span)
        try file.synchronize()
    }

    /// Gives all files their names, in the order in which they were made: the last one completes the backup.
    func publish() throws(BackupError) {
        // The dumps are durable before the metadata file says that they are.
        for name in names.dropLast() { try publish(name) }
        try folder.synchronize()
        if let last = names.last { try publish(last) }
        try folder.synchronize()
        isPublished = true
    }

    private func publish(_ name: String) throws(BackupError) {
        try folder.rename(Self.prefix + name, to: name)
        published.append(name)
    }
}
