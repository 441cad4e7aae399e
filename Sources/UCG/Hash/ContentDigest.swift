import Crypto
import SystemSupport

/// A digest (SHA-256) of a list of texts, the same on every machine and in every run.
///
///     ContentDigest.text(of: first) == ContentDigest.text(of: second)  // whether they are the same bytes
package struct ContentDigest {
    private var hasher = SHA256()
    private var length: UInt64 = 0

    /// A digest of nothing yet.
    package init() {}

    /// Adds a whole text.
    package mutating func add(_ text: [UInt8]) {
        add(text.span)
        end()
    }

    /// Adds a piece of a text.
    package mutating func add(_ piece: Span<UInt8>) {
        // Sound: the bytes outlive the call, which only reads them.
        unsafe piece.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        length += UInt64(piece.count)
    }

    /// Ends a text, so that the same bytes cut in other places have another digest.
    package mutating func end() {
        hasher.update(data: (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) })
        length = 0
    }

    /// The digest as 64 hexadecimal digits.
    package var text: String { Hexadecimal.text(of: hasher.finalize()) }

    /// The digest of one text.
    package static func text(of bytes: [UInt8]) -> String {
        var digest = ContentDigest()
        digest.add(bytes)
        return digest.text
    }
}
