import Crypto

/// The one place of this target that passes memory on as pointers.
enum Digest {
    /// The first 16 bytes of the SHA-1 of `bytes`, in the order of the digest.
    static func sha1(_ bytes: Span<UInt8>) -> (UInt64, UInt64) {
        var hasher = Insecure.SHA1()
        // Sound: the bytes outlive the call, which only reads them.
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

extension [UInt8] {
    /// Appends the SHA-1 of `text` as 40 hexadecimal digits in lower case, as `redis.sha1hex` gives it.
    ///
    /// It tells whether a value is still the one that was read; it does not protect against forgery.
    ///
    /// Complexity: O(*n*) in the bytes of `text`.
    package mutating func appendSHA1(of text: Span<UInt8>) {
        var hasher = Insecure.SHA1()
        // Sound: the bytes outlive the call, which only reads them.
        unsafe text.withUnsafeBytes { unsafe hasher.update(bufferPointer: $0) }
        for byte in hasher.finalize() {
            for digit in [byte >> 4, byte & 15] {
                append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }

    /// The number of bytes that ``appendSHA1(of:)`` appends.
    package static var sha1Length: Int { 40 }
}

/// A 64-bit fingerprint of text, to tell values apart without keeping them.
///
/// Two texts with the same fingerprint are the same but for a chance of one in
/// 2^64. It differs from run to run, so it must not be stored.
///
///     Fingerprint(first.span) == Fingerprint(second.span)  // as good as sure that the texts are equal
package struct Fingerprint: Hashable, Comparable, Sendable {
    private let value: UInt64

    private static let seed = UInt64.random(in: .min ... .max)
    /// Odd numbers without a pattern: the fraction of the golden ratio, and one of wyhash's.
    private static let (first, second): (UInt64, UInt64) = (0x9E37_79B9_7F4A_7C15, 0xA076_1D64_78BD_642F)

    /// The fingerprint of `text`, seen from `group`: the same text in another group has another.
    ///
    /// Eight bytes at a time, each mixed by a multiplication of which both halves are kept (as wyhash does).
    package init(_ text: Span<UInt8>, group: Int = 0) {
        // Sound: any bytes are initialized numbers; the span is used within this scope only.
        let bytes = unsafe text.bytes
        var value = Self.mixed(Self.seed ^ UInt64(truncatingIfNeeded: group), with: Self.first)
        var offset = 0
        while offset &+ 8 <= bytes.byteCount {
            // Sound: eight bytes from `offset` are within the text, and any bytes make a number.
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            value = Self.mixed(value ^ word, with: Self.second)
            offset &+= 8
        }
        var rest = UInt64(truncatingIfNeeded: bytes.byteCount) << 56
        var shift: UInt64 = 0
        while offset < bytes.byteCount {
            rest |= UInt64(text[offset]) << shift
            shift &+= 8
            offset &+= 1
        }
        self.value = Self.mixed(Self.mixed(value ^ rest, with: Self.second), with: Self.first)
    }

    /// The fingerprint of a list of texts: that of `text` after those before it.
    package init(_ text: Span<UInt8>, after previous: Fingerprint?) {
        self.init(text, group: Int(truncatingIfNeeded: previous?.value ?? 0))
    }

    private static func mixed(_ left: UInt64, with right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// An order without meaning, for sorting.
    package static func < (left: Fingerprint, right: Fingerprint) -> Bool { left.value < right.value }
}
