/// Checks UTF-8 a byte at a time, so that a sequence may span two chunks.
///
/// The ranges are those of the Unicode Standard, table 3-7: no overlong forms,
/// no surrogates, nothing above U+10FFFF.
struct UTF8Validator {
    /// The number of continuation bytes that the sequence still needs.
    private(set) var pending: UInt8 = 0
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    var isInsideSequence: Bool { pending > 0 }

    /// Takes the first byte of a sequence, 0x80 or above; false if none can begin with it.
    mutating func begin(with lead: UInt8) -> Bool {
        (lowest, highest) = (0x80, 0xBF)
        switch lead {
        case 0xC2...0xDF: pending = 1
        case 0xE0: (pending, lowest) = (2, 0xA0)
        case 0xED: (pending, highest) = (2, 0x9F)
        case 0xE1...0xEF: pending = 2
        case 0xF0: (pending, lowest) = (3, 0x90)
        case 0xF4: (pending, highest) = (3, 0x8F)
        case 0xF1...0xF3: pending = 3
        default: return false
        }
        return true
    }

    /// Takes the next byte of a sequence; false if the sequence is ill-formed.
    mutating func `continue`(with byte: UInt8) -> Bool {
        guard byte >= lowest, byte <= highest else { return false }
        (lowest, highest) = (0x80, 0xBF)
        pending -= 1
        return true
    }

    /// Forgets the sequence.
    mutating func reset() { pending = 0 }
}
