import Testing
import UCG

struct JSONObjectTextTests {
    private static func copy(_ text: String) throws(JSONObjectText.Problem) -> (String, Set<String>) {
        var json = JSONWriter()
        json.beginObject()
        let names = try JSONObjectText.members(of: Array(text.utf8).span, into: &json)
        json.endObject()
        return (String(decoding: json.bytes, as: UTF8.self), names)
    }

    @Test(
        "An object is written in one form, its numbers and the order of its members as they are",
        arguments: [
            ("{}", "{}"), (" { } ", "{}"), (#"{ "b" : 1.50 , "a" : -0e5 }"#, #"{"b":1.50,"a":-0e5}"#),
            (
                #"{"a":[ ],"b":{ },"c":[[1],{"d":[true , null]}]}"#,
                #"{"a":[],"b":{},"c":[[1],{"d":[true,null]}]}"#
            ),
            (#"{"\u00e4\/":"\u0041\n\u001f\"\\"}"#, #"{"ä/":"A\n\u001f\"\\"}"#),
            (#"{"a":"\ud83d\ude00"}"#, #"{"a":"😀"}"#),
        ])
    func copies(_ text: String, _ expected: String) throws {
        #expect(try Self.copy(text).0 == expected)
    }

    @Test("The names of the members are returned")
    func names() throws {
        #expect(try Self.copy(#"{"a":{"x":1},"\u0062":2}"#).1 == ["a", "b"])
    }

    @Test(
        "What is not such an object is refused",
        arguments: [
            ("", JSONObjectText.Problem.notJSON), ("{", .notJSON), (#"{"a":1}}"#, .notJSON),
            ("[]", .notAnObject),
            ("1", .notAnObject), (#"{"a":1,"a":2}"#, .repeatedMember("a")),
            (#"{"a":{"\u0062":1,"b":2}}"#, .repeatedMember("b")), (#"{"a":"\ud800"}"#, .halfCharacter),
            (#"{"\udc00":1}"#, .halfCharacter), (#"{"a":["\ude00\ud83d"]}"#, .halfCharacter),
        ])
    func refused(_ text: String, _ problem: JSONObjectText.Problem) {
        #expect(throws: problem) { try Self.copy(text) }
    }
}
