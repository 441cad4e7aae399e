import Testing

@testable import CSV

@Suite("UTF-8")
struct UTF8Tests {
    /// Bytes at the edges of the ranges that a continuation byte may lie in.
    static let edges: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF]

    @Test("What the standard library calls UTF-8 is UTF-8, and nothing else", arguments: 0x80...0xFF)
    func agreement(lead: Int) throws {
        let lead = UInt8(lead)
        for second in Self.edges {
            for third in Self.edges {
                for fourth in Self.edges {
                    for length in 1...4 {
                        let bytes = Array([lead, second, third, fourth][..<length])
                        let expected = String(validating: bytes, as: UTF8.self) != nil
                        #expect(Self.isValid(bytes) == expected, "\(bytes)")
                    }
                }
            }
        }
    }

    /// Whether the validator takes `bytes` to be whole characters.
    static func isValid(_ bytes: [UInt8]) -> Bool {
        var validator = UTF8Validator()
        for byte in bytes {
            if validator.isInsideSequence {
                guard validator.continue(with: byte) else { return false }
            } else if byte >= 0x80 {
                guard validator.begin(with: byte) else { return false }
            }
        }
        return !validator.isInsideSequence
    }
}
