import Testing
import UCG

@Suite("Fingerprints")
struct FingerprintTests {
    static func fingerprint(_ text: String, group: Int = 0) -> Fingerprint {
        Fingerprint([UInt8](text.utf8).span, group: group)
    }

    @Test("The same text in the same group has the same fingerprint, in whichever buffer it lies")
    func equality() {
        for text in ["", "a", "straße.überschrift", String(repeating: "x", count: 1000)] {
            #expect(Self.fingerprint(text) == Self.fingerprint(text))
            let inside = [UInt8]("<\(text)>".utf8)
            let slice = Fingerprint(inside.span.extracting(1..<inside.count - 1))
            #expect(slice == Self.fingerprint(text))
            #expect(Self.fingerprint(text, group: 3) == Self.fingerprint(text, group: 3))
        }
    }

    @Test("Other texts and other groups have other fingerprints")
    func difference() {
        let prints = (0..<5000).flatMap {
            [Self.fingerprint("key.\($0)"), Self.fingerprint("key.\($0)", group: 1)]
        }
        #expect(Set(prints).count == 10_000)
        #expect(Self.fingerprint("") != Self.fingerprint("\0"))
        #expect(Self.fingerprint("a") != Self.fingerprint("a "))
    }

    @Test("Sorting puts equal fingerprints side by side")
    func order() {
        let sorted = (0..<300).map { Self.fingerprint("key.\($0 % 100)") }.sorted()
        let changes = zip(sorted, sorted.dropFirst()).count { $0 != $1 }
        #expect(changes == 99)
    }
}
