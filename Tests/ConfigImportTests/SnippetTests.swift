import Testing
import UCG

struct SnippetTests {
    @Test("Rows of one snippet fold into one entity, adjacent or not, in the order of the rows")
    func folding() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": """
            # snippets.csv
            snippet_name,field_name,field_type,required
            hero,title,text,yes
            card,text,textarea,
            hero,speed,number,0
            teaser,,,

            """
        ])
        #expect(directory.issues == [])
        let data = try directory.data()
        #expect(
            data == [
                #"{"snippet_type":"hero","fields":[{"name":"title","type":"text","required":true,"localized":true},{"name":"speed","type":"number","required":false,"localized":true}]}"#,
                #"{"snippet_type":"card","fields":[{"name":"text","type":"textarea","required":false,"localized":true}]}"#,
                #"{"snippet_type":"teaser","fields":[]}"#,
            ])
        #expect(try directory.entities().map(\.origin.line) == [3, 4, 6])
        #expect(try directory.entities()[0].id == EntityName.id(.snippet, "hero"))
    }

    @Test(
        "A default is written by its field's type",
        arguments: [
            ("number", "1.50", "1.50"),
            ("Number", "-0", "-0"),
            ("boolean", "YES", "true"),
            ("Boolean", "0", "false"),
            ("json", #""{ ""a"" : [ 1 , 2.0 ] }""#, #"{"a":[1,2.0]}"#),
            ("Array", #""[ ]""#, "[]"),
            ("object", #""{ }""#, "{}"),
            ("text", "1.50", #""1.50""#),
            ("text", #""""#, #""""#),
            ("String", #""""#, #""""#),
            ("date", "2026-01-31", #""2026-01-31""#),
            ("email", "a@b", #""a@b""#),
            ("url", "/x", #""/x""#),
            ("url", "mailto:a@b", #""mailto:a@b""#),
            ("select:a=A|b=B", "b", #""b""#),
            ("reference:page", "home", #""home""#),
        ])
    func defaults(type: String, cell: String, json: String) throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "snippet_name,field_name,field_type,default_value\na,b,\(type),\(cell)\n"
        ])
        #expect(
            try directory.data() == [
                #"{"snippet_type":"a","fields":[{"name":"b","type":"\#(type)","required":false,"localized":true,"default":\#(json)}]}"#
            ])
    }

    @Test(
        "A quoted empty default is 'not given' unless the type is text", arguments: ["number", "json", "url"])
    func emptyDefault(type: String) throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "snippet_name,field_name,field_type,default\na,b,\(type),\"\"\n"
        ])
        #expect(try directory.data().first?.contains("default") == false)
    }

    @Test(
        "A default that does not fit its type is an error at its cell",
        arguments: [
            ("number", "01"), ("number", "1."), ("boolean", "on"), ("date", "2026-02-30"), ("email", "a@b@c"),
            ("email", "@b"), ("url", "example.org"), ("json", "{"), ("Array", "{}"), ("Object", "[]"),
            ("select:a=A|b", "A"),
        ])
    func badDefault(type: String, cell: String) throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "default,snippet_name,field_name,field_type\n\(cell),a,b,\(type)\n"
        ])
        #expect(directory.shortIssues == ["snippets.csv:2:1: error: default [invalid-default]"])
    }

    @Test(
        "Names, types and fields are checked",
        arguments: [
            ("Hero,b,,", "2:1: error: snippet_name [invalid-value]"),
            ("reed-hero,b,,", "2:1: error: snippet_name [reserved-name]"),
            ("a,B,,", "2:3: error: field_name [invalid-value]"),
            ("a,b,txt,", "2:5: error: field_type [unknown-type]"),
            ("a,b,reference:X,", "2:5: error: field_type [invalid-value]"),
            ("a,b,select:,", "2:5: error: field_type [invalid-value]"),
            ("a,b,,maybe", "2:6: error: required [invalid-value]"),
            ("a,,text,", "2:4: error: field_type [unexpected-value]"),
            (",b,,", "2:1: error: snippet_name [missing-value]"),
            ("a,b,,\na,b,,", "3:3: error: field_name [duplicate]"),
        ])
    func badRows(rows: String, issue: String) throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "snippet_name,field_name,field_type,required\n\(rows)\n"
        ])
        #expect(directory.shortIssues == ["snippets.csv:\(issue)"])
    }

    @Test("All problems of a row are reported, and a faulty row is still compared with others")
    func severalProblems() throws {
        let directory = try CheckedDirectory([
            "snippets.csv":
                "snippet_name,field_name,field_type,required\nA,B,textt,x\nhero,a,,maybe\nhero,a,,\n"
        ])
        #expect(
            directory.shortIssues == [
                "snippets.csv:2:1: error: snippet_name [invalid-value]",
                "snippets.csv:2:3: error: field_name [invalid-value]",
                "snippets.csv:2:5: error: field_type [unknown-type]",
                "snippets.csv:2:11: error: required [invalid-value]",
                "snippets.csv:3:9: error: required [invalid-value]",
                "snippets.csv:4:6: error: field_name [duplicate]",
            ])
    }

    @Test("Without field_name each row is a snippet, its other cells kept as text in the header's order")
    func wholeSnippets() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "Colour,Name,required,note\nred,hero,\"\",\"\"\n,card,yes,x\n"
        ])
        #expect(
            try directory.data() == [
                #"{"snippet_type":"hero","Colour":"red","note":""}"#,
                #"{"snippet_type":"card","required":"yes","note":"x"}"#,
            ])
    }

    @Test("Without field_name a snippet can be there only once, and both places are named")
    func duplicateWholeSnippet() throws {
        let directory = try CheckedDirectory(["snippets.csv": "name\nhero\ncard\nhero\n"])
        #expect(
            directory.issues == [
                "snippets.csv:4:1: error: name: the snippet 'hero' is defined already at snippets.csv:2 [duplicate]"
            ])
    }

    @Test("Unknown columns become strings of their field, after the known members")
    func unknownColumns() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "Icon,snippet,field_name,help\nstar,a,b,\"\"\n,a,c,x\n"
        ])
        #expect(
            try directory.data() == [
                #"{"snippet_type":"a","fields":[{"name":"b","type":"text","required":false,"localized":true,"help_text":"","Icon":"star"},{"name":"c","type":"text","required":false,"localized":true,"help_text":"x"}]}"#
            ])
    }

    private static let colours =
        "name,base_type,validation_pattern,error_message\n"
        + "colour,text,^#[0-9a-f]{6}$,a colour such as #00ff00\noechsle,number,^[0-9]{2}$,\n"

    @Test("A type of field_types.csv is a built-in one whose values match its pattern")
    func declaredTypes() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": """
            name,field_name,field_type,default,field_schema
            a,b,colour,#00ff00,
            a,c,oechsle,80,min:50
            a,d,Array,"[""#0000ff""]",type:colour

