import Glibc

extension [UInt8] {
    /// Appends a copy of `run`.
    ///
    /// Complexity: O(*n*) in its bytes.
    @inlinable package mutating func append(_ run: Span<UInt8>) {
        // Sound: the bytes are copied during the call.
        unsafe run.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    /// Appends the UTF-8 of `text`.
    package mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }
}

extension Span<UInt8> {
    /// Whether any byte is `byte`.
    ///
    /// Complexity: O(*n*); it looks at every byte, sixteen and more at a time.
    package func contains(_ byte: UInt8) -> Bool {
        var found: UInt8 = 0
        for index in indices { found |= self[index] == byte ? 1 : 0 }
        return found != 0
    }

    /// Whether the bytes are those of `other`.
    ///
    /// Complexity: O(*n*); it compares many bytes at a time.
    package func isEqual(to other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        // Sound: memcmp reads `count` bytes of each, during the call; an empty span may have no address.
        return unsafe withUnsafeBufferPointer { left in
            unsafe other.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return unsafe memcmp(left, right, count) == 0
            }
        }
    }
}
