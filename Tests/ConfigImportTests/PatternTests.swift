import Testing

@testable import ConfigImport

/// Regular expressions of field schemas.
struct PatternTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let pattern: String
        let yes: [String]
        let no: [String]
        var testDescription: String { pattern }
    }

    static let cases = [
        Case(pattern: "", yes: ["", "a"], no: []),
        Case(pattern: "b", yes: ["b", "abc"], no: ["", "ac"]),
        Case(pattern: "^b", yes: ["b", "bc"], no: ["ab"]),
        Case(pattern: "b$", yes: ["b", "ab"], no: ["ba", "b\n"]),
        Case(pattern: "^$", yes: [""], no: ["a", "\n"]),
        Case(pattern: "a.c", yes: ["abc", "aäc", "a\u{1F600}c"], no: ["ac", "a\nc"]),
        Case(pattern: "^a*$", yes: ["", "a", "aaa"], no: ["b", "ab"]),
        Case(pattern: "^a+?$", yes: ["a", "aaa"], no: [""]),
        Case(pattern: "^ab?c$", yes: ["ac", "abc"], no: ["abbc"]),
        Case(pattern: "^a{2}$", yes: ["aa"], no: ["a", "aaa"]),
        Case(pattern: "^a{2,}$", yes: ["aa", "aaaa"], no: ["a"]),
        Case(pattern: "^a{0,2}$", yes: ["", "a", "aa"], no: ["aaa"]),
        Case(pattern: "^(ab){2,3}$", yes: ["abab", "ababab"], no: ["ab", "abababab"]),
        Case(pattern: "^(?:a|bc|)d$", yes: ["ad", "bcd", "d"], no: ["bd", "abcd"]),
        Case(pattern: "^a|b$", yes: ["ax", "xb"], no: ["xay"]),
        Case(pattern: "^[a-c_-]+$", yes: ["abc_-"], no: ["d", ""]),
        Case(pattern: "^[^a-c]$", yes: ["d", "ä", "\n"], no: ["a"]),
        Case(pattern: "^[]a]$", yes: ["]", "a"], no: ["b"]),
        Case(pattern: #"^[\d.]+$"#, yes: ["1.5"], no: ["a", "٣"]),
        Case(pattern: #"^[^\W\d]+$"#, yes: ["ab_"], no: ["a1", "ä"]),
        Case(pattern: #"^\w+\s\w+$"#, yes: ["a b", "a\tb"], no: ["ab", "a\u{A0}b"]),
        Case(pattern: #"^\S\D\W$"#, yes: ["ab!", "äö "], no: ["a1!", " b!"]),
        Case(pattern: #"^\.\\\n\{$"#, yes: [".\\\n{"], no: ["a\\\n{"]),
        Case(pattern: #"^\+?[0-9 ]{6,20}$"#, yes: ["+49 30 5550142"], no: ["12345", "+49-30"]),
        Case(pattern: "^[A-Z]{2}-[0-9]{4}$", yes: ["UL-0001"], no: ["ul-0001", "UL-00011"]),
        Case(pattern: "^[а-я]+$", yes: ["мир"], no: ["МИР"]),
        Case(pattern: "(a*)*b", yes: ["aaab"], no: ["aaa"]),
        Case(pattern: "^(a|ab)(c|bcd)$", yes: ["abcd", "ac", "abc"], no: ["abb"]),
    ]

    @Test("A pattern matches what it says, anywhere in the text", arguments: cases)
    func matches(_ item: Case) throws {
        let pattern = try Pattern(item.pattern)
        for text in item.yes { #expect(pattern.matches(text), "\(text)") }
        for text in item.no { #expect(!pattern.matches(text), "\(text)") }
    }

    @Test(
        "What cannot be searched for in linear time, or means nothing, is refused at its character",
        arguments: [
            ("(", 0, "'(' without ')'"), ("a)", 1, "')' without '('"), ("[a", 0, "'[' without ']'"),
            ("ä[z-a]", 3, "not a range"), ("*a", 0, "nothing to repeat"),
            ("a**", 2, "a repetition of a repetition"),
            ("a{2", 1, "expected {n}"), ("a{3,2}", 1, "below the first"), ("{", 0, "nothing to repeat"),
            (#"(a)\1"#, 3, "back-references"), ("(?=a)", 0, "look-around"), ("(?<n>a)", 0, "named groups"),
            (#"\q"#, 0, "means nothing"), (#"a\"#, 1, "nothing follows"), ("a{1001}", 2, "at most 1000"),
            ("((a{30}){30}){30}", 0, "too large"),
            (String(repeating: "(", count: 70), 64, "nested too deeply"),
            (String(repeating: "a", count: 1001), 1000, "too large"),
        ])
    func refused(_ text: String, offset: Int, reason: String) {
        let problem = #expect(throws: PatternProblem.self) { try Pattern(text) }
        #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
        #expect(problem?.offset == offset)
    }

    @Test("A search takes no longer for a pattern that makes others take for ever")
    func linear() throws {
        let text = String(repeating: "a", count: 20_000)
        for evil in ["(a+)+$b", "(a|a)*b", "(a|aa)+$b", "(.*)*x", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
            #expect(try !Pattern(evil).matches(text), "\(evil)")
        }
    }
}
