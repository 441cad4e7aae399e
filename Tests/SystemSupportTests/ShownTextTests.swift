import SystemSupport
import Testing

struct ShownTextTests {
    @Test("A text is cut only if it is too long, and an ellipsis counts")
    func shortened() {
        #expect("".shortened() == "")
        #expect("abcd".shortened(to: 4) == "abcd")
        #expect("abcde".shortened(to: 4) == "abc…")
        #expect(String(repeating: "ä", count: 81).shortened().count == 80)
    }

    @Test(
        "Seconds have three decimals",
        arguments: [
            (Duration.zero, "0.000"), (.milliseconds(7), "0.007"), (.milliseconds(1042), "1.042"),
            (.microseconds(999_600), "1.000"), (.seconds(3600), "3600.000"),
        ])
    func seconds(_ duration: Duration, _ text: String) {
        #expect(duration.secondsText == text)
    }
}
