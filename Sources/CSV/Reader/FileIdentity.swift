import Glibc

/// Enough to notice that a file is not the same any more: device, inode, size,
/// and when content and inode were changed.
///
///     let before = try ByteSource.file(path).identity()
///     let isSame = try ByteSource.file(path).identity() == before
public struct FileIdentity: Hashable, Sendable {
    private let numbers: [Int]
    /// The size of the file, in bytes.
    public let size: Int

    init(_ status: stat) {
        size = status.st_size
        numbers = [
            Int(truncatingIfNeeded: status.st_dev), Int(truncatingIfNeeded: status.st_ino),
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
    }
}

/// Why a file cannot be opened.
///
///     do throws(FileError) { _ = try ByteSource.file("missing.csv") } catch {
///         print(error)  // No such file or directory
///     }
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system's error number, for example `ENOENT`.
    case system(CInt)
    /// It is a FIFO, a socket or a device.
    case notRegular

    /// The system's words.
    public var description: String {
        switch self {
        case .system(EISDIR): "is not a regular file but a directory"
        case .system(let number): ReadError.text(of: number)
        case .notRegular: "is not a regular file"
        }
    }
}

extension ReadError {
    /// The system's words for an error number.
    public static func text(of number: CInt) -> String {
        // Sound: strerror answers a NUL-terminated string, which is copied at once.
        unsafe String(cString: strerror(number))
    }
}
