import Foundation
import TestSupport
import Testing

/// References to entities that the directory does not have and Redis holds.
struct ExistingTests {
    private static let page = "71bb3c6c-a7d5-50a3-b8e4-829408cc3eb4"  // page:home
    private static let custom = "9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e999"

    /// A server that another source has written pages to, and a directory that refers to them.
    private func site(graphKeys: String = "graph") throws -> (RedisServer, TemporaryDirectory) {
        let (server, folder) = (try RedisServer(), try TemporaryDirectory())
        try folder.write(
            "id,entity_type,semantic_name\n,page,$home\n\(Self.custom),page,$other\n,menu,$both\n,page,$both\n",
            to: "pages/entities.csv")
        try folder.write("name\n", to: "pages/themes.csv")
        let result = try reedImport(
            folder.path(of: "pages"), "--redis", server.url, "--source", "pages", "--graph-keys", graphKeys)
        #expect(result.status == 0, "\(result.errors)")
        return (server, folder)
    }

    private func write(_ rows: String..., to folder: TemporaryDirectory) throws {
        try folder.write(
            "parent_id,child_id,association_type\n" + rows.map { $0 + "\n" }.joined(),
            to: "site/associations.csv")
    }

    @Test(
        "An id, a type with a name, and a semantic name find what another source has written",
        arguments: ["auto", "never"])
    func found(atomic: String) throws {
        let (server, folder) = try site()
        try write(
            ",\(Self.page),references", "page:home,\(Self.custom),references", "$home,page:other,shows",
            "$home,$other,extends", to: folder)
        let arguments = [folder.path(of: "site"), "--redis", server.url, "--atomic", atomic]
        let refused = try run(try reedImportPath(), arguments)
        #expect(refused.status == 65)
        let plan = try run(
            try reedImportPath(),
            ["plan", folder.path(of: "site"), "--redis", server.url, "--allow-existing"])
        #expect(plan.status == 2, "\(plan.errors)")
        let result = try run(try reedImportPath(), arguments + ["--allow-existing", "--verify"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(!result.errors.contains("warning"))
        #expect(
            result.output.contains(
                "existing: '$home', '$other', '\(Self.page)', '\(Self.custom)', 'page:home' and 1 more in Redis"
            ),
            "\(result.output)")
        let edges = try server.contents().values.filter { $0.contains("\"entity_type\":\"association\"") }
        #expect(edges.count == 4)
        #expect(edges.count { $0.contains("\"child_id\":\"\(Self.custom)\"") } == 3)
        #expect(edges.count { $0.contains("\"parent_id\":\"\(Self.page)\"") } == 3)
        let report = try run(
            try reedImportPath(), arguments + ["--allow-existing", "--format", "json"])
        #expect(report.output.contains(#""existing":["$home","$other","#))
    }

    @Test("What Redis does not hold is an error, and a name of several types is ambiguous")
    func missing() throws {
        let (server, folder) = try site()
        try write(
            ",$none,", ",page:none,", ",\(Self.page.replacing("71bb", with: "71bc")),", ",$both,", to: folder)
        let result = try reedImport(
            folder.path(of: "site"), "--redis", server.url, "--allow-existing", "--quiet")
        #expect(result.status == 65)
        let lines = result.errors.split(separator: "\n").filter { $0.contains(" error: child_id: ") }
        #expect(lines.count == 4)
        #expect(lines.prefix(3).allSatisfy { $0.contains(", and none exists [unknown-reference]") })
        #expect(lines.last?.contains("[ambiguous-reference]") == true)
        let dangling = try reedImport(
            folder.path(of: "site"), "--redis", server.url, "--allow-existing", "--allow-dangling", "--quiet")
        #expect(dangling.status == 65, "no id can be derived from $none")
    }

    @Test("Without graph keys a semantic name finds nothing, and an id does")
    func withoutGraphKeys() throws {
        let (server, folder) = try site(graphKeys: "none")
        try write(",page:home,", to: folder)
        let options = ["--redis", server.url, "--allow-existing", "--quiet"]
        #expect(try run(try reedImportPath(), [folder.path(of: "site")] + options).status == 0)
        try write(",$home,", to: folder)
        #expect(try run(try reedImportPath(), [folder.path(of: "site")] + options).status == 65)
    }

    @Test("Without a server such a reference is a warning; a file of commands cannot have it")
    func validate() throws {
        let folder = try TemporaryDirectory()
        try write(",$home,", to: folder)
        let result = try reedImport("validate", folder.path(of: "site"), "--allow-existing")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("an import looks for it among existing entities [unknown-reference]"))
        #expect(
            try reedImport("validate", folder.path(of: "site"), "--allow-existing", "--strict").status == 65)
        let out = try reedImport(folder.path(of: "site"), "--allow-existing", "--out", folder.path(of: "x"))
        #expect(out.status == 64)
    }

    @Test("A saved plan looks again for what it refers to")
    func apply() throws {
        let (server, folder) = try site()
        try write("$home,$other,", to: folder)
        let file = folder.path(of: "plan")
        let plan = try reedImport(
            "plan", folder.path(of: "site"), "--redis", server.url, "--allow-existing", "--out", file)
        #expect(plan.status == 2, "\(plan.errors)")
        let applied = try reedImport("apply", file)
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(applied.output.contains("existing: '$home', '$other' in Redis"))
    }
}
