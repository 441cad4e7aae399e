public import Foundation

/// A folder of its own that is removed when nobody holds it any more.
public final class TemporaryDirectory: Sendable {
    /// Its path.
    public let path: String

    /// Makes an empty folder.
    public init() {
        var template = Array((NSTemporaryDirectory() + "reed-XXXXXX").utf8CString)
        path = unsafe mkdtemp(&template).map { unsafe String(cString: $0) } ?? "/nonexistent"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, making the folders on its way.
    public func write(_ content: String, to name: String) throws {
        try write(Data(content.utf8), to: name)
    }

    /// Writes a file of any bytes, making the folders on its way.
    public func write(_ content: Data, to name: String) throws {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try content.write(to: file)
    }
}
