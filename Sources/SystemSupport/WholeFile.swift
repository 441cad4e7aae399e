import Glibc

/// Reads whole small files: a plan, a password; a FIFO too, as in `<(pass show redis)`.
///
///     let password = try WholeFile.read("secret", limit: 4096)
package enum WholeFile {
    /// Why a file could not be read.
    package enum Failure: Error, Hashable, Sendable {
        /// What is wrong, in the system's words or others.
        case unreadable(String)
        /// The run was asked to end.
        case interrupted
    }

    /// The bytes of the file at `path`.
    ///
    /// - Parameters:
    ///   - limit: The most bytes that are read; what comes after them is left.
    ///   - cancellation: Ends every wait.
    ///   - patience: How long the writer of a FIFO is waited for.
    package static func read(
        _ path: String, limit: Int = .max, cancellation: CancellationSignal = .never,
        patience: Duration = .seconds(10)
    ) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .unreadable(ErrorNumber.text(of: errno)) }
        defer { close(descriptor) }
        guard let status = FileStatus(descriptor), status.isRegular || status.isFIFO else {
            throw .unreadable("is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            switch Poll.wait(for: descriptor, .readable, within: patience, unless: cancellation) {
            case .ready: break
            case .cancelled: throw .interrupted
            case .timedOut: throw .unreadable("a FIFO that nobody writes to")
            case .failed(let number): throw .unreadable(ErrorNumber.text(of: number))
            }
            // Sound: read(2) writes at most `count` bytes into the array's own storage.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { break }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR, errno != EAGAIN {
                throw .unreadable(ErrorNumber.text(of: errno))
            }
        }
        return Array(bytes.prefix(limit))
    }
}
