import Crypto

/// The one place of this target that hands memory to others as pointers.
enum Digest {
    /// The first 16 bytes of the SHA-1 of `bytes`, in the order of the digest.
    static func sha1(_ bytes: [UInt8]) -> (UInt64, UInt64) {
        var hasher = Insecure.SHA1()
        // Sound: the array outlives the call, which only reads it.
        unsafe bytes.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        // Sound: a SHA-1 digest has 20 bytes, and 16 of them are read.
        return unsafe hasher.finalize().withUnsafeBytes { digest in
            (
                UInt64(bigEndian: unsafe digest.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: unsafe digest.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }
}

/// A 64-bit fingerprint of text, to tell values apart without keeping them.
///
/// Two texts with the same fingerprint are the same but for a chance of one in
/// 2^64. It differs from run to run, so it must not be stored.
public struct Fingerprint: Hashable, Comparable, Sendable {
    private let value: UInt64

    /// The fingerprint of `text`, seen from `group`: the same text in another group has another.
    public init(_ text: Span<UInt8>, group: Int = 0) {
        var hasher = Hasher()
        hasher.combine(group)
        // Sound: the hasher only reads the bytes, during the call.
        unsafe text.withUnsafeBufferPointer { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        value = UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// An order without meaning, for sorting.
    public static func < (left: Fingerprint, right: Fingerprint) -> Bool { left.value < right.value }
}
