import Foundation

/// A folder of its own that is removed when nobody holds it any more.
public final class TemporaryDirectory: Sendable {
    /// Its path, without a slash at the end.
    public let path: String

    /// Makes an empty folder, readable for its owner only.
    public init() throws {
        let pattern = FileManager.default.temporaryDirectory.appending(path: "reed-XXXXXX")
        var template = [CChar](pattern.path(percentEncoded: false).utf8CString)
        // Sound: mkdtemp replaces the six letters in place and keeps no pointer.
        guard unsafe mkdtemp(&template) != nil else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where a file called `name` is in it.
    public func path(of name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, making the folders on its way.
    ///
    /// - Returns: The file's path.
    @discardableResult
    public func write(_ content: some Sequence<UInt8>, to name: String) throws -> String {
        let file = URL(filePath: path(of: name))
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content).write(to: file)
        return path(of: name)
    }

    /// Writes a file of text, making the folders on its way.
    @discardableResult
    public func write(_ content: String, to name: String) throws -> String {
        try write(content.utf8, to: name)
    }

    /// Makes a FIFO.
    ///
    /// - Returns: Its path.
    @discardableResult
    public func makeFIFO(_ name: String) throws -> String {
        guard unsafe mkfifo(path(of: name), 0o600) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return path(of: name)
    }
}
