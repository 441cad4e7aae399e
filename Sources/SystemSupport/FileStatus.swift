import Glibc

/// Which file it is, whatever its name: device and inode.
///
///     FileStatus(path: "a")?.number == FileStatus(path: "b")?.number  // the same file, by two names
package struct FileNumber: Hashable, Sendable {
    let device: dev_t
    let inode: ino_t
}

/// What the system knows of a file (stat(2)).
///
///     FileStatus(path: "config")?.isDirectory  // nil if there is nothing of that name
package struct FileStatus {
    private let status: stat

    /// The status of the file at `path`, links followed; `nil` if there is none, or it cannot be seen.
    package init?(path: String) {
        var status = stat()
        // Sound: stat fills the structure during the call, which only reads the path.
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.status = status
    }

    /// The status of an open file.
    package init?(_ descriptor: CInt) {
        var status = stat()
        // Sound: fstat fills the structure during the call.
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        self.status = status
    }

    /// Which file it is.
    package var number: FileNumber { FileNumber(device: status.st_dev, inode: status.st_ino) }
    /// Whether it is a regular file.
    package var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }
    /// Whether it is a FIFO or a pipe.
    package var isFIFO: Bool { status.st_mode & S_IFMT == S_IFIFO }
    /// Whether it is a directory.
    package var isDirectory: Bool { status.st_mode & S_IFMT == S_IFDIR }
    /// Its permissions.
    var mode: mode_t { status.st_mode & 0o7777 }
    var owner: uid_t { status.st_uid }
    var group: gid_t { status.st_gid }
}
