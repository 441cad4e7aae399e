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

    @Test("A type that a file of a later version may declare is an error that says so")
    func laterFieldType() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "name,field_name,field_type\na,b,colour\n", "field_types.csv": "name\ncolour\n",
        ])
        #expect(
            directory.shortIssues == [
                "field_types.csv:1:1: warning: [later-file]",
                "snippets.csv:2:5: error: field_type [unknown-type]",
            ])
        #expect(directory.issues[1].contains("this version does not read that file"))
    }
}
