import Testing
@testable import UCG

@Suite("JSON text")
struct JSONTextTests {
    static func minified(_ text: String) -> (kind: JSONText.Kind?, text: String) {
        var json = JSONWriter()
        let kind = JSONText.minify([UInt8](text.utf8).span, into: &json)
        return (kind, String(decoding: json.bytes, as: UTF8.self))
    }

    static func kind(of text: String) -> JSONText.Kind? { JSONText.kind(of: [UInt8](text.utf8).span) }

    /// JSON, the same without white space, and what it is.
    static let wellFormed: [(text: String, minified: String, kind: JSONText.Kind)] = [
        ("{}", "{}", .object),
        (" \t\r\n{ \n} ", "{}", .object),
        ("[ ]", "[]", .array),
        (" [ [ ] , { } , [ [ 1 ] ] ] ", "[[],{},[[1]]]", .array),
        (#" { "a" : 1 , "b" : [ true , false , null ] } "#, #"{"a":1,"b":[true,false,null]}"#, .object),
        (#"{"a":{"b":{"c":[]}}}"#, #"{"a":{"b":{"c":[]}}}"#, .object),
        (#""  a , { : \" \\ ""#, #""  a , { : \" \\ ""#, .scalar),
        (#" "" "#, #""""#, .scalar),
        (
            #""\b\f\n\r\t\/\"\\\u00e4\uD83C\uDF84\uABCD""#, #""\b\f\n\r\t\/\"\\\u00e4\uD83C\uDF84\uABCD""#,
            .scalar
        ),
        ("\"ä🎄\u{7F}\u{2028}\"", "\"ä🎄\u{7F}\u{2028}\"", .scalar),
        (#"{"":"","a":1,"a":2}"#, #"{"":"","a":1,"a":2}"#, .object),
        (" true\n", "true", .scalar),
        ("false", "false", .scalar),
        ("null", "null", .scalar),
        (" -1.50E+07 ", "-1.50E+07", .scalar),
        ("[1.0,10,1e2,0]", "[1.0,10,1e2,0]", .array),
    ]

    @Test("White space between tokens goes, all else stays", arguments: wellFormed)
    func minify(text: String, minified: String, kind: JSONText.Kind) {
        let result = Self.minified(text)
        #expect(result.kind == kind)
        #expect(result.text == minified)
        #expect(Self.kind(of: text) == kind)
        #expect(Self.minified(minified).text == minified, "once is enough")
    }

    @Test("Minified text goes in as a value, with its comma")
    func value() {
        var json = JSONWriter()
        json.beginArray()
        for text in [" 1 ", "{ \"a\" : [ ] }", "\"x\""] {
            JSONText.minify([UInt8](text.utf8).span, into: &json)
        }
        json.null()
        json.endArray()
        #expect(String(decoding: json.bytes, as: UTF8.self) == #"[1,{"a":[]},"x",null]"#)
    }

    static let faulty = [
        "", " ", "\n", "{", "}", "[", "]", "[ ", "{ ", "(", ",", ":", "\"", "\"a", "'a'", "a", "nul", "nulll",
        "True",
        "NULL", "tru", "truefalse", "1 2", "1,", ",1", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1", "[1,",
        "[[]",
        "[]]", "[1}", "[}", "{]", "{,}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":1", "{\"a\":1]", "{\"a\":[}", "{\"a\"", "{\"a\":", "{a:1}", "{1:2}", "{'a':1}", "{\"a\":1}}",
        "{\"a\":1},", "{}{}", "[][]", "// a\n1", "1 // a", "/**/1", "\u{FEFF}1", "1\0", "\0", "\u{A0}1",
        "1\u{0B}",
        "\"\\\"", "\"\\", "\"\\x\"", "\"\\u\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\u123\"", "\"\\U0041\"",
        "\"\\'\"",
        "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1F}\"", "{\"a\nb\":1}", "{\"\\q\":1}", "[\"a\" \"b\"]",
        "[01]", "[+1]", "[.5]", "[1.]", "[1e]", "[-]", "[NaN]", "[Infinity]", "[0x10]", "[1_000]",
    ]

    @Test("What is not JSON has no kind", arguments: faulty)
    func malformed(_ text: String) {
        #expect(Self.kind(of: text) == nil)
        #expect(Self.minified(text).kind == nil)
    }

    @Test("The beginning of a JSON text is none")
    func beginnings() {
        let text = #"{"a":[1,{"b":"\u00e4\n"},[]],"c":{"d":null,"e":true}}"#
        for length in 0..<text.utf8.count {
            #expect(Self.kind(of: String(text.utf8.prefix(length)) ?? "") == nil, "\(length) bytes")
        }
        #expect(Self.kind(of: text) == .object)
    }

    /// Containers nested `depth` deep.
    static func nested(_ depth: Int, _ open: [String], _ close: [String]) -> String {
        let opening = (0..<depth).map { open[$0 % open.count] }.joined()
        return opening + (0..<depth).reversed().map { close[$0 % close.count] }.joined()
    }

    @Test("Containers may be nested 512 deep, and not deeper")
    func depth() {
        #expect(JSONText.maximumDepth == 512)
        let shapes = [(["["], ["]"]), (["[", "{\"a\":"], ["]", "}"]), (["[1,", "[{},"], ["]", "]"])]
        for (open, close) in shapes {
            // The innermost container is an array in each shape, perhaps with a value due.
            let deepest = Self.nested(511, open, close).replacing(",]", with: ",1]")
            #expect(Self.kind(of: "[\(deepest)]") == .array)
            #expect(Self.kind(of: "[[\(deepest)]]") == nil)
        }
    }

    @Test("Containers side by side are not nested")
    func breadth() {
        let text = "[" + String(repeating: "[[]],", count: 2000) + "{}]"
        #expect(Self.kind(of: text) == .array)
    }

    /// Texts, and whether each is a number and an integer.
    static let numbers: [(text: String, isNumber: Bool, isInteger: Bool)] = [
        ("0", true, true), ("-0", true, true), ("7", true, true), ("10", true, true), ("-123", true, true),
        ("123456789012345678901234567890", true, true),
        ("0.0", true, false), ("-0.5", true, false), ("1.50", true, false), ("1e5", true, false),
        ("1E5", true, false), ("1e+5", true, false), ("1e-05", true, false), ("0e0", true, false),
        ("-1.5E+400", true, false),
        ("", false, false), ("-", false, false), ("+1", false, false), ("01", false, false),
        ("-01", false, false),
        ("00", false, false), (".5", false, false), ("1.", false, false), ("-.5", false, false),
        ("1.e5", false, false), ("1e", false, false), ("1e+", false, false), ("1e5.0", false, false),
        ("1.2.3", false, false), ("1,5", false, false), (" 1", false, false), ("1 ", false, false),
        ("--1", false, false), ("1-", false, false), ("0x1F", false, false), ("1_000", false, false),
        ("NaN", false, false), ("Infinity", false, false), ("１", false, false), ("1e5e5", false, false),
        ("1\0", false, false), ("abc", false, false),
    ]

    @Test("Numbers and integers follow the grammar of RFC 8259", arguments: numbers)
    func number(text: String, isNumber: Bool, isInteger: Bool) {
        let bytes = [UInt8](text.utf8)
        let (number, integer) = (JSONText.isNumber(bytes.span), JSONText.isInteger(bytes.span))
        #expect(number == isNumber)
        #expect(integer == isInteger)
        // As a member's value nothing but a number passes either; white space is not part of it.
        if !text.contains(" ") { #expect((Self.kind(of: #"{"a":\#(text)}"#) != nil) == isNumber) }
    }

    @Test(
        "Canonical text has no white space and no escape that need not be",
        arguments: [
            (#"{"a":[1,-2.5e3,true,false,null,"x"],"b":{}}"#, true), ("[]", true),
            (#""\u0001\u001f\n\"\\""#, true),
            ("0", true), (#"{"a": 1}"#, false), (" 1", false), ("1 ", false), (#""\u0041""#, false),
            (#""\u000a""#, false), (#""\u001F""#, false), (#""\/""#, false), (#""\u00e9""#, false),
            ("[1,]", false), ("[1", false), ("{", false), (#"{"a"}"#, false), (#"{"a":}"#, false),
            ("tru", false),
            ("nul1", false), ("01", false), ("", false), ("\"a\nb\"", false), (#"{"a":1,}"#, false),
            ("[}", false),
            (#"{1:2}"#, false), ("[1]2", false), ("\"", false), (#""\"#, false), (#""\u00"#, false),
        ])
    func canonical(text: String, isCanonical: Bool) {
        #expect(JSONText.isCanonical(Array(text.utf8).span) == isCanonical)
    }
}
