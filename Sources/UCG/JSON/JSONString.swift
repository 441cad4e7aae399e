extension Span<UInt8> {
    /// Where the first byte is, from `start` on, that a JSON string does not hold as it is: a quote, a backslash or a
    /// control character (RFC 8259, section 7); `count` if there is none.
    ///
    /// Complexity: O(*n*), eight bytes at a time.
    func firstEscaped(from start: Int) -> Int {
        // Sound: any bytes are initialized numbers; the span is used within this scope only.
        let bytes = unsafe self.bytes
        var index = start
        while index &+ 8 <= bytes.byteCount {
            // Sound: eight bytes from `index` are within the text, and any bytes make a number.
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            let found = Self.escaped(UInt64(littleEndian: word))
            if found != 0 { return index &+ found.trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count, Self.escaped(UInt64(self[index]) | ~0xFF) == 0 { index &+= 1 }
        return index
    }

    /// The lowest bit set is the highest of the first of eight bytes that has to be escaped; 0 if there is none.
    ///
    /// Subtracting borrows from the next byte only after one that is found.
    private static func escaped(_ word: UInt64) -> UInt64 {
        let (ones, highest): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
        let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
        let controls = (word &- ones &* 0x20) & ~word
        return (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & highest
    }
}
