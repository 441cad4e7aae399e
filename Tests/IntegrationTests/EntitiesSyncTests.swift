import Foundation
import TestSupport
import Testing

/// `entities.csv` through the program: imported, imported again, changed, pruned.
struct EntitiesSyncTests {
    private static let header = "entity_type,semantic_name,data,created_by,created_at\n"
    private static let rows = """
        page,$home,"{""title"":""Home""}",anna,2024-05-01T00:00:00Z
        page,$about,"{""title"":""About""}",,
        menu,$main,,,

        """

    private func site(_ server: RedisServer, _ rows: String) throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("theme_name\ncorporate\n", to: "themes.csv")
        try folder.write(Self.header + rows, to: "entities.csv")
        try folder.write("parent_id,child_id\n,$home\n$home,$about\n", to: "associations.csv")
        return folder
    }

    private func reed(_ server: RedisServer, _ folder: TemporaryDirectory, _ more: String...) throws
        -> ProcessResult
    {
        try run(try reedImportPath(), more + ["--csv", folder.path, "--redis", server.url])
    }

    private func values(_ server: RedisServer, _ type: String) throws -> [String] {
        let keys = try server.ask("KEYS", "entity:\(type):*").split(separator: "\n").sorted()
        return try keys.map { try server.ask("GET", String($0)) }
    }

    @Test(
        "Entities of any type are imported, and a second import changes nothing",
        arguments: ["auto", "never"])
    func imports(atomic: String) throws {
        let server = try RedisServer()
        let folder = try site(server, Self.rows)
        let first = try reed(
            server, folder, "import", "--atomic", atomic, "--created-by", "robot", "--verify")
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output.contains("entities          1     3         3        3"))
        #expect(first.output.contains("verified: 6 entities"))
        let pages = try values(server, "page")
        #expect(
            pages.contains {
                $0.contains(#""semantic_name":"$home""#)
                    && $0.contains(#""created_at":"2024-05-01T00:00:00.000Z""#)
                    && $0.contains(#""created_by":"anna""#)
            })
        #expect(
            pages.contains {
                $0.contains(#""semantic_name":"$about""#) && $0.contains(#""created_by":"robot""#)
            })
        #expect(try values(server, "menu").count == 1)
        let plan = try reed(server, folder, "plan", "--created-by", "other")
        #expect(plan.status == 0, "\(plan.output)")
        let again = try reed(server, folder, "import", "--atomic", atomic)
        #expect(again.output.contains("no changes"))
    }

    @Test("Types that take turns in the file are counted and shown together", arguments: ["auto", "never"])
    func turns(atomic: String) throws {
        let server = try RedisServer()
        let rows = (0..<40).map { "\(["page", "menu", "article"][$0 % 3]),$n\($0),,,\n" }.joined()
        let folder = try TemporaryDirectory()
        try folder.write("theme_name\na\n", to: "themes.csv")
        try folder.write(Self.header + rows, to: "entities.csv")
        let plan = try reed(server, folder, "plan")
        #expect(plan.output.components(separatedBy: "\nentities\n").count == 2, "one heading")
        #expect(plan.output.contains("Plan: 41 to create"))
        let first = try reed(server, folder, "import", "--atomic", atomic, "--format", "json")
        #expect(first.status == 0, "\(first.errors)")
        #expect(
            first.output.contains(
                #""entities":{"files":1,"rows":40,"entities":40,"created":40,"updated":0,"unchanged":0"#))
        let changed = rows.replacing("$n4,,,", with: "$n4,\"{\"\"a\"\":1}\",,")
        try folder.write(Self.header + changed, to: "entities.csv")
        let second = try reed(
            server, folder, "import", "--atomic", atomic, "--format", "json", "--verify")
        #expect(second.output.contains(#""created":0,"updated":1,"unchanged":39"#), "\(second.output)")
        #expect(try values(server, "menu").count == 13)
    }

    @Test(
        "A given author is compared and shown; one that is not given is kept", arguments: ["auto", "never"])
    func stamps(atomic: String) throws {
        let server = try RedisServer()
        let folder = try site(server, Self.rows)
        #expect(try reed(server, folder, "import").status == 0)
        try folder.write(
            Self.header
                + Self.rows.replacing("anna,2024-05-01T00:00:00Z", with: "ben,").replacing(
                    "menu,$main,,,", with: "menu,$main,,carla,"),
            to: "entities.csv")
        let plan = try reed(server, folder, "plan")
        #expect(plan.status == 2)
        #expect(plan.output.contains(#"created_by: "anna" -> "ben""#))
        #expect(plan.output.contains(#"created_by: "system" -> "carla""#))
        #expect(plan.output.contains("2 to update"))
        #expect(try reed(server, folder, "import", "--atomic", atomic).status == 0)
        let home = try #require(try values(server, "page").first { $0.contains("$home") })
        #expect(home.contains(#""created_by":"ben""#))
        #expect(
            home.contains(#""created_at":"2024-05-01T00:00:00.000Z""#),
            "what is not given stays as it is stored")
        #expect(try reed(server, folder, "plan").status == 0)
    }

    @Test("A type that vanished as a whole is kept, and pruned only if that is asked for")
    func pruning() throws {
        let server = try RedisServer()
        let folder = try site(server, Self.rows)
        #expect(try reed(server, folder, "import").status == 0)
        try folder.write(Self.header + Self.rows.replacing("menu,$main,,,\n", with: ""), to: "entities.csv")
        let kept = try reed(server, folder, "import", "--prune")
        #expect(kept.status == 0)
        #expect(kept.errors.contains("none of the menu entities any more, of which 1 are owned; kept"))
        #expect(try values(server, "menu").count == 1)
        let pruned = try reed(server, folder, "import", "--prune", "--prune-missing")
        #expect(pruned.status == 0, "\(pruned.errors)")
        #expect(try values(server, "menu") == [])
        #expect(try values(server, "page").count == 2)
    }

    @Test("A saved plan and a file of commands have them, too")
    func otherWays() throws {
        let server = try RedisServer()
        let folder = try site(server, Self.rows)
        let plan = folder.path(of: "plan")
        #expect(try reed(server, folder, "plan", "--out", plan, "--format", "json").status == 2)
        let applied = try run(try reedImportPath(), ["apply", plan, "--redis", server.url])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try reed(server, folder, "plan").status == 0)
        let json = try reed(server, folder, "plan", "--format", "json")
        #expect(
            json.output.contains(#""entities":{"create":0,"update":0,"delete":0,"unchanged":3,"conflict":0}"#)
        )
        let file = try TemporaryDirectory()
        let written = try run(
            try reedImportPath(),
            ["--csv", folder.path, "--out", file.path(of: "commands"), "--timestamp", "2026-01-31T02:00:00Z"])
        #expect(written.status == 0)
        let commands = try String(contentsOfFile: file.path(of: "commands"), encoding: .utf8)
        #expect(commands.contains(#""semantic_name":"$home","created_at":"2024-05-01T00:00:00.000Z""#))
    }
}