            """, "field_types.csv": Self.colours,
        ])
        #expect(directory.issues == [])
        let data = try directory.data()
        #expect(data.count == 1)
        #expect(
            data[0].contains(
                ##"{"name":"b","type":"colour","required":false,"localized":true,"default":"#00ff00"}"##))
        #expect(
            data[0].contains(
                #""type":"oechsle","required":false,"localized":true,"default":80,"schema":"min:50""#))
    }

    @Test("A value that its declared type does not accept is an error in that type's words")
    func declaredTypesRefuse() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": """
            name,field_name,field_type,default,field_schema
            a,b,colour,green,
            a,c,oechsle,8,
            a,d,oechsle,x,
            a,e,oechsle,20,min:50
            a,f,Array,"[""blue""]",type:colour
            a,g,color,,
            a,h,Object,,size:Strnig

            """, "field_types.csv": Self.colours,
            "entities.csv": "entity_type,semantic_name,data\na,$x,\"{\"\"b\"\":\"\"red\"\"}\"\n",
        ])
        #expect(
            directory.issues == [
                "entities.csv:2:6: error: data: b: 'red' is not a colour such as #00ff00 [invalid-value]",
                "snippets.csv:2:12: error: default: 'green' is not a colour such as #00ff00, as the type 'colour' needs [invalid-default]",
                "snippets.csv:3:13: error: default: '8' is not a value of 'oechsle': a number, in which '^[0-9]{2}$' occurs, as the type 'oechsle' needs [invalid-default]",
                "snippets.csv:4:13: error: default: 'x' is not a value of 'oechsle': a number, in which '^[0-9]{2}$' occurs, as the type 'oechsle' needs [invalid-default]",
                "snippets.csv:5:13: error: default: 20 is below 50, by the schema 'min:50' [invalid-default]",
                "snippets.csv:6:11: error: default: [0]: 'blue' is not a colour such as #00ff00, by the schema 'type:colour' [invalid-default]",
                "snippets.csv:7:5: error: field_type: no field type is named 'color' (did you mean 'colour'?) [unknown-type]",
                "snippets.csv:8:18: error: field_schema: no field type is named 'Strnig' (did you mean 'String'?) [invalid-schema]",
            ])
    }

    @Test("A row of field_types.csv that declares no type is reported at its cell")
    func faultyTypes() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name\na\n",
            "field_types.csv": """
            name,base_type,validation_pattern
            text,text,
            a b,text,
            x,colour,
            y,text,a)
            z,Array,a
            u,number,
            u,text,

            """,
        ])
        #expect(
            directory.shortIssues == [
                "field_types.csv:2:1: error: name [invalid-value]",
                "field_types.csv:3:1: error: name [invalid-value]",
                "field_types.csv:4:3: error: base_type [unknown-type]",
                "field_types.csv:5:9: error: validation_pattern [invalid-schema]",
                "field_types.csv:6:9: error: validation_pattern [unexpected-value]",
                "field_types.csv:8:1: error: name [duplicate]",
            ])
    }

    @Test("A type whose row is faulty causes no further errors where fields use it")
    func lostTypes() throws {
        let directory = try CheckedDirectory([
            "field_types.csv": "name,base_type\na,colour\nb,text,\n",
            "snippets.csv":
                "name,field_name,field_type,field_schema\ns,f,a,\ns,g,b,\ns,h,Object,x:a;y:b\ns,i,c,\n",
        ])
        #expect(
            directory.shortIssues == [
                "field_types.csv:2:3: error: base_type [unknown-type]",
                "field_types.csv:3:8: error: [ragged-row]",
                "snippets.csv:5:5: error: field_type [unknown-type]",
            ])
    }
}
