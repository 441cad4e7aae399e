import TestSupport
import Testing

@testable import UCG

struct JSONStringTests {
    @Test("The first byte that has to be escaped is found, wherever it stands and whatever is around it")
    func agreement() {
        var dice = SeededGenerator(seed: 5)
        let bytes: [UInt8] = [
            0x00, 0x1F, 0x20, 0x21, 0x22, 0x23, 0x5B, 0x5C, 0x5D, 0x7F, 0x80, 0x9F, 0xA0, 0xA2, 0xDC, 0xFF,
        ]
        for _ in 0..<2000 {
            let text = (0..<Int.random(in: 0...40, using: &dice)).map { _ in
                // Mostly plain, so that the found one lies anywhere.
                Int.random(in: 0..<8, using: &dice) == 0
                    ? bytes.randomElement(using: &dice) ?? 0 : UInt8.random(in: 0x5D...0xFF, using: &dice)
            }
            for start in 0...text.count {
                let expected =
                    text[start...].firstIndex { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C } ?? text.count
                #expect(text.span.firstEscaped(from: start) == expected)
            }
        }
    }
}
