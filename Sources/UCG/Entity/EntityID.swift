import SystemSupport

/// The UUID of an entity (RFC 9562).
///
///     EntityID("9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915")?.description
///     EntityID("none")  // nil
package struct EntityID: Hashable, Comparable, Sendable, CustomStringConvertible {
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64

    @inlinable package static func == (left: EntityID, right: EntityID) -> Bool {
        left.low == right.low && left.high == right.high
    }

    /// The namespace of all derived ids: `9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915`.
    package static let namespace = EntityID(high: 0x9d2c_1f0e_6a53_5b7e, low: 0x8c41_2f60_d7a3_e915)

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The UUID of version 5 with this SHA-1 digest, as in RFC 9562, section 5.5.
    init(version5 digest: (UInt64, UInt64)) {
        high = digest.0 & ~0xF000 | 0x5000
        low = digest.1 & ~(0b11 << 62) | (0b10 << 62)
    }

    /// The UUID written as `text`: 8-4-4-4-12 hexadecimal digits in either case, else `nil`.
    package init?(_ text: Span<UInt8>) {
        guard text.count == 36 else { return nil }
        var halves: (UInt64, UInt64) = (0, 0)
        for index in 0..<36 {
            let byte = text[index]
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == .hyphen else { return nil }
            } else {
                guard let nibble = byte.hexValue else { return nil }
                halves = (halves.0 << 4 | halves.1 >> 60, halves.1 << 4 | UInt64(nibble))
            }
        }
        self.init(high: halves.0, low: halves.1)
    }

    /// The UUID written as `text`, or `nil`.
    package init?(_ text: String) {
        self.init([UInt8](text.utf8).span)
    }

    /// The id of these 16 bytes, in network order.
    package init(bytes: Span<UInt8>) {
        precondition(bytes.count == 16)
        var halves: (UInt64, UInt64) = (0, 0)
        for index in 0..<8 {
            halves = (halves.0 << 8 | UInt64(bytes[index]), halves.1 << 8 | UInt64(bytes[index + 8]))
        }
        self.init(high: halves.0, low: halves.1)
    }

    /// The order of the bytes, which is that of the texts too.
    @inlinable package static func < (left: EntityID, right: EntityID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }

    /// The first of the 16 bytes.
    package var firstByte: UInt8 { UInt8(truncatingIfNeeded: high >> 56) }

    /// The first bits as a number; at most 63 of them.
    package func firstBits(_ count: Int) -> Int { Int(high >> (64 - UInt64(count))) }

    /// Appends the 16 bytes of the id to `bytes`, in network order.
    package func appendBytes(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 16) { appendBytes(to: &$0) }
    }

    /// Appends the 16 bytes of each id to `bytes`, in network order.
    ///
    /// Complexity: O(*n*) in the ids.
    package static func appendBytes(of ids: ArraySlice<EntityID>, to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: 16 * ids.count) { output in
            for id in ids { id.appendBytes(to: &output) }
        }
    }

    @inline(__always)
    private func appendBytes(to output: inout OutputSpan<UInt8>) {
        for index in 0..<8 { output.append(UInt8(truncatingIfNeeded: high >> (56 - 8 * index))) }
        for index in 0..<8 { output.append(UInt8(truncatingIfNeeded: low >> (56 - 8 * index))) }
    }

    /// How long an id is as text.
    package static let textLength = 36

    /// Appends the id to `bytes` in lower case, 36 characters.
    package func append(to bytes: inout [UInt8]) {
        bytes.append(addingCapacity: Self.textLength) { output in
            output.append(digits: Self.hexDigits(UInt32(truncatingIfNeeded: high >> 32)), 0..<8)
            output.append(.hyphen)
            let middle = Self.hexDigits(UInt32(truncatingIfNeeded: high))
            output.append(digits: middle, 0..<4)
            output.append(.hyphen)
            output.append(digits: middle, 4..<8)
            output.append(.hyphen)
            let clock = Self.hexDigits(UInt32(truncatingIfNeeded: low >> 32))
            output.append(digits: clock, 0..<4)
            output.append(.hyphen)
            output.append(digits: clock, 4..<8)
            output.append(digits: Self.hexDigits(UInt32(truncatingIfNeeded: low)), 0..<8)
        }
    }

    /// The eight hexadecimal digits of `value`, the first of them in the lowest byte.
    private static func hexDigits(_ value: UInt32) -> UInt64 {
        var digits = UInt64(value.byteSwapped)
        digits = (digits | digits << 16) & 0x0000_FFFF_0000_FFFF
        digits = (digits | digits << 8) & 0x00FF_00FF_00FF_00FF
        digits = digits >> 4 & 0x000F_000F_000F_000F | (digits & 0x000F_000F_000F_000F) << 8
        let isLetter = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return digits + 0x3030_3030_3030_3030 + isLetter * UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
    }

    /// The id in lower case.
    package var description: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// 32 bits of the id that are as good as random, for tables of ids.
    package var hash32: UInt32 { UInt32(truncatingIfNeeded: low) }
}

extension OutputSpan<UInt8> {
    /// Appends bytes of `digits`, by their numbers from the lowest.
    @inline(__always)
    fileprivate mutating func append(digits: UInt64, _ range: Range<Int>) {
        for index in range { append(UInt8(truncatingIfNeeded: digits >> (8 * index))) }
    }
}
