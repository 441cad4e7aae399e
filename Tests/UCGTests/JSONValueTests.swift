import Testing
import UCG

struct JSONValueTests {
    private static func value(_ text: String) -> JSONValue? { JSONValue(Array(text.utf8).span) }

    static let equal: [(String, String)] = [
        (#"{"a":1,"b":[1,2]}"#, "{ \"b\" : [ 1 ,\n2 ] , \"a\":1 }"),
        (#""é😀/\n""#, #""\u00e9\ud83d\ude00\/\u000A""#),
        ("[]", " [ ] "), ("{}", "{\t}"), ("true", " true"), ("null", "null "),
        (#"{"a":1,"a":2}"#, #"{"a":2}"#),
        (#"[{"x":[{}]}]"#, #"[ {"x" : [ { } ] } ]"#), ("-1.50e+3", "-1.50e+3"),
    ]

    @Test("White space, escapes and the order of members make no difference", arguments: equal)
    func equality(left: String, right: String) throws {
        #expect(try #require(Self.value(left)) == #require(Self.value(right)))
    }

    static let different: [(String, String)] = [
        ("1.0", "1"), ("1", #""1""#), ("[1,2]", "[2,1]"), (#"{"a":null}"#, "{}"), (#""a""#, #""A""#),
        (#""\ud800""#, #""\ufffd""#), (#""\ud800""#, #""\udc00""#), (#""\ud800\u0041""#, #""A""#),
        ("true", "false"),
    ]

    @Test("Everything else does", arguments: different)
    func difference(left: String, right: String) throws {
        #expect(try #require(Self.value(left)) != #require(Self.value(right)))
    }

    @Test(
        "What is no JSON has no value",
        arguments: ["", "{", "[1,]", "{\"a\"}", "01", "\"\u{1}\"", "nul", "1 2"])
    func invalid(text: String) {
        #expect(Self.value(text) == nil)
    }

    @Test("Members are found by name; nesting has its limit")
    func members() throws {
        let value = try #require(Self.value(#"{"a":{"b":"c"}}"#))
        #expect(value["a"]?["b"] == .string(Array("c".utf8)))
        #expect(value["b"] == nil)
        #expect(JSONValue.null["a"] == nil)
        let deep = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        #expect(Self.value(deep) != nil)
        #expect(Self.value("[\(deep)]") == nil)
    }
}
