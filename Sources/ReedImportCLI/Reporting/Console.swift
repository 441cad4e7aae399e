import CSV
import ConfigImport
import Glibc
import SystemSupport

/// Standard output and standard error.
///
/// What goes to standard output is collected and written in large pieces. A
/// reader that went away is not a failure; a full disk is.
enum Console {
    private static let capacity = 64 << 10
    nonisolated(unsafe) private static var buffer: [UInt8] = []
    nonisolated(unsafe) private static var isClosed = false
    nonisolated(unsafe) private static var failure: CInt?

    /// Whether somebody still reads standard output.
    static var isRead: Bool { unsafe !isClosed && failure == nil }

    /// Adds bytes to standard output.
    static func write(_ bytes: [UInt8]) {
        unsafe buffer.append(contentsOf: bytes)
        if unsafe buffer.count >= capacity { flush() }
    }

    /// Adds text to standard output.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes what is left.
    ///
    /// - Throws: If standard output could not be written, for example to a full disk.
    static func finish() throws(Failure) {
        flush()
        if let number = unsafe failure {
            unsafe failure = nil
            throw Failure(.inputOutput, "cannot write to standard output: \(ReadError.text(of: number))")
        }
    }

    /// Writes text to standard error as it is; what comes from elsewhere must be escaped before.
    static func report(_ text: String) { _ = Descriptor.writeAll(Array(text.utf8).span, to: STDERR_FILENO) }

    /// Writes one line to standard error, the program's name before it.
    static func complain(_ message: String) { report("reed-import: \(PlainText.escaped(message))\n") }

    private static func flush() {
        guard isRead else {
            unsafe buffer.removeAll()
            return
        }
        switch unsafe Descriptor.writeAll(buffer.span, to: STDOUT_FILENO) {
        case nil: break
        case EPIPE: unsafe isClosed = true
        case let number: unsafe failure = number
        }
        unsafe buffer.removeAll(keepingCapacity: true)
    }
}
