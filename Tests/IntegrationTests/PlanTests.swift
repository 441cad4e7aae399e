import Foundation
import TestSupport
import Testing

/// `plan`: what an import would change, without a write.
struct PlanTests {
    private static let table = "theme_name,description\ncorporate,Corporate\nneon,\"Bright | \u{1B}[2J\"\n"

    /// A directory of two themes, imported, and a way to plan it again.
    private func site() throws -> (RedisServer, TemporaryDirectory) {
        let server = try RedisServer()
        let folder = try TemporaryDirectory()
        try folder.write(Self.table, to: "themes.csv")
        let result = try reedImport("--csv", folder.path, "--redis", server.url, "--quiet")
        try #require(result.status == 0, "\(result.errors)")
        return (server, folder)
    }

    private func plan(_ server: RedisServer, _ folder: TemporaryDirectory, _ more: String...) throws
        -> ProcessResult
    {
        try run(
            try reedImportPath(), ["plan", "--csv", folder.path, "--redis", server.url, "--quiet"] + more)
    }

    private func key(_ server: RedisServer, _ name: String) throws -> String {
        let contents = try server.contents()
        return try #require(contents.first { $0.value.contains("\"name\":\"\(name)\"") }).key
    }

    @Test("After an import there is nothing to do, whatever the time and the author")
    func nothing() throws {
        let (server, folder) = try site()
        let result = try plan(
            server, folder, "--created-by", "somebody", "--timestamp", "2030-01-01T00:00:00Z")
        #expect(result.status == 0)
        #expect(
            result.output
                == "Target: \(server.url)?db=0, source csv\nPlan: 0 to create, 0 to update, 2 unchanged, 0 conflicts\n"
        )
        #expect(result.errors == "")
        for site in ["config", "config-by-id"] {
            let server = try RedisServer()
            #expect(try reedImport("--csv", "fixtures/\(site)", "--redis", server.url).status == 0)
            #expect(try reedImport("plan", "--csv", "fixtures/\(site)", "--redis", server.url).status == 0)
        }
    }

    @Test("White space, escapes and the order of members are no difference")
    func rewritten() throws {
        let (server, folder) = try site()
        for (key, value) in try server.contents() {
            let object = try JSONSerialization.jsonObject(with: Data(value.utf8))
            let other = try JSONSerialization.data(
                withJSONObject: object, options: [.prettyPrinted, .sortedKeys])
            _ = try server.ask("set", key, String(decoding: other, as: UTF8.self))
        }
        #expect(try plan(server, folder).status == 0)
    }

    @Test("What differs in a snippet is shown by field, the values uncut where they differ")
    func fields() throws {
        let (server, folder) = try site()
        let rows = (0..<30).map { "hero,field_\($0),text,false\n" }.joined()
        try folder.write("snippet_name,field_name,field_type,required\n" + rows, to: "snippets.csv")
        #expect(try reedImport(folder.path, "--redis", server.url, "--quiet").status == 0)
        let changed = rows.replacing("field_20,text,false", with: "field_20,text,true")
        try folder.write("snippet_name,field_name,field_type,required\n" + changed, to: "snippets.csv")
        let result = try plan(server, folder)
        #expect(result.output.contains("fields.field_20.required: false -> true"), "\(result.output)")
        try folder.write(
            "snippet_name,field_name,field_type,required\n"
                + rows.replacing("hero,field_29,text,false\n", with: "hero,other,text,false\n"),
            to: "snippets.csv")
        let renamed = try plan(server, folder)
        #expect(renamed.output.contains("fields.field_29: "), "\(renamed.output)")
        #expect(renamed.output.contains("fields.other: "), "\(renamed.output)")
    }

    @Test("What is new, changed or taken is listed with its row, and nothing is written")
    func changes() throws {
        let (server, folder) = try site()
        let (neon, corporate) = (try key(server, "neon"), try key(server, "corporate"))
        try folder.write(Self.table.replacing("Corporate\n", with: "Sober\n") + "plain,\n", to: "themes.csv")
        _ = try server.ask("del", neon)
        _ = try server.ask("sadd", neon, "x")
        let before = try server.ask("debug", "digest")
        let result = try plan(server, folder)
        #expect(result.status == 3)
        let path = folder.path
        let lines = result.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 8)
        #expect(lines[0] == "themes")
        #expect(lines[1] == "  ~ \(corporate)  corporate  \(path)/themes.csv:2")
        #expect(lines[2] == #"      data.description: "Corporate" -> "Sober""#)
        #expect(lines[3] == "  ! \(neon)  neon  \(path)/themes.csv:3")
        #expect(lines[4] == "      the key holds a value of another type")
        #expect(lines[5].hasPrefix("  + entity:theme:") && lines[5].hasSuffix("\(path)/themes.csv:4"))
        #expect(lines[6] == "Target: \(server.url)?db=0, source csv")
        #expect(lines[7] == "Plan: 1 to create, 1 to update, 0 unchanged, 1 conflict")
        #expect(try server.ask("debug", "digest") == before)
        _ = try server.ask("del", neon)
        #expect(try plan(server, folder).status == 2)
        _ = try server.ask("set", neon, "no JSON")
        #expect(
            try plan(server, folder).output.contains("the key's value is not an entity with this type and id")
        )
    }

    @Test("The plan is an object for programs and a table for pull requests, and safe in both")
    func formats() throws {
        let (server, folder) = try site()
        try folder.write(Self.table.replacing("Bright", with: "Dark"), to: "themes.csv")
        struct Plan: Decodable {
            struct Change: Decodable {
                struct Member: Decodable { let name, old, new: String }
                let key, file, action: String
                let line: Int
                let members: [Member]
            }
            struct Counts: Decodable { let create, update, unchanged, conflict: Int }
            let changes: [Change]
            let counts: [String: Counts]
        }
        let json = try plan(server, folder, "--format", "json")
        #expect(json.status == 2)
        let decoded = try JSONDecoder().decode(Plan.self, from: Data(json.output.utf8))
        #expect(decoded.changes.map(\.action) == ["update"])
        #expect(decoded.changes.first?.line == 3)
        #expect(decoded.changes.first?.members.map(\.new) == ["Dark | \u{1B}[2J"])
        #expect(decoded.counts["total"]?.unchanged == 1)
        #expect(decoded.counts["themes"]?.update == 1)
        let markdown = try plan(server, folder, "--format", "markdown")
        #expect(markdown.output.contains(#"| `neon` `entity:theme:"#))
        #expect(markdown.output.contains(##"| `data.description`: `"Bright \| "##))
        for output in [markdown.output, try plan(server, folder).output] {
            #expect(!output.contains("\u{1B}"))
        }
        _ = try server.ask("flushall")
        let empty = try plan(server, folder, "--format", "json")
        #expect(empty.status == 2)
        #expect(empty.output.contains(#""action":"create""#))
    }

    @Test("Nothing in a value is markup in a pull request, and each type has one group, deletions included")
    func markup() throws {
        let (server, folder) = try site()
        try folder.write("key,value\nx.a,hello\nx.b,there\n", to: "translations.de.csv")
        #expect(try run(try reedImportPath(), ["--csv", folder.path, "--redis", server.url]).status == 0)
        try folder.write("theme_name,description\ncorporate,`` <b> @you ` |\n", to: "themes.csv")
        try folder.write("key,value\nx.a,other\n", to: "translations.de.csv")
        let markdown = try plan(server, folder, "--prune", "--format", "markdown").output
        #expect(markdown.contains(##"→ ``` "`` <b> @you ` \|" ``` |"##), "\(markdown)")
        #expect(markdown.components(separatedBy: "### themes").count == 2)
        #expect(markdown.components(separatedBy: "### translations").count == 2)
        let text = try plan(server, folder, "--prune").output.split(separator: "\n").map(String.init)
        let groups = text.filter { !$0.hasPrefix(" ") && !$0.hasPrefix("Plan") && !$0.hasPrefix("Target") }
        #expect(groups == ["themes", "translations"])
        #expect(text.contains { $0.hasPrefix("  - entity:translation:") && $0.hasSuffix("  x.b (de)") })
    }

    @Test("A plan that could not be written out is no success; what is kept is said")
    func unwritten() throws {
        let (server, folder) = try site()
        try folder.write("theme_name,description\nother,Other\n", to: "themes.csv")
        let program = try reedImportPath()
        let script = "exec \(program) plan --csv \(folder.path) --redis \(server.url) > /dev/full"
        #expect(try run("sh", "-c", script).status == 74)
        let kept = try run(program, ["plan", "--csv", folder.path, "--redis", server.url])
        #expect(kept.status == 2)
        #expect(
            kept.errors.contains("note: 2 owned entities are not in the directory any more; --prune deletes"))
        try folder.write("theme_name,description\n", to: "themes.csv")
        let empty = try run(program, ["plan", "--csv", folder.path, "--redis", server.url, "--prune"])
        #expect(empty.status == 0)
        #expect(
            empty.errors.contains(
                "warning: the directory has none of the theme entities any more, of which 2 are owned; kept"))
    }

    @Test("It fails as an import would, and prints nothing then: bad input, no server")
    func failures() throws {
        for format in ["text", "json", "markdown", "github"] {
            let result = try reedImport(
                "plan", "--csv", "fixtures/config", "--redis", "localhost:1", "--format", format)
            #expect(result.status == 69)
            #expect(result.output == "")
        }
        #expect(try reedImport("plan", "--csv", "fixtures/broken/cycle/config").status == 65)
        #expect(try reedImport("plan", "--csv", "/nonexistent").status == 66)
        #expect(try reedImport("plan").status == 64)
    }
}
