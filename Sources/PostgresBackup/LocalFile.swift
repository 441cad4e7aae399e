import Glibc

/// An open file of the backup folder, closed when nobody holds it any more.
///
/// A reference, since one task may read or write it while another waits.
final class LocalFile: Sendable {
    private let descriptor: CInt
    private let path: String

    init(_ descriptor: CInt, _ path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// What the system says about it.
    func status() throws(BackupError) -> BackupFolder.Status {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw BackupError("cannot examine \(path)", errno: errno)
        }
        return BackupFolder.Status(status)
    }

    /// Writes all of `bytes`.
    func write(_ bytes: Span<UInt8>) throws(BackupError) {
        var start = 0
        while start < bytes.count {
            // Sound: write(2) reads the bytes from `start` on, during the call.
            let count = unsafe bytes.extracting(start...).withUnsafeBufferPointer { rest in
                unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw BackupError("cannot write \(path)", errno: errno, .inputOutput)
            }
        }
    }

    /// Fills `buffer` as far as the file goes and answers with how many bytes; 0 at its end.
    func read(into buffer: inout [UInt8]) throws(BackupError) -> Int {
        while true {
            // Sound: read(2) writes at most the buffer's own bytes, during the call.
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            }
            if count >= 0 { return count }
            if errno != EINTR { throw BackupError("cannot read \(path)", errno: errno, .inputOutput) }
        }
    }

    /// The whole file.
    ///
    /// - Throws: ``BackupError/Code/data`` if it has more than `limit` bytes.
    func bytes(limit: Int) throws(BackupError) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try read(into: &buffer)
            guard count > 0 else { return all }
            all += buffer[..<count]
            guard all.count <= limit else { throw BackupError(.data, "\(path) has more than \(limit) bytes") }
        }
    }

    /// Waits until the disk has it.
    func synchronize() throws(BackupError) {
        guard fsync(descriptor) == 0 else {
            throw BackupError("cannot write \(path)", errno: errno, .inputOutput)
        }
    }
}
