import Glibc

/// Reads whole small files: a plan, a password; a FIFO too, as in `<(pass show redis)`.
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
    ///   - interruption: A descriptor that becomes readable when the run shall end; `nil` if there is none.
    ///   - patience: How long the writer of a FIFO is waited for.
    package static func read(
        _ path: String, limit: Int = .max, interruption: CInt? = nil, patience: Duration = .seconds(10)
    ) throws(Failure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw .unreadable(systemText(errno)) }
        defer { close(descriptor) }
        guard let status = FileStatus(descriptor), status.isRegular || status.isFIFO else {
            throw .unreadable("is not a regular file")
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < limit {
            try wait(for: descriptor, interruption ?? -1, patience)
            // Sound: read(2) writes at most `count` bytes into the array's own storage.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { break }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR, errno != EAGAIN {
                throw .unreadable(systemText(errno))
            }
        }
        return Array(bytes.prefix(limit))
    }

    private static func wait(
        for descriptor: CInt, _ interruption: CInt, _ patience: Duration
    ) throws(Failure) {
        let deadline = ContinuousClock.now + patience
        while true {
            var descriptors = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: interruption, events: Int16(POLLIN), revents: 0),
            ]
            let left = max(.zero, deadline - .now) / .milliseconds(1)
            // Sound: the array outlives the call, which fills `revents`.
            let ready = unsafe poll(
                &descriptors, nfds_t(descriptors.count), CInt(min(left, 1e9).rounded(.up)))
            if descriptors[1].revents != 0 { throw .interrupted }
            if ready > 0 { return }
            if ready == 0 { throw .unreadable("a FIFO that nobody writes to") }
            if errno != EINTR { throw .unreadable(systemText(errno)) }
        }
    }
}
