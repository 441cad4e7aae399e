public import CSV
import Foundation

extension ByteSource {
    /// A source of `bytes`, which lie in a file without a name.
    ///
    /// - Throws: `POSIXError` if the file cannot be made or written.
    public static func bytes(
        _ bytes: [UInt8], chunkSize: Int = ByteSource.defaultChunkSize
    ) throws -> ByteSource {
        let directory = try TemporaryDirectory()
        let path = try directory.write(bytes, to: "bytes")
        return try file(path, chunkSize: chunkSize)
    }
}
