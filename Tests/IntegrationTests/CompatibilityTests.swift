import Foundation
import TestSupport
import Testing

/// The same runs against every release of the servers that is supported.
@Suite(.enabled(if: OtherServers.areExpected, "scripts/servers has not been run"))
struct CompatibilityTests {
    static let servers = ["redis-6.2", "redis", "valkey-9"]

    private func imports(
        _ server: RedisServer, _ folder: String, _ more: String...
    ) throws -> ProcessResult {
        try run(
            try reedImportPath(),
            ["--csv", folder, "--redis", server.url, "--quiet", "--retry-for", "0"] + more)
    }

    @Test(
        "Import, import again, update, prune, adopt, apply and forget", arguments: servers, ["auto", "never"])
    func wholeLife(name: String, atomic: String) throws {
        let server = try RedisServer(program: OtherServers.redis(name))
        let folder = try TemporaryDirectory()
        let rows = (0..<700).map { "k\($0),text \($0)\n" }
        try folder.write("key,value\n" + rows.joined(), to: "translations.de.csv")
        try folder.write("name,parent\nbase,\nchild,base\n", to: "themes.csv")
        let first = try imports(server, folder.path, "--atomic", atomic, "--verify")
        #expect(first.status == 0, "\(first.errors)")
        #expect(try server.entityCount() == 702)
        let plan = try reedImport("plan", folder.path, "--redis", server.url, "--quiet")
        #expect(plan.status == 0, "\(plan.output)")
        let changed = rows.dropFirst(20).enumerated().map {
            $0 < 300 ? $1.replacing("text", with: "words") : $1
        }
        try folder.write("key,value\n" + changed.joined(), to: "translations.de.csv")
        let second = try imports(server, folder.path, "--atomic", atomic, "--prune", "--verify")
        #expect(second.status == 0, "\(second.errors)")
        #expect(try server.entityCount() == 682)
        #expect(try server.ask("--scan", "--pattern", "*guard*") == "")
        let key = try #require(
            try server.ask("--scan", "--pattern", "entity:theme:*").split(separator: "\n").first.map(
                String.init))
        _ = try server.ask("expire", key, "1000")
        let expiring = try imports(server, folder.path, "--atomic", atomic)
        #expect(expiring.status == 0, "\(expiring.errors)")
        #expect(try server.ask("ttl", key) == "-1")
        try folder.write("name,parent\nbase,\nchild,base\nthird,\n", to: "themes.csv")
        let saved = folder.path(of: "saved.plan")
        #expect(
            try reedImport("plan", folder.path, "--redis", server.url, "--quiet", "--out", saved).status == 2)
        let applied = try reedImport("apply", saved, "--quiet")
        #expect(applied.status == 0, "\(applied.errors)")
        #expect(try imports(server, folder.path, "--source", "other").status == 3)
        #expect(
            try imports(server, folder.path, "--source", "other", "--adopt", "--atomic", atomic).status == 0)
        let forgotten = try reedImport("forget", "other", "--redis", server.url, "--yes", "--delete")
        #expect(forgotten.status == 0, "\(forgotten.errors)")
        #expect(try server.entityCount() == 0)
        #expect(try reedImport("status", "--redis", server.url).status == 0)
        #expect(try reedImport("doctor", "--redis", server.url).status == 0)
    }

    @Test("The user that doctor --acl makes can do it all, and nothing else", arguments: servers)
    func exactRights(name: String) throws {
        let server = try RedisServer(program: OtherServers.redis(name))
        let printed = try reedImport("doctor", "--acl", "--redis", "redis://imp:x@localhost")
        #expect(printed.status == 0)
        let words = printed.output.replacing(">PASSWORD", with: ">pw").split(whereSeparator: \.isWhitespace)
        let made = try run("/usr/bin/env", ["redis-cli", "-s", server.socket] + words.map(String.init))
        #expect(made.output == "OK\n", "\(made.output)")
        let url = "unix://imp:pw@\(server.socket)"
        let folder = try TemporaryDirectory()
        let rows = (0..<5000).map { "k\($0),text\n" }.joined()
        try folder.write("key,value\n" + rows, to: "translations.de.csv")
        let doctor = try reedImport("doctor", "--redis", url)
        #expect(doctor.status == 0, "\(doctor.output)")
        for atomic in ["auto", "never"] {
            let result = try run(
                try reedImportPath(),
                ["--csv", folder.path, "--redis", url, "--atomic", atomic, "--prune", "--verify", "--quiet"])
            #expect(result.status == 0, "\(result.errors)")
            try folder.write(
                "key,value\n" + rows.dropLast(2000).split(separator: "\n").dropLast().joined(separator: "\n")
                    + "\n", to: "translations.de.csv")
        }
        #expect(try reedImport("status", "--redis", url).status == 0)
        for command in [["flushall"], ["keys", "*"], ["config", "get", "*"], ["get", "other"]] {
            let refused = try run(
                "/usr/bin/env",
                ["redis-cli", "-s", server.socket, "--user", "imp", "--pass", "pw", "--no-auth-warning"]
                    + command)
            #expect(refused.output.contains("NOPERM"), "\(command): \(refused.output)")
        }
        #expect(try reedImport("forget", "csv", "--redis", url, "--yes", "--delete").status == 0)
    }

    @Test("A full memory leaves nothing of one transaction", arguments: servers)
    func outOfMemory(name: String) throws {
        let server = try RedisServer(
            program: OtherServers.redis(name), ["--maxmemory", "6mb", "--maxmemory-policy", "noeviction"])
        let folder = try TemporaryDirectory()
        let text = String(repeating: "x", count: 400)
        try folder.write(
            "key,value\n" + (0..<12_000).map { "k\($0),\(text)\n" }.joined(), to: "translations.de.csv")
        let refused = try imports(server, folder.path)
        #expect(refused.status == 78 && refused.errors.contains("do not fit"), "\(refused.errors)")
        let result = try imports(server, folder.path, "--ignore-memory")
        #expect(result.status == 75 && result.errors.contains("OOM"), "\(result.errors)")
        #expect(try server.entityCount() == 0)
    }
}
