import Testing
import UCG

@testable import ConfigImport

/// What `field_schema` cells say, and what values they accept.
struct FieldSchemaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let type: String
        let schema: String
        let yes: [String]
        /// Values with what is said of them.
        let no: [(String, String)]
        var testDescription: String { "\(type) \(schema)" }
    }

    static let cases = [
        Case(
            type: "text", schema: "min:2;max:4", yes: [#""ab""#, #""äöüß""#, #""\ud83d\ude00\ud83d\ude00""#],
            no: [
                (#""a""#, "has 1 character; at least 2 are needed"),
                (#""abcde""#, "has 5 characters; at most 4 are accepted"), ("1", "1 is not a text"),
            ]),
        Case(
            type: "String", schema: #"pattern:^[a-z;()]+\;$"#, yes: [#""a;b();""#],
            no: [(#""A;""#, "does not match the pattern")]),
        Case(
            type: "text", schema: "enum:grid,masonry", yes: [#""grid""#],
            no: [(#""list""#, "'list' is not one of 'grid', 'masonry'")]),
        Case(
            type: "String", schema: "url;max:20", yes: [#""/a""#, #""https://a""#],
            no: [(#""a""#, "is not a URL")]),
        Case(type: "String", schema: "email", yes: [#""a@b""#], no: [(#""a""#, "is not an e-mail address")]),
        Case(
            type: "number", schema: "min:0;max:1;step:0.05", yes: ["0", "0.35", "1", "0.350", "5e-2"],
            no: [("-0.05", "is below 0"), ("1.05", "is above 1"), ("0.36", "is not a multiple of 0.05")]),
        Case(
            type: "Number", schema: "min:1;step:0.5", yes: ["1", "4.5"],
            no: [("4.25", "is not a multiple of 0.5, counted from 1")]),
        Case(
            type: "number", schema: "min:0.25;step:0.5", yes: ["0.25", "0.75"],
            no: [("0.5", "is not a multiple of 0.5, counted from 0.25")]),
        Case(
            type: "number", schema: "max:9007199254740993", yes: ["9007199254740993"],
            no: [
                ("9007199254740994", "is above"), ("1e40", "has too many digits"),
                (#""1""#, "is not a number"),
            ]),
        Case(
            type: "number", schema: "enum:1,2.5", yes: ["1", "2.5"], no: [("2", "is not one of '1', '2.5'")]),
        Case(
            type: "Array", schema: "type:String(min:1);max:2", yes: ["[]", #"["a","b"]"#],
            no: [
                (#"["a","b","c"]"#, "has 3 elements; at most 2"), (#"["a",""]"#, "[1]: has 0 characters"),
                (#"["a",1]"#, "[1]: 1 is not a text"),
            ]),
        Case(
            type: "Array", schema: "min:1;source:String(min:1;max:3);featured:Boolean",
            yes: [#"[{"source":"a","featured":true}]"#, #"[{"other":1}]"#, #"[{"source":null}]"#],
            no: [
                ("[]", "has 0 elements; at least 1"),
                (#"[{"source":"a"},{"source":"abcd"}]"#, "[1].source: has 4"),
                ("[1]", "[0]: 1 is not an object"),
            ]),
        Case(
            type: "Object", schema: "a:Object(b:Array(type:Number(max:2)));type:String",
            yes: [#"{"a":{"b":[1]},"type":"x"}"#],
            no: [(#"{"a":{"b":[1,3]}}"#, "a.b[1]: 3 is above 2"), (#"{"type":1}"#, "type: 1 is not a text")]),
        Case(
            type: "Object", schema: "size:select:s=Small|l=Large;page:reference:page",
            yes: [#"{"size":"s","page":"a"}"#],
            no: [(#"{"size":"m"}"#, "size: 'm' is not one of")]),
    ]

    @Test("A schema accepts what it describes, and says what else is wrong", arguments: cases)
    func values(_ item: Case) throws {
        let type = try FieldType(item.type)
        let schema = try FieldSchema(item.schema, of: type)
        func fault(of text: String) throws -> String? {
            let parsed = JSONValue(Array(text.utf8).span)
            let value = try #require(parsed, "\(text)")
            return schema.fault(of: value, of: type)?.text
        }
        for text in item.yes { #expect(try fault(of: text) == nil, "\(text)") }
        for (text, words) in item.no {
            let found = try #require(try fault(of: text), "\(text)")
            #expect(found.contains(words))
        }
    }

    @Test(
        "A schema that is not one is refused at its character",
        arguments: [
            ("text", "min", 2, "'min' needs a value"), ("text", "min:x", 4, "'x' is not a number"),
            ("text", "min:-1", 4, "not a whole number"), ("text", "min:1.5", 4, "not a whole number"),
            ("text", "min:1;min:2", 6, "given twice"), ("text", "min:3;max:2", 6, "max:2 is below min:3"),
            ("text", "min:1;", 5, "expected an item"), (";", ";", 0, ""),
            ("text", "mni:1", 0, "did you mean 'min'?"),
            ("text", "step:1", 0, "for numbers only"),
            ("Object", "title:Strnig;n:Number", 6, "no field type is named 'Strnig'"),
            ("Array", "a:Object(b:Nubmer)", 11, "no field type is named 'Nubmer'"),
            ("Array", "mni:3", 0, "did you mean 'min'?"),
            ("boolean", "min:1", 0, "for text, numbers and arrays only"),
            ("number", "pattern:a", 0, "for text only"), ("number", "url", 0, "for text only"),
            ("number", "step:0", 5, "above 0"), ("number", "enum:1,a", 5, "'a' is not a number"),
            ("text", "pattern:ab(", 10, "a bracket that nothing closes"),
            ("text", "pattern:a)", 9, "')' without '('"),
            ("text", "pattern:ä**", 11, "a repetition of a repetition"),
            ("text", "enum:a,,b", 5, "empty or repeated"),
            ("text", "type:String", 0, "for arrays only"),
            ("Array", "type:Sting", 5, "no field type is named 'Sting'"),
            ("Array", "type:String;a:Number", 12, "not both"),
            ("Object", "a:Number(max:1", 8, "'(' without ')'"),
            ("Object", "a:Number(max:1))", 15, "expected ';'"),
            ("Object", "a:Number(mix:1)", 9, "did you mean"),
            ("Object", String(repeating: "a:Object(", count: 20), 152, "nested too deeply"),
            ("text", "min:1234567890123456789012345678901234567890", 4, "at most 36 digits"),
        ])
    func refused(_ type: String, _ text: String, offset: Int, reason: String) throws {
        guard let type = try? FieldType(type) else { return }
        let problem = #expect(throws: SchemaProblem.self) { try FieldSchema(text, of: type) }
        #expect(problem?.reason.contains(reason) == true, "\(problem?.reason ?? "")")
        #expect(problem?.offset == offset)
    }

    @Test("Numbers are compared exactly, however they are written")
    func numbers() throws {
        func number(_ text: String) throws -> ExactNumber { try #require(ExactNumber(text), "\(text)") }
        #expect(try number("1.50") == number("15e-1"))
        #expect(try number("-0") == number("0.000"))
        #expect(try number("1e3") == number("1000"))
        #expect(try number("0.1") < number("0.10000000000000000000000000000000001"))
        #expect(try number("-2") < number("-1.9"))
        #expect(try number("123456789012345678901234567890") < number("123456789012345678901234567891"))
        #expect(try number("1e-30") < number("1e30"))
        #expect(try number("0.3").isReached(from: .zero, by: number("0.1")))
        #expect(try !number("0.35").isReached(from: .zero, by: number("0.1")))
        for text in [
            "1e37", "1e-400000000000000000000", "1234567890123456789012345678901234567", "x", "1.2.3",
        ] {
            #expect(ExactNumber(text) == nil, "\(text)")
        }
    }

    @Test("A schema is reported at its character in the file, whatever is quoted before it")
    func places() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": """
            snippet_name,field_name,field_type,field_schema
            a,b,text,min:1;mix:2
            a,c,text,"pattern:""(""x"
            a,d,text,"min:1;
            max:x"

            """
        ])
        #expect(
            directory.shortIssues == [
                "snippets.csv:2:16: error: field_schema [invalid-schema]",
                "snippets.csv:3:21: error: field_schema [invalid-schema]",
                "snippets.csv:4:17: error: field_schema [invalid-schema]",
            ])
    }
}
