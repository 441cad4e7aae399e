extension [UInt8] {
    /// Appends a copy of `run`.
    ///
    /// Complexity: O(*n*) in its bytes.
    package mutating func append(_ run: Span<UInt8>) {
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
}
