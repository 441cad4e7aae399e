import Foundation
import TestSupport
import Testing

/// The whole program against a real Redis.
struct ImportTests {
    private struct Report: Decodable {
        struct Counts: Decodable { let entities, files, rows, created, updated, unchanged, deleted: Int }
        let kinds: [String: Counts]
        let total: Counts
    }

    @Test(
        "A site is imported as the contract says, and its summary counts what is there",
        arguments: ["config", "config-by-id"])
    func sites(name: String) throws {
        let server = try RedisServer()
        let result = try reedImport("--csv", "fixtures/\(name)", "--redis", server.url, "--format", "json")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        let contents = try server.contents()
        #expect(report.kinds.count == (name == "config" ? 9 : 4))
        for counts in report.kinds.values {
            #expect(counts.rows > 0)
            #expect(counts.created == counts.entities)
        }
        #expect(contents.count == report.total.entities)

        let expected = try Oracle.says(of: "\(Fixtures.root)/fixtures/\(name)")
        #expect(expected.valid, "\(expected.why ?? "")")
        let found = differences(try server.everything(), expected.keys ?? [:])
        #expect(found == [])
    }

    @Test("Importing twice leads to the same keys, and with the same time to the same values")
    func twice() throws {
        let server = try RedisServer()
        let arguments = ["--csv", "fixtures/config", "--redis", server.url]
        let program = try reedImportPath()
        #expect(try run(program, arguments, environment: ["SOURCE_DATE_EPOCH": "1700000000"]).status == 0)
        let first = try server.contents()
        #expect(first.values.allSatisfy { $0.contains(#""updated_at":"2023-11-14T22:13:20.000Z""#) })
        // Four rows say when their entity was created.
        let created = first.values.count { $0.contains(#""created_at":"2023-11-14T22:13:20.000Z""#) }
        #expect(created == Fixtures.siteCount - 4)
        #expect(try run(program, arguments + ["--timestamp", "2023-11-14T23:13:20.0009+01:00"]).status == 0)
        #expect(try server.contents() == first)
        #expect(try run(program, arguments).status == 0)
        #expect(Set(try server.contents().keys) == Set(first.keys))
    }

    @Test("Prefix and author go where they belong")
    func prefix() throws {
        let server = try RedisServer()
        let result = try reedImport(
            "import", "--csv", "fixtures/config-by-id", "--redis", server.url, "--key-prefix", "site{1}:",
            "--created-by", "the \"nightly\" sync", "--quiet")
        #expect(result.status == 0)
        #expect(result.output == "")
        let contents = try server.contents()
        #expect(contents.keys.allSatisfy { $0.hasPrefix("site{1}:entity:") })
        #expect(contents.values.allSatisfy { $0.contains(#""created_by":"the \"nightly\" sync""#) })
    }

    @Test("REDIS_URL and REDISCLI_AUTH serve where no option is given")
    func environment() throws {
        let server = try RedisServer("--requirepass", "s3cret")
        let result = try reedImport(
            "--csv", "fixtures/config", environment: ["REDIS_URL": server.url, "REDISCLI_AUTH": "s3cret"])
        #expect(result.status == 0)
        let refused = try reedImport(
            "--csv", "fixtures/config", environment: ["REDIS_URL": server.url, "REDISCLI_AUTH": "wr0ng"])
        #expect(refused.status == 77)
        #expect(!refused.errors.contains("wr0ng"))
        #expect(refused.errors.split(separator: "\n").count == 1)
    }

    @Test(
        "The commands of an import, in a file or a pipe, lead to the same as the import",
        arguments: ["file", "-"])
    func commands(target: String) throws {
        let (direct, piped) = (try RedisServer(), try RedisServer())
        let folder = try TemporaryDirectory()
        let program = try reedImportPath()
        let time = ["--csv", "fixtures/config", "--timestamp", "2026-01-31T02:00:00Z"]
        #expect(try run(program, time + ["--redis", direct.url]).status == 0)
        let out = target == "-" ? target : folder.path(of: "import.resp")
        let command = "'\(program)' \(time.joined(separator: " ")) --out '\(out)'"
        let pipe = "redis-cli -s '\(piped.socket)' --pipe"
        let script = target == "-" ? "\(command) | \(pipe)" : "\(command) && \(pipe) <'\(out)'"
        #expect(try run("/bin/sh", ["-c", script]).output.contains("errors: 0"))
        #expect(try piped.contents() == direct.contents())
        #expect(try reedImport("--csv", "fixtures/config", "--out", out, "--redis", "localhost").status == 64)
    }

    @Test("Any problem found in validation leaves Redis untouched", arguments: try brokenDirectories())
    func untouched(name: String) throws {
        let server = try RedisServer()
        let arguments = ["--csv", "fixtures/broken/\(name)/config", "--redis", server.url, "--strict"]
        let result = try run(try reedImportPath(), arguments + (try extraArguments(name)))
        #expect(result.status == 65)
        #expect(result.output == "")
        #expect(try server.ask("dbsize") == "0")
        #expect(try server.ask("info", "commandstats").contains("cmdstat_set") == false)
    }

    @Test("A server that is down, or that hangs up, is one clear line")
    func unavailable() throws {
        let down = try reedImport("--csv", "fixtures/config", "--redis", "unix:///nonexistent/r.sock")
        #expect(down.status == 69)
        #expect(
            down.errors
                == "reed-import: cannot connect to unix:///nonexistent/r.sock?db=0: No such file or directory; nothing written; is the server running?\n"
        )
        #expect(down.output == "")
    }

    @Test("With the standard descriptors closed, messages go nowhere, least of all to Redis")
    func closedDescriptors() throws {
        let server = try RedisServer("--replicaof", "127.0.0.1 1")
        let program = try reedImportPath()
        let script = "exec <&- >&- 2>&-; '\(program)' --csv fixtures/config-by-id --redis '\(server.url)'"
        #expect(try run("/bin/sh", ["-c", script]).status == 75)
        #expect(try server.ask("info", "errorstats").contains("errorstat_ERR") == false)
    }

    @Test("SIGTERM ends an import cleanly: what was confirmed is there, and nothing else")
    func terminated() throws {
        let server = try RedisServer()
        let folder = try TemporaryDirectory()
        let rows = (0..<60_000).map { "key.\($0),value \($0)\n" }.joined()
        try folder.write("key,value\n" + rows, to: "translations.de.csv")
        _ = try server.ask("client", "pause", "100000", "write")
        let program = Process()
        program.executableURL = URL(fileURLWithPath: try reedImportPath())
        program.arguments = ["--csv", folder.path, "--redis", server.url]
        let errors = Pipe()
        program.standardError = errors
        program.standardOutput = FileHandle.nullDevice
        try program.run()
        try waitUntil("it waits") { try server.ask("info", "clients").contains("blocked_clients:1") }
        kill(program.processIdentifier, SIGTERM)
        _ = try server.ask("client", "unpause")
        program.waitUntilExit()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(program.terminationStatus == 143)
        let line = try #require(text.split(separator: "\n").last)
        #expect(line.hasPrefix("reed-import: interrupted; "))
        // It was waiting for its lock, which it gives back.
        #expect(line == "reed-import: interrupted; nothing written")
        #expect(try server.ask("dbsize") == "0")
    }
}

/// The names of the directories in `fixtures/broken`.
func brokenDirectories() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Fixtures.path("broken")).sorted()
}

/// The arguments that a broken directory needs to show its fault.
func extraArguments(_ name: String) throws -> [String] {
    let path = Fixtures.path("broken/\(name)/arguments")
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
}
