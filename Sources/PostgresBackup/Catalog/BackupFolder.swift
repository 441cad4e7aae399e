import Glibc

/// An open backup folder.
///
/// Names are looked up in it, never by a path, and symbolic links are not followed.
///
/// A reference, since drafts and dumps keep it; closed with its last reference.
final class BackupFolder: Sendable {
    /// How it was called.
    let path: String
    private let descriptor: CInt

    /// What the system says about a name.
    struct Status {
        let size: Int
        /// Seconds since 1970 of its last change.
        let modified: Int
        let isRegular: Bool
        let isOurs: Bool
        /// Whether others than its owner may write to it.
        let isOpenToOthers: Bool

        init(_ status: stat) {
            size = Int(status.st_size)
            modified = Int(status.st_mtim.tv_sec)
            isRegular = status.st_mode & S_IFMT == S_IFREG
            isOurs = status.st_uid == geteuid()
            isOpenToOthers = status.st_mode & (S_IWGRP | S_IWOTH) != 0
        }
    }

    /// Opens a folder.
    ///
    /// - Throws: ``BackupError/Code/notFound`` if it is missing, ``BackupError/Code/permission`` without the
    ///   right to it.
    init(opening path: String) throws(BackupError) {
        self.path = path
        descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw BackupError("cannot open the backup folder \(path)", errno: errno)
        }
    }

    /// Opens a folder; makes it, for this user alone, if it is missing.
    ///
    /// - Throws: ``BackupError/Code/cannotCreate`` if that is not possible.
    static func making(_ path: String) throws(BackupError) -> BackupFolder {
        // Each missing folder on the way is made too.
        for end in path.indices.filter({ path[$0] == "/" && $0 > path.startIndex }) + [path.endIndex] {
            let part = String(path[..<end])
            if unsafe mkdir(part, 0o700) == 0 { continue }
            let number = errno
            if number == EEXIST || number == EISDIR { continue }
            if number == EACCES, unsafe access(part, F_OK) == 0 { continue }
            let error = BackupError("cannot make the backup folder \(path)", errno: number)
            throw BackupError(error.code == .permission ? .permission : .cannotCreate, error.message)
        }
        do {
            return try BackupFolder(opening: path)
        } catch {
            throw error.code == .inputOutput ? BackupError(.cannotCreate, error.message) : error
        }
    }

    deinit { close(descriptor) }

    /// Makes sure that only this user can put files here.
    ///
    /// - Parameter allowsGroup: Whether the folder's group may write too, and root own it, as Kubernetes (`fsGroup`) and
    ///   network storage arrange it.
    /// - Throws: ``BackupError/Code/permission``
    func requirePrivate(allowsGroup: Bool) throws(BackupError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw BackupError("cannot examine \(path)", errno: errno)
        }
        guard status.st_uid == geteuid() || allowsGroup && status.st_uid == 0 else {
            throw BackupError(
                .permission, "the backup folder \(path) belongs to another user",
                advice: "use a folder of your own")
        }
        guard status.st_mode & S_IWOTH == 0, allowsGroup || status.st_mode & S_IWGRP == 0 else {
            throw BackupError(
                .permission, "others may write to the backup folder \(path)",
                advice: status.st_mode & S_IWOTH == 0
                    ? "chmod g-w \(path), or trust its group" : "chmod o-w \(path)",
                parameter: status.st_mode & S_IWOTH == 0 ? .allowsGroup : nil)
        }
    }

    /// Runs `body` while no other backup, restore or prune changes the folder.
    ///
    /// - Parameter allowsGroup: Whether the folder's group may write too; see ``requirePrivate(allowsGroup:)``.
    /// - Throws: ``BackupError/Code/tryLater`` if another has it, ``BackupError/Code/permission`` if others may write to it;
    ///   what `body` throws.
    func withExclusiveAccess<Result>(
        allowsGroup: Bool, _ body: () throws(BackupError) -> Result
    ) throws(BackupError) -> Result {
        try requirePrivate(allowsGroup: allowsGroup)
        let lock = try lock()
        let result = try body()
        _ = consume lock
        return result
    }

    /// The same for a `body` that suspends.
    func withExclusiveAccess<Result>(
        allowsGroup: Bool, _ body: () async throws(BackupError) -> Result
    ) async throws(BackupError) -> Result {
        try requirePrivate(allowsGroup: allowsGroup)
        let lock = try lock()
        let result = try await body()
        _ = consume lock
        return result
    }

    /// Takes the exclusive folder lock without waiting.
    ///
    /// - Throws: ``BackupError/Code/tryLater`` if another has it.
    private func lock() throws(BackupError) -> FolderLock {
        let file = unsafe openat(descriptor, ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw BackupError("cannot open \(path)/.lock", errno: errno) }
        let lock = FolderLock(file)
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw BackupError("cannot lock \(path)/.lock", errno: errno) }
            throw BackupError(
                .tryLater, "another backup, restore or prune is using \(path)",
                advice: "try again when it has ended")
        }
        return lock
    }

    /// All names in it, without an order.
    func names() throws(BackupError) -> [String] {
        let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = unsafe fdopendir(copy) else {
            throw BackupError("cannot read the backup folder \(path)", errno: errno)
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        // Sound: an entry and its name live until the next readdir, and the name is copied.
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// What is there under a name; `nil` if nothing is.
    func status(of name: String) throws(BackupError) -> Status? {
        var status = stat()
        guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw BackupError("cannot examine \(path)/\(name)", errno: errno)
        }
        return Status(status)
    }

    /// Makes an empty file, readable for this user alone, under a name that is not taken.
    func create(_ name: String) throws(BackupError) -> LocalFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = unsafe openat(descriptor, name, flags, 0o600)
        guard file >= 0 else {
            // A path that cannot be written to, not an input that is missing.
            let error = BackupError("cannot create \(path)/\(name)", errno: errno)
            throw error.code == .notFound ? BackupError(.cannotCreate, error.message) : error
        }
        return LocalFile(file, "\(path)/\(name)")
    }

    /// Opens a regular file, and no link.
    func open(_ name: String) throws(BackupError) -> LocalFile {
        let file = unsafe openat(descriptor, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw BackupError("cannot open \(path)/\(name)", errno: errno) }
        let opened = LocalFile(file, "\(path)/\(name)")
        guard try opened.status().isRegular else {
            throw BackupError(.data, "\(path)/\(name) is not a regular file")
        }
        return opened
    }

    /// Gives a file another name, which must be free.
    ///
    /// That it is free is looked up before, while the lock is held: only this user can put files here.
    func rename(_ name: String, to newName: String) throws(BackupError) {
        guard try status(of: newName) == nil else {
            throw BackupError(.inputOutput, "\(path)/\(newName) exists already")
        }
        guard unsafe renameat(descriptor, name, descriptor, newName) == 0 else {
            throw BackupError("cannot rename \(path)/\(name) to \(newName)", errno: errno, .inputOutput)
        }
    }

    /// Removes a file; that it is missing is not an error.
    func remove(_ name: String) throws(BackupError) {
        guard unsafe unlinkat(descriptor, name, 0) == 0 || errno == ENOENT else {
            throw BackupError("cannot remove \(path)/\(name)", errno: errno, .inputOutput)
        }
    }

    /// Makes sure that the names themselves survive a crash of the machine.
    func synchronize() throws(BackupError) {
        guard fsync(descriptor) == 0 else {
            throw BackupError("cannot write \(path)", errno: errno, .inputOutput)
        }
    }
}

/// The right to change a backup folder; given back when its owner lets go of it.
struct FolderLock: ~Copyable {
    private let descriptor: CInt

    fileprivate init(_ descriptor: CInt) { self.descriptor = descriptor }

    deinit { close(descriptor) }
}
