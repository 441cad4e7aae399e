import Foundation
import TestSupport
import Testing

/// `status` and `forget`: what Redis holds of earlier imports, however it got there.
struct StatusTests {
    private let server: RedisServer
    private let folder: TemporaryDirectory
    private static let last = "reed-import:csv:last"

    init() throws {
        server = try RedisServer()
        folder = try TemporaryDirectory()
        try folder.write("name,text\na,1\nb,2\n", to: "themes.csv")
        try #require(try reedImport(folder.path, "--redis", server.url, "--quiet").status == 0)
    }

    private func reed(_ command: String, _ more: String...) throws -> ProcessResult {
        try run(try reedImportPath(), [command] + more + ["--redis", server.url])
    }

    @Test("Every source's last import is shown, and is an alarm when it is old or there is none")
    func age() throws {
        let fresh = try reed("status", "--max-age", "1h")
        #expect(fresh.status == 0)
        #expect(fresh.output.contains("csv     20"))
        _ = try server.ask("hset", Self.last, "finished", "2026-01-31T02:00:00Z")
        let old = try reed("status", "--max-age", "26h")
        #expect(old.status == 2)
        #expect(old.errors.contains("the last successful import is older than 26h, or there is none: csv"))
        #expect(try reed("status").status == 0)
        #expect(try reed("status", "--max-age", "1h", "--source", "none").status == 2)
        let json = try reed("status", "--format", "json")
        #expect(json.output.contains("\"finished\":\"2026-01-31T02:00:00.000Z\""))
        #expect(json.output.contains("\"types\":[\"theme\"]"))
        _ = try server.ask("flushall")
        #expect(try reed("status", "--max-age", "1h").errors.contains("no import was ever finished"))
    }

    @Test("An import in the future is an alarm, as nobody would hear of the next one that fails")
    func future() throws {
        _ = try server.ask("hset", Self.last, "finished", "2130-01-01T00:00:00Z")
        let alarm = try reed("status", "--max-age", "1s")
        #expect(alarm.status == 2)
        #expect(alarm.errors.contains("the last import is in the future: csv"))
        #expect(try reed("status").output.contains("in the future"))
    }

    @Test(
        "Whatever a record holds, it is shown, or said to be none",
        arguments: [
            ["created", "9223372036854775807", "updated", "1"], ["entities", "-9223372036854775808"],
            ["seconds", "1e999"], ["seconds", "nan"], ["finished", "yesterday"], ["started", ""],
            ["host", "\u{1B}[2J"], ["created", "x"], ["version", "9.9"],
        ])
    func foreignRecord(fields: [String]) throws {
        let written = try run("/usr/bin/env", ["redis-cli", "-s", server.socket, "hset", Self.last] + fields)
        #expect(written.status == 0)
        for format in ["text", "json"] {
            let status = try reed("status", "--format", format)
            #expect([0, 78].contains(status.status), "\(status.errors)")
            #expect(!(status.output + status.errors).contains("\u{1B}"))
            if format == "json", status.status == 0 {
                #expect(throws: Never.self) {
                    try JSONSerialization.jsonObject(with: Data(status.output.utf8))
                }
            }
        }
        // It stands in no import's way either.
        #expect(try reedImport(folder.path, "--redis", server.url, "--quiet").status == 0)
    }

    @Test("A record of another type is a broken configuration, for every command")
    func otherType() throws {
        for key in [Self.last, "reed-import:csv:owned:theme", "reed-import:csv:types", "reed-import:sources"]
        {
            let type = try server.ask("type", key)
            _ = try server.ask("rename", key, "kept")
            _ = try server.ask("set", key, "no record")
            let digest = try server.digest()
            let result = try reedImport(folder.path, "--redis", server.url, "--quiet")
            #expect(result.status == 78, "\(key) \(type): \(result.errors)")
            #expect(try server.digest() == digest)
            let status = try reed("status")
            #expect(status.status == (key.contains("owned") ? 0 : 78), "\(key): \(status.errors)")
            _ = try server.ask("rename", "kept", key)
        }
        #expect(try reedImport(folder.path, "--redis", server.url, "--quiet").status == 0)
    }

    @Test(
        "A source that is not imported any more is forgotten: its records, and its entities if that is said")
    func forget() throws {
        #expect(try reed("forget", "shop", "--yes").status == 66)
        #expect(try reed("forget", "csv").status == 64, "without a terminal nobody says yes")
        _ = try server.ask("set", "reed-import:csv:lock", "another's")
        #expect(try reed("forget", "csv", "--yes", "--lock-timeout", "0").status == 75)
        _ = try server.ask("del", "reed-import:csv:lock")
        #expect(try reed("forget", "csv", "--yes").status == 0)
        #expect(try server.entityCount() == 2)
        #expect(try server.ask("--scan", "--pattern", "reed-import:*") == "")
        #expect(try reedImport(folder.path, "--redis", server.url, "--quiet").status == 0)
        _ = try server.ask("set", "another", "key")
        #expect(try reed("forget", "csv", "--yes", "--delete").status == 0)
        #expect(try server.ask("--scan") == "another")
    }
}
