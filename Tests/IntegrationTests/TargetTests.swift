import Foundation
import TestSupport
import Testing

/// What is acted on is what was shown: server, user, database, source and prefix.
struct TargetTests {
    private func folder() throws -> TemporaryDirectory {
        let folder = try TemporaryDirectory()
        try folder.write("name\na\nb\n", to: "themes.csv")
        return folder
    }

    @Test("A saved plan is carried out in its own database, as its own user")
    func savedPlan() throws {
        let server = try RedisServer()
        _ = try server.ask("acl", "setuser", "imp", "on", ">pw", "~*", "&*", "+@all")
        let folder = try folder()
        let plan = folder.path(of: "p.plan")
        let url = "unix://imp:pw@\(server.socket)?db=9"
        #expect(try reedImport("plan", folder.path, "--redis", url, "--out", plan, "--quiet").status == 2)
        #expect(!(try String(contentsOfFile: plan, encoding: .utf8)).contains(":pw"))
        let applied = try reedImport("apply", plan, "--quiet", environment: ["REDISCLI_AUTH": "pw"])
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(
            try server.ask("-n", "9", "--scan", "--pattern", "entity:*").split(separator: "\n").count == 2)
        #expect(try server.ask("-n", "0", "dbsize") == "0")
        // The password may come from the variable, if that is of the same target.
        _ = try server.ask("flushall")
        let byVariable = try reedImport("apply", plan, "--quiet", environment: ["REDIS_URL": url])
        #expect(byVariable.status == 0, "\(byVariable.errors)")
    }

    @Test(
        "A plan that was made for another target is refused",
        arguments: ["unix://SOCKET?db=8", "unix://imp:pw@SOCKET?db=9", "redis://127.0.0.1:1/9"])
    func anotherTarget(url: String) throws {
        let server = try RedisServer()
        let folder = try folder()
        let plan = folder.path(of: "p.plan")
        #expect(
            try reedImport("plan", folder.path, "--redis", server.url + "?db=9", "--out", plan, "--quiet")
                .status == 2)
        let result = try reedImport(
            "apply", plan, "--redis", url.replacing("SOCKET", with: server.socket), "--quiet")
        #expect(result.status == 3, "\(result.errors)")
        #expect(result.errors.contains("the plan was made for unix://\(server.socket)?db=9"))
        #expect(try server.ask("info", "keyspace") == "# Keyspace")
    }

    @Test("A plan of another version's format is refused")
    func olderFormat() throws {
        let folder = try folder()
        let plan = try folder.write(
            #"{"reed_import_plan":1,"source":"csv"}"# + "\n{\"changes\":0}\n", to: "p.plan")
        let result = try reedImport("apply", plan)
        #expect(result.status == 3 && result.errors.contains("another version"))
        let broken = try folder.write("no plan\n", to: "q.plan")
        #expect(try reedImport("apply", broken).status == 65)
    }

    @Test(
        "A refused AUTH or SELECT ends commands that only read as well",
        arguments: ["status", "plan", "doctor"])
    func refusals(command: String) throws {
        let server = try RedisServer()
        _ = try server.ask(
            "acl", "setuser", "reader", "on", ">pw", "~*", "+@read", "+ping", "+info", "+@connection",
            "-select")
        let folder = try folder()
        let directory = command == "plan" ? [folder.path] : []
        func reed(_ url: String) throws -> ProcessResult {
            try run(try reedImportPath(), [command] + directory + ["--redis", url])
        }
        let far = try reed(server.url + "?db=99")
        #expect(far.status == 78 && far.errors.contains("DB index is out of range"), "\(far.errors)")
        let user = try reed("unix://reader:nope@\(server.socket)")
        #expect(user.status == 77 && user.errors.contains("WRONGPASS"), "\(user.errors)")
        let select = try reed("unix://reader:pw@\(server.socket)?db=3")
        #expect(select.status == 77 && select.errors.contains("NOPERM"), "\(select.errors)")
    }

    @Test("User and database are in every description")
    func descriptions() throws {
        let server = try RedisServer()
        _ = try server.ask("acl", "setuser", "x", "on", ">pw", "~*", "&*", "+@all")
        let url = "unix://x:pw@\(server.socket)?db=5"
        let shown = "unix://x@\(server.socket)?db=5"
        let folder = try folder()
        let report = folder.path(of: "report.json")
        #expect(try reedImport("doctor", "--redis", url).output.hasPrefix(shown + "\n"))
        let imported = try reedImport(folder.path, "--redis", url, "--report", report)
        #expect(imported.output.contains(shown), "\(imported.output)")
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains("\"server\":\"\(shown)\""))
        #expect(try reedImport("status", "--redis", url).output.hasPrefix(shown + "\n"))
        let plan = try reedImport("plan", folder.path, "--redis", url)
        #expect(plan.output.contains(shown), "\(plan.output)")
        let nobody = try reedImport("doctor", "--redis", "redis://x:pw@127.0.0.1:1/5")
        #expect(nobody.errors.contains("cannot connect to redis://x@127.0.0.1:1/5"))
    }

    @Test("A password that is nearly a URL's, or ends with white space, is not shown, and is said")
    func passwords() throws {
        let slashes = try reedImport("status", "--redis", "//u:secret@host")
        #expect(slashes.status == 64 && !slashes.errors.contains("secret"))
        let server = try RedisServer("--requirepass", "secret")
        let result = try reedImport(
            "status", "--redis", server.url, environment: ["REDISCLI_AUTH": "secret\n"])
        #expect(
            result.status == 77 && result.errors.contains("the password ends with white space"),
            "\(result.errors)")
    }
}
