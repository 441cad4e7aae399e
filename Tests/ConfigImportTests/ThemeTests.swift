import Testing
import UCG

struct ThemeTests {
    @Test("A theme has its parent's id and its chain, wherever the parent stands in the file")
    func chain() throws {
        let directory = try CheckedDirectory([
            "themes.csv": """
            theme_name,parent_theme,context_type,context_value,active,description
            corporate.berlin,corporate,location,berlin,no,"Berlin, Mitte"
            corporate,,,,,

            """
        ])
        let parent = EntityName.id(.theme, "corporate")
        #expect(
            try directory.data() == [
                #"{"name":"corporate.berlin","parent":"corporate","parent_id":"\#(parent)","context":{"type":"location","value":"berlin"},"active":false,"description":"Berlin, Mitte","chain":["corporate.berlin","corporate"]}"#,
                #"{"name":"corporate","parent":null,"parent_id":null,"context":{"type":null,"value":null},"active":true,"chain":["corporate"]}"#,
            ])
    }

    @Test("A parent that is no theme is an error, with what may have been meant")
    func unknownParent() throws {
        let directory = try CheckedDirectory(["themes.csv": "name,parent\ncorporate,\nneon,corporat\n"])
        #expect(
            directory.issues == [
                "themes.csv:3:6: error: parent: no theme is named 'corporat' (did you mean 'corporate'?) [unknown-reference]"
            ])
    }

    @Test("A cycle of parents is reported once, and printed")
    func cycle() throws {
        let directory = try CheckedDirectory(["themes.csv": "name,parent\nd,a\na,b\nb,c\nc,a\ne,e\n"])
        #expect(
            directory.issues == [
                "themes.csv:3:3: error: parent: a theme cannot extend itself: a -> b -> c -> a [cycle]",
                "themes.csv:6:3: error: parent: a theme cannot extend itself: e -> e [cycle]",
            ])
    }

    @Test("A theme defined twice is an error that names both places")
    func duplicate() throws {
        let directory = try CheckedDirectory(["themes.csv": "name\na\nb\na\n"])
        #expect(
            directory.issues == [
                "themes.csv:4:1: error: name: the theme 'a' is defined already at themes.csv:2 [duplicate]"
            ])
    }

    @Test("A chain of 64 themes is whole")
    func deepChain() throws {
        let rows = (1...64).map { "t\($0),\($0 == 1 ? "" : "t\($0 - 1)")\n" }.joined()
        let directory = try CheckedDirectory(["themes.csv": "name,parent\n" + rows])
        let chain = (1...64).reversed().map { "\"t\($0)\"" }.joined(separator: ",")
        #expect(try directory.data().last?.hasSuffix("\"chain\":[\(chain)]}") == true)
    }
}
