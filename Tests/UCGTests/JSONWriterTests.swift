import Testing
import UCG

@Suite("JSON writer")
struct JSONWriterTests {
    static func text(_ write: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        write(&json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// What each scalar below U+0020 becomes.
    static let controls = [
        #"\u0000"#, #"\u0001"#, #"\u0002"#, #"\u0003"#, #"\u0004"#, #"\u0005"#, #"\u0006"#, #"\u0007"#,
        #"\b"#, #"\t"#, #"\n"#, #"\u000b"#, #"\f"#, #"\r"#, #"\u000e"#, #"\u000f"#,
        #"\u0010"#, #"\u0011"#, #"\u0012"#, #"\u0013"#, #"\u0014"#, #"\u0015"#, #"\u0016"#, #"\u0017"#,
        #"\u0018"#, #"\u0019"#, #"\u001a"#, #"\u001b"#, #"\u001c"#, #"\u001d"#, #"\u001e"#, #"\u001f"#,
    ]

    @Test(
        "Each control character has the escape of Python's json module",
        arguments: zip(UInt8(0)..<32, controls))
    func control(scalar: UInt8, escape: String) {
        let character = String(UnicodeScalar(scalar))
        #expect(Self.text { $0.string(character) } == "\"\(escape)\"")
        #expect(Self.text { $0.string("a\(character)\(character)b") } == "\"a\(escape)\(escape)b\"")
    }

    static func quoted(_ text: String) -> String {
        let bytes = [UInt8](text.utf8)
        return Self.text { $0.string(bytes.span) }
    }

    @Test("Quote and backslash are escaped, all other text stays as it is")
    func otherText() {
        #expect(Self.text { $0.string("a\"b\\c/d") } == #""a\"b\\c/d""#)
        let plain = "\u{7F}\u{80}\u{85}\u{2028}\u{2029}é🎄\u{FEFF}<>&'/"
        #expect(Self.text { $0.string(plain) } == "\"\(plain)\"")
        #expect(Self.quoted(plain) == "\"\(plain)\"")
        #expect(Self.text { $0.string("") } == "\"\"")
    }

    @Test("Every scalar from U+0020 to U+00FF but quote and backslash is written as it is")
    func latin() {
        for value in UInt8(0x20)...0xFF where value != 0x22 && value != 0x5C {
            let character = String(UnicodeScalar(value))
            #expect(Self.text { $0.string(character) } == "\"\(character)\"")
        }
    }

    @Test("Commas stand between values and members, and nowhere else")
    func commas() {
        let text = Self.text { json in
            json.beginArray()
            json.beginObject()
            json.endObject()
            json.beginArray()
            json.endArray()
            json.null()
            json.boolean(true)
            json.boolean(false)
            json.integer(-1)
            json.string(":")
            json.string("{")
            json.number("1.50".utf8.span)
            json.id(.namespace)
            json.beginObject()
            json.key("a")
            json.beginArray()
            json.integer(1)
            json.integer(2)
            json.endArray()
            json.key("b")
            json.beginObject()
            json.key("c")
            json.null()
            json.endObject()
            json.key("d")
            json.string("[")
            json.key("e")
            json.boolean(true)
            json.endObject()
            json.beginObject()
            json.endObject()
            json.endArray()
        }
        #expect(
            text == """
                [{},[],null,true,false,-1,":","{",1.50,"9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915",\
                {"a":[1,2],"b":{"c":null},"d":"[","e":true},{}]
                """)
    }

    @Test("What another writer made goes in as a value or as members")
    func otherWriters() {
        var value = JSONWriter()
        value.beginArray()
        value.integer(1)
        value.endArray()
        var members = JSONWriter()
        members.key("x")
        members.integer(1)
        members.key("y")
        members.integer(2)
        let text = Self.text { json in
            json.beginObject()
            json.members(JSONWriter())
            json.members(members)
            json.members(JSONWriter())
            json.key("v")
            json.value(value)
            json.members(members)
            json.endObject()
        }
        #expect(text == #"{"x":1,"y":2,"v":[1],"x":1,"y":2}"#)
    }

    @Test("Integers are written in full", arguments: [0, -1, 42, Int.min, Int.max])
    func integer(_ value: Int) {
        #expect(Self.text { $0.integer(value) } == value.description)
    }

    @Test(
        "Numbers stay as they are written",
        arguments: ["1.50", "-0", "1E+400", "0.1e-7", "12345678901234567890123"])
    func number(_ text: String) {
        let written = Self.text { $0.number([UInt8](text.utf8).span) }
        #expect(written == text)
    }

    @Test("A member's name is escaped like any text")
    func key() {
        let key = JSONKey("a\"\nß")
        let text = Self.text { json in
            json.beginObject()
            json.key(key)
            json.null()
            json.endObject()
        }
        #expect(text == #"{"a\"\nß":null}"#)
    }
}
