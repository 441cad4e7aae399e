import Glibc
import SystemSupport

/// An open file of the backup folder, closed with its last reference.
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
        if let number = Descriptor.writeAll(bytes, to: descriptor) {
            throw BackupError("cannot write \(path)", errno: number, .inputOutput)
        }
    }

    /// The next bytes, as many as one call of the system gives; none at the end.
    func read(atMost size: Int) throws(BackupError) -> [UInt8] {
        var number: CInt = 0
        // Sound: read(2) writes at most the buffer's own bytes, and says how many.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            repeat {
                let result = unsafe Glibc.read(descriptor, buffer.baseAddress, size)
                number = result < 0 ? errno : 0
                count = max(0, result)
            } while number == EINTR
        }
        guard number == 0 else { throw BackupError("cannot read \(path)", errno: number, .inputOutput) }
        return bytes
    }

    /// The whole file.
    ///
    /// - Throws: ``BackupError/Code/data`` if it has more than `limit` bytes.
    func bytes(limit: Int) throws(BackupError) -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = try read(atMost: 64 << 10)
            guard !piece.isEmpty else { return all }
            all += piece
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
