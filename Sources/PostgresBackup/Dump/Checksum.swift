import Crypto
import SystemSupport

/// The SHA-256 and the size of bytes that pass by.
struct Checksum {
    private var hasher = SHA256()
    /// The number of bytes.
    private(set) var count = 0

    /// Adds bytes.
    mutating func add(_ bytes: Span<UInt8>) {
        // Sound: the hasher reads the bytes during the call only.
        unsafe bytes.withUnsafeBufferPointer {
            unsafe hasher.update(bufferPointer: UnsafeRawBufferPointer($0))
        }
        count += bytes.count
    }

    /// 64 hexadecimal digits, as sha256sum prints them.
    var hexadecimal: String { Hexadecimal.text(of: hasher.finalize()) }
}
