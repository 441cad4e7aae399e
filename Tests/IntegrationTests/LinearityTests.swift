import Foundation
import TestSupport
import Testing

/// Whatever files and Redis can hold takes time in proportion to its size.
///
/// Instructions are counted, at a size and at four times that, so that no test depends on how fast a machine is.
/// Work by the square of the size is 16 times as much. `scripts/linearity` runs them.
@Suite(.enabled(if: Instructions.program != nil))
struct LinearityTests {
    /// Something that a directory can hold any number of.
    struct Content: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// How many are counted first.
        let count: Int
        /// Writes a directory with so many.
        let write: @Sendable (Int, TemporaryDirectory) throws -> Void

        init(
            _ description: String, _ count: Int,
            _ write: @escaping @Sendable (Int, TemporaryDirectory) throws -> Void
        ) {
            testDescription = description
            self.count = count
            self.write = write
        }

        /// One file, of a first line and as many of the others.
        init(
            _ description: String, _ count: Int, _ file: String, _ first: String, end: String = "",
            _ line: @escaping @Sendable (_ index: Int, _ count: Int) -> String
        ) {
            self.init(description, count) { count, folder in
                try folder.write(first + (0..<count).map { line($0, count) }.joined() + end, to: file)
            }
        }
    }

    static let contents = [
        Content("placeholders in a value", 8000, "translations.de.csv", "key,value\na,") { index, _ in
            "{a\(index)}"
        },
        Content("open braces in a value", 8000, "translations.de.csv", "key,value\na,") { _, _ in "{" },
        Content("nested branches in a value", 8000, "translations.de.csv", "key,value\na,\"", end: "\"\n") {
            _, _ in
            "{n, plural, other {"
        },
        Content("formats in a value", 8000, "translations.de.csv", "key,value\na,") { index, _ in
            "%s %\(index + 1)$d "
        },
        Content("apostrophes in a value", 8000, "translations.de.csv", "key,value\na,") { _, _ in "'{" },
        Content("folders of themes", 600) { count, folder in
            try folder.write("name\n" + (0..<count).map { "t\($0)\n" }.joined(), to: "themes.csv")
            for index in 0..<count {
                try folder.write("key,value\na,b\n", to: "themes/t\(index)/translations.de.csv")
            }
        },
        Content("unknown folders", 600) { count, folder in
            try folder.write("name\na\n", to: "themes.csv")
            for index in 0..<count {
                try folder.write("key,value\na,b\n", to: "t\(index)/translations.de.csv")
            }
        },
        Content("a chain of themes", 4000, "themes.csv", "name,parent\n") { index, _ in
            "t\(index),t\(index + 1)\n"
        },
        Content("a cycle of themes", 4000, "themes.csv", "name,parent\n") { index, count in
            "t\(index),t\((index + 1) % count)\n"
        },
        Content("unknown references", 4000, "themes.csv", "name,parent\n") { index, _ in
            "name\(index),other\(index)\n"
        },
        Content("a key over and over", 4000, "translations.de.csv", "key,value\n") { index, _ in
            "a,\(index)\n"
        },
        Content("keys that differ in letter case", 4000, "translations.de.csv", "key,value\n") { index, _ in
            "key\(index),a\nKey\(index),a\n"
        },
        Content("one key in many spellings", 4000, "translations.de.csv", "key,value\n") { index, _ in
            (0..<12).map { index & (1 << $0) == 0 ? "a" : "A" }.joined() + ",x\n"
        },
        Content("keys with invisible characters", 4000, "translations.de.csv", "key,value\n") { index, _ in
            "key\(index)\u{200B},a\n"
        },
        Content("columns", 1000) { count, folder in
            let columns = (0..<count).map { ",c\($0)" }.joined()
            let cells = (0..<count).map { ",\($0)" }.joined()
            try folder.write("name\(columns)\na\(cells)\n", to: "themes.csv")
        },
        Content("columns of locales", 160) { count, folder in
            let letters = Array("abcdefghijklmnopqrstuvwxyz")
            let locales = (0..<count).map { "de-\(letters[$0 / 26])\(letters[$0 % 26])" }
            let cells = locales.map { _ in ",x" }.joined()
            try folder.write("key,\(locales.joined(separator: ","))\na\(cells)\n", to: "translations.csv")
        },
        Content("fields of a snippet", 4000, "snippets.csv", "snippet_name,field_name,field_type\n") {
            index, _ in
            "hero,f\(index),text\n"
        },
        Content(
            "containers in containers", 4000, "associations.csv", "parent_path,entity_type,entity_id,path\n"
        ) {
            index, _ in
            "\(index == 0 ? "" : "p\(index - 1)"),page,e\(index),p\(index)\n"
        },
        Content("a cycle of containers", 4000, "associations.csv", "parent_path,entity_type,entity_id,path\n")
        {
            index, count in
            "p\((index + 1) % count),page,e\(index),p\(index)\n"
        },
        Content(
            "one entity in many places", 4000, "associations.csv", "parent_path,entity_type,entity_id,path\n"
        ) {
            index, _ in
            ",page,e,p\(index)\n"
        },
        Content("empty lines and rows", 8000, "themes.csv", "name,text\n") { _, _ in "\n,\n" },
        Content("comments", 8000, "themes.csv", "") { index, _ in "# \(index)\n" },
        Content("headers again", 4000, "themes.csv", "name\na\n") { _, _ in "name\n" },
        Content("lines in a quoted field", 8000, "themes.csv", "name,text\na,\"", end: "\"\n") { _, _ in
            "line\n"
        },
        Content("doubled quotes", 32_000, "themes.csv", "name,text\na,\"", end: "\"\n") { _, _ in "\"\"" },
        Content("ragged rows", 4000, "themes.csv", "name,text\n") { index, _ in "a\(index)\n" },
        Content(
            "members of a schema", 2000, "snippets.csv",
            "snippet_name,field_name,field_type,field_schema\nhero,f,Object,"
        ) {
            index, _ in
            "\(index == 0 ? "" : ";")m\(index):String(max:9)"
        },
        Content("a pattern and a long default", 8000) { count, folder in
            let text = String(repeating: "a", count: count)
            try folder.write("name\na\n", to: "themes.csv")
            try folder.write(
                "snippet_name,field_name,field_type,field_schema,default_value\nhero,f,text,pattern:^(a|aa)*b$,\(text)\n",
                to: "snippets.csv")
        },
        Content("instances of a snippet with as many fields", 600) { count, folder in
            let fields = (0..<count).map { "hero,f\($0),text,true,false\n" }.joined()
            try folder.write(
                "snippet_name,field_name,field_type,required,localized\n\(fields)", to: "snippets.csv")
            let rows = (0..<count).map { "hero,$n\($0),\"{\"\"f\($0)\"\":\"\"x\"\",\"\"g\"\":1}\"\n" }
                .joined()
            try folder.write("entity_type,semantic_name,data\n\(rows)", to: "entities.csv")
        },
        Content("choices that instances miss", 1000) { count, folder in
            let values = (0..<count).map { "v\($0)" }
            try folder.write(
                "snippet_name,field_name,field_type,field_schema\n"
                    + "hero,a,select:\(values.joined(separator: "|")),\n"
                    + "hero,b,text,\"enum:\(values.joined(separator: ","))\"\n", to: "snippets.csv")
            let rows = (0..<count).map { "hero,$n\($0),\"{\"\"a\"\":\"\"x\"\",\"\"b\"\":\"\"x\"\"}\"\n" }
                .joined()
            try folder.write("entity_type,semantic_name,data\n\(rows)", to: "entities.csv")
        },
        Content("field types that are declared, and others", 1000) { count, folder in
            let types = (0..<count).map { "type\($0),text\n" }.joined()
            try folder.write("name,base_type\n\(types)", to: "field_types.csv")
            let fields = (0..<count).map { "hero,f\($0),tipe\($0),\nhero,g\($0),Object,m:tipe\($0)\n" }
                .joined()
            try folder.write("snippet_name,field_name,field_type,field_schema\n\(fields)", to: "snippets.csv")
        },
        Content("rules that instances break", 600) { count, folder in
            let fields = (0..<count).map { "hero,f\($0),text\n" }.joined()
            try folder.write("snippet_name,field_name,field_type\n\(fields)", to: "snippets.csv")
            let rules = (0..<count).map { "hero,f\($0),required,\n" }.joined()
            try folder.write(
                "snippet_name,field_name,rule_type,parameters\n\(rules)", to: "validation_rules.csv")
            let rows = (0..<count).map { "hero,$n\($0)\n" }.joined()
            try folder.write("entity_type,semantic_name\n\(rows)", to: "entities.csv")
        },
        Content("rules of one field", 2000) { count, folder in
            try folder.write("snippet_name,field_name,field_type\nhero,f,text\n", to: "snippets.csv")
            let rules = (0..<count).map { "hero,f,max_length,value=\($0 + 9)\nhero,f,required,\n" }.joined()
            try folder.write(
                "snippet_name,field_name,rule_type,parameters\n\(rules)", to: "validation_rules.csv")
        },
        Content("types that a snippet allows, and children that it does not", 1000) { count, folder in
            let names = (0..<count).map { "s\($0)" }
            try folder.write(
                "snippet_name\nhero\nother\n" + names.map { "\($0)\n" }.joined(), to: "snippets.csv")
            try folder.write(
                "parent_type,allowed_child_types\nhero,\(names.joined(separator: "|"))\n",
                to: "snippet_relationships.csv")
            let rows = (0..<count).map { "other,$n\($0)\n" }.joined()
            try folder.write("entity_type,semantic_name\nhero,$h\n\(rows)", to: "entities.csv")
            let children = (0..<count).map { "$h,$n\($0)\n" }.joined()
            try folder.write("parent_id,child_id\n\(children)", to: "associations.csv")
        },
        Content("types and names of entities", 2000) { count, folder in
            try folder.write("name\na\n", to: "themes.csv")
            let rows = (0..<count).map { "t\($0 % 500),$n\($0)\n" }.joined()
            try folder.write("entity_type,semantic_name\n\(rows)", to: "entities.csv")
            let references = (0..<count).map { ",$n\($0)\n,$m\($0)\n" }.joined()
            try folder.write("parent_id,child_id\n\(references)", to: "associations.csv")
        },
        Content("members of data", 4000) { count, folder in
            try folder.write("name\na\n", to: "themes.csv")
            let members = (0..<count).map { "\"\"m\($0)\"\":[[{}]]" }.joined(separator: ",")
            try folder.write("entity_type,semantic_name,data\npage,$a,\"{\(members)}\"\n", to: "entities.csv")
        },
        Content("files of other names", 600) { count, folder in
            try folder.write("name\na\n", to: "themes.csv")
            for index in 0..<count { try folder.write("a\n", to: "theme\(10_000 + index).csv") }
        },
    ]

    /// How much more work four times as many are, apart from what any run does.
    private static func growth(_ count: Int, _ work: (Int) throws -> Int) throws -> Double {
        let base = try work(1)
        return Double(try work(4 * count) - base) / Double(max(1, try work(count) - base))
    }

    /// Far from 4 only if the work grows faster than what there is; 16 if it grows by the square.
    private static let mostGrowth = 7.0

    @Test("What a directory holds is checked in time that grows with it", arguments: contents)
    func check(_ content: Content) throws {
        let growth = try Self.growth(content.count) { count in
            let folder = try TemporaryDirectory()
            try content.write(count, folder)
            let (instructions, result) = try Instructions.ofRun(["validate", "--csv", folder.path])
            #expect([0, 65].contains(result.status), "\(result.errors)")
            return instructions
        }
        #expect(growth < Self.mostGrowth)
    }

    /// Two directories of a size, of which the second is compared with what the first has led to.
    struct Difference: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let count: Int
        let before, after: @Sendable (Int) -> [String: String]
    }

    private static func themes(_ count: Int, _ row: (Int) -> String) -> [String: String] {
        ["themes.csv": "name,text\nkept,\n" + (0..<count).map(row).joined()]
    }

    static let differences = [
        Difference(
            testDescription: "themes that are new", count: 1000, before: { _ in themes(0) { _ in "" } },
            after: { themes($0) { "t\($0),1\n" } }),
        Difference(
            testDescription: "themes that differ", count: 1000, before: { themes($0) { "t\($0),1\n" } },
            after: { themes($0) { "t\($0),2\n" } }),
        Difference(
            testDescription: "themes that are gone", count: 1000, before: { themes($0) { "t\($0),1\n" } },
            after: { _ in themes(0) { _ in "" } }),
        Difference(
            testDescription: "fields of a snippet that differ", count: 1000, before: { fields($0, "text") },
            after: { fields($0, "number") }),
        Difference(
            testDescription: "fields of a snippet in another order", count: 400,
            before: { fields($0, "text") },
            after: { count in
                [
                    "snippets.csv": "snippet_name,field_name,field_type\n"
                        + (0..<count).reversed().map { "hero,f\($0),text\n" }.joined()
                ]
            }),
        Difference(
            testDescription: "members that differ", count: 1000, before: { members($0, "a") },
            after: { members($0, "b") }),
    ]

    private static func fields(_ count: Int, _ type: String) -> [String: String] {
        [
            "snippets.csv": "snippet_name,field_name,field_type\n"
                + (0..<count).map { "hero,f\($0),\(type)\n" }.joined()
        ]
    }

    private static func members(_ count: Int, _ prefix: String) -> [String: String] {
        let columns = (0..<count).map { ",\(prefix)\($0)" }.joined()
        return ["themes.csv": "name\(columns)\nt\(String(repeating: ",x", count: count))\n"]
    }

    @Test(
        "What differs from Redis is planned and imported in time that grows with it", arguments: differences)
    func change(_ difference: Difference) throws {
        for command in [["plan"], []] {
            let growth = try Self.growth(difference.count) { count in
                let (server, folder) = (try RedisServer(), try TemporaryDirectory())
                func write(_ files: [String: String]) throws {
                    for (name, text) in files { try folder.write(text, to: name) }
                }
                let arguments = ["--csv", folder.path, "--redis", server.url]
                try write(difference.before(count))
                #expect(try run(reedImportPath(), arguments).status == 0)
                try write(difference.after(count))
                let (instructions, result) = try Instructions.ofRun(
                    command + arguments + ["--prune", "--max-delete", "100%"])
                #expect([0, 2].contains(result.status), "\(result.errors)")
                return instructions
            }
            #expect(growth < Self.mostGrowth, "\(command)")
        }
    }

    @Test(
        "The server carries one transaction out in time that grows with it, new entities, changed and deleted ones",
        arguments: ["new", "changed", "gone"])
    func transaction(kind: String) throws {
        let growth = try Self.growth(4000) { count in
            let folder = try TemporaryDirectory()
            let log = folder.path(of: "log")
            // The server's own options come last, so it is started by a script.
            let words = Instructions.counting(to: log).joined(separator: " ")
            let program = try folder.write(
                "#!/bin/sh\nexec \(words) redis-server \"$@\"\n", to: "counted-redis")
            _ = try run("chmod", "+x", program)
            let server = try RedisServer(program: program)
            func importThemes(_ count: Int, _ text: String) throws {
                let rows = (0..<count).map { "t\($0),\(text)\n" }.joined()
                try folder.write("name,text\nkept,\n" + rows, to: "config/themes.csv")
                let result = try reedImport(
                    "--csv", folder.path(of: "config"), "--redis", server.url, "--prune", "--max-delete",
                    "100%",
                    "--timeout", "1h")
                #expect(result.status == 0, "\(result.errors)")
                #expect(result.output.contains("in one transaction"))
            }
            if kind != "new" { try importThemes(count, "1") }
            try importThemes(kind == "gone" ? 0 : count, "2")
            _ = try server.ask("shutdown", "nosave")
            try waitUntil("the server has ended") { Instructions.count(log) != nil }
            return try #require(Instructions.count(log))
        }
        #expect(growth < Self.mostGrowth)
    }
}
