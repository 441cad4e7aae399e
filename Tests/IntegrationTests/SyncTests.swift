import Foundation
import TestSupport
import Testing

/// Importing again, pruning, and everything that can say no, through the program.
struct SyncTests {
    private static let themes = "theme_name,description\na,A\nb,B\nc,C\n"
    private static let texts = "key,value\nx.a,hello\nx.b,there\n"

    /// A directory of three themes and two texts, imported.
    private func site() throws -> (RedisServer, TemporaryDirectory) {
        let server = try RedisServer()
        let folder = try TemporaryDirectory()
        try folder.write(Self.themes, to: "themes.csv")
        try folder.write(Self.texts, to: "translations.de.csv")
        let result = try sync(server, folder)
        try #require(result.status == 0, "\(result.errors)")
        return (server, folder)
    }

    private func sync(_ server: RedisServer, _ folder: TemporaryDirectory, _ more: String...) throws
        -> ProcessResult
    {
        try run(try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--quiet"] + more)
    }

    private func plan(_ server: RedisServer, _ folder: TemporaryDirectory, _ more: String...) throws
        -> ProcessResult
    {
        try run(
            try reedImportPath(), ["plan", "--csv", folder.path, "--redis", server.url, "--quiet"] + more)
    }

    @Test("What left the directory stays without --prune, and leaves with it", arguments: ["auto", "never"])
    func pruning(atomic: String) throws {
        let (server, folder) = try site()
        try folder.write("theme_name,description\na,A\n", to: "themes.csv")
        let kept = try run(try reedImportPath(), ["--csv", folder.path, "--redis", server.url])
        #expect(kept.status == 0)
        #expect(
            kept.errors.contains(
                "note: 2 owned entities are not in the directory any more; --prune deletes them"))
        #expect(try server.entityCount() == 5)
        let planned = try plan(server, folder, "--prune")
        #expect(planned.status == 2)
        #expect(planned.output.contains("  - entity:theme:"))
        #expect(
            planned.output.hasSuffix(
                "Plan: 0 to create, 0 to update, 2 to delete, 3 unchanged, 0 conflicts\n"))
        #expect(try plan(server, folder, "--prune", "--fail-on", "delete").status == 3)
        let pruned = try sync(server, folder, "--prune", "--atomic", atomic)
        #expect(pruned.status == 0, "\(pruned.errors)")
        #expect(try server.entityCount() == 3)
        #expect(try plan(server, folder, "--prune", "--fail-on", "delete").status == 0)
    }

    @Test("An empty or missing file prunes nothing without --prune-missing")
    func emptyFiles() throws {
        let (server, folder) = try site()
        try folder.write("", to: "themes.csv")
        var result = try run(try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--prune"])
        #expect(result.status == 0)
        #expect(
            result.errors.contains(
                "warning: the directory has none of the theme entities any more, of which 3 are owned; kept"))
        #expect(try server.entityCount() == 5)
        try folder.write("theme_name,description\n", to: "themes.csv")
        #expect(try sync(server, folder, "--prune").status == 0)
        try FileManager.default.removeItem(atPath: folder.path(of: "themes.csv"))
        #expect(try sync(server, folder, "--prune").status == 0)
        #expect(try server.entityCount() == 5)
        result = try sync(server, folder, "--prune", "--prune-missing")
        #expect(result.status == 0)
        #expect(try server.entityCount() == 2)
        #expect(try sync(server, folder, "--prune-missing").status == 64)
    }

    @Test("Too many deletions are refused with the list, by plan and by import")
    func tooMany() throws {
        let (server, folder) = try site()
        let rows = (0..<40).map { "t\($0),T\n" }.joined()
        try folder.write("theme_name,description\n" + rows, to: "themes.csv")
        #expect(try sync(server, folder, "--prune").status == 0)
        try folder.write("theme_name,description\nt1,T\n", to: "themes.csv")
        let before = try server.digest()
        let out = folder.path + ".plan"
        for (result, status): (ProcessResult, Int32) in [
            (try sync(server, folder, "--prune"), 3), (try plan(server, folder, "--prune"), 2),
            (try plan(server, folder, "--prune", "--out", out), 3),
        ] {
            #expect(result.status == status)
            #expect(result.errors.contains("would delete 39 of 42 owned entities; the limit is 5"))
        }
        #expect(!FileManager.default.fileExists(atPath: out))
        let refused = try sync(server, folder, "--prune", "--max-delete", "50%")
        #expect(refused.status == 3)
        #expect(refused.errors.components(separatedBy: "would be deleted\n").count == 40)
        #expect(refused.errors.contains("nothing written"))
        #expect(try server.digest() == before)
        #expect(try sync(server, folder, "--prune", "--max-delete", "39").status == 0)
        #expect(try server.entityCount() == 3)
        for wrong in ["x", "-1", "101%"] {
            #expect(try sync(server, folder, "--max-delete", wrong).status == 64)
        }
    }

    @Test("Unless a number is given, no deletion is of all that a source owns")
    func neverAll() throws {
        let (server, folder) = (try RedisServer(), try TemporaryDirectory())
        for count in [1, 4, 18] {
            let rows = (0..<count).map { "t\($0),T\n" }.joined()
            try folder.write("theme_name,description\n" + rows, to: "themes.csv")
            #expect(try sync(server, folder).status == 0)
            try folder.write("theme_name,description\n", to: "themes.csv")
            #expect(try sync(server, folder, "--prune", "--prune-missing").status == 3)
            #expect(try server.entityCount() == count)
            #expect(
                try sync(server, folder, "--prune", "--prune-missing", "--max-delete", "100%").status == 0)
            #expect(try server.entityCount() == 0)
        }
    }

    @Test("Another source's entities, and keys that hold no entity, are listed and left alone")
    func conflicts() throws {
        let (server, folder) = try site()
        let before = try server.digest()
        let foreign = try sync(server, folder, "--source", "shop")
        #expect(foreign.status == 3)
        #expect(foreign.errors.contains("themes.csv:2: error: entity:theme:"))
        #expect(foreign.errors.contains("the entity belongs to source 'csv'"))
        #expect(try plan(server, folder, "--source", "shop").status == 3)
        #expect(try server.digest() == before)
        #expect(try sync(server, folder, "--source", "shop", "--adopt").status == 0)
        #expect(try sync(server, folder).status == 3)
        #expect(try sync(server, folder, "--source", "No!").status == 64)
    }

    @Test("Changes that do not fit are split, or refused if they must not be; the summary says which")
    func atomicity() throws {
        let (server, folder) = try site()
        try folder.write(
            Self.themes.replacing(",A", with: ",AA").replacing(",B", with: ",BB"), to: "themes.csv")
        let refused = try sync(server, folder, "--atomic", "always", "--atomic-limit", "1")
        #expect(refused.status == 3)
        #expect(refused.errors.contains("2 changes of"))
        let split = try run(
            try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--atomic-limit", "1"])
        #expect(split.output.contains("\n2 changes in batches; "))
        try folder.write(Self.themes, to: "themes.csv")
        let whole = try run(
            try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--atomic-limit", "50,1KiB"])
        #expect(whole.output.contains("\n2 changes in one transaction; "))
        let none = try run(try reedImportPath(), ["--csv", folder.path, "--redis", server.url])
        #expect(none.output.contains("\nno changes; "))
        for wrong in ["x", "1,2,3", "1KiB,1", "-1"] {
            #expect(try sync(server, folder, "--atomic-limit", wrong).status == 64)
        }
    }

    // MARK: - The lock

    @Test("A second import waits for the first, and gives up by naming it")
    func lock() throws {
        let site = try FaultSite(rows: 4000)
        let proxy = try site.held(at: 100_000)
        let first = try site.start(proxy.url, ["--retry-for", "0", "--timeout", "1h"])
        try proxy.awaitHold()
        let hasty = try site.run(site.server.url, "--retry-for", "0", "--lock-timeout", "0")
        #expect(hasty.status == 75)
        #expect(hasty.errors.contains("import running since 20"))
        #expect(hasty.errors.contains("/\(first.id)"))
        let waiting = try RunningProcess(
            try reedImportPath(),
            site.arguments(site.server.url, ["--retry-for", "0", "--lock-timeout", "1h"]).filter {
                $0 != "--quiet"
            })
        try waitUntil("it waits") {
            try waiting.errorsSoFar().contains("note: waiting for the lock: import running")
        }
        #expect(first.isRunning && waiting.isRunning)
        proxy.release()
        let ended = try first.finish()
        #expect(ended.status == 0, "\(ended.errors)")
        let patient = try waiting.finish()
        #expect(patient.status == 0, "\(patient.errors)")
        try site.expectComplete()
        #expect(try site.server.ask("exists", "reed-import:csv:lock") == "0")
    }

    @Test("Whoever loses the lock in the middle stops writing; whoever is interrupted gives it back")
    func lostLock() throws {
        let site = try FaultSite()
        let proxy = try site.held()
        let robbed = try site.start(proxy.url, ["--retry-for", "0", "--batch", "16", "--timeout", "1h"])
        try site.awaitEntities(100)
        _ = try site.server.ask("set", "reed-import:csv:lock", "somebody else's")
        proxy.release()
        let result = try robbed.finish()
        try site.expect(result, status: 75, words: "the lock was lost", repeats: false)
        #expect(try site.server.ask("get", "reed-import:csv:lock") == "somebody else's")
        #expect(try site.server.entityCount() < site.rows)
        _ = try site.server.ask("flushall")
        let again = try site.held()
        let interrupted = try site.start(again.url, ["--retry-for", "0", "--batch", "16", "--timeout", "1h"])
        try site.awaitEntities(100)
        #expect(try site.server.ask("exists", "reed-import:csv:lock") == "1")
        interrupted.signal(SIGINT)
        again.release()
        try site.expect(try interrupted.finish(), status: 130, words: "interrupted", repeats: false)
        #expect(try site.server.ask("exists", "reed-import:csv:lock") == "0")
        try site.expectMended()
    }

    @Test("A lock that a crash has left expires, and until then somebody waits for it")
    func leftLock() throws {
        let (server, folder) = try site()
        let value = #"{"host":"gone","pid":1,"start":"2026-01-31T02:00:00.000Z","token":"x"}"#
        _ = try server.ask("set", "reed-import:csv:lock", value, "px", "1500")
        let result = try run(try reedImportPath(), ["--csv", folder.path, "--redis", server.url])
        #expect(result.status == 0)
        #expect(
            result.errors.contains(
                "note: waiting for the lock: import running since 2026-01-31T02:00:00.000Z"))
        #expect(result.errors.contains("on gone/1"))
    }

    @Test("Two imports of different input at once: one after the other, and no mixture")
    func race() throws {
        let server = try RedisServer()
        let folders = try (0..<2).map { number in
            let folder = try TemporaryDirectory()
            let rows = (0..<3000).map { "key\($0),text \(number)\n" }.joined()
            try folder.write("key,value\n" + rows, to: "translations.de.csv")
            return folder
        }
        let runs = try folders.map { folder in
            try RunningProcess(
                try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--quiet"])
        }
        for run in runs { #expect(try run.finish().status == 0) }
        let values = try server.contents().values.filter { $0.hasPrefix("{\"id\"") }
        let first = values.count { $0.contains("\"value\":\"text 0\"") }
        #expect(values.count == 3000)
        #expect(first == 0 || first == 3000, "\(first) of 3000")
    }

    // MARK: - Interruptions

    @Test("Cut off after any number of bytes, run again, and all is as it should be", arguments: 0..<12)
    func cutOff(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let server = try RedisServer()
        let folder = try TemporaryDirectory()
        func write(_ range: Range<Int>, _ text: String) throws {
            try folder.write(
                "key,value\n" + range.map { "k\($0),\(text) \($0)\n" }.joined(), to: "translations.de.csv")
        }
        try write(0..<300, "old")
        try #require(try sync(server, folder).status == 0)
        try write(100..<400, "new")
        let atomic = seed % 2 == 0 ? "auto" : "never"
        let limit = ["--prune", "--max-delete", "100", "--atomic", atomic, "--retry-for", "0"]
        let cut = Int.random(in: 1...220_000, using: &dice)
        let direction = seed % 3 == 0 ? "s2c" : "c2s"
        let before = try server.digest()
        let proxy = try FaultProxy(server, "--cut-after-bytes", "\(cut)", "--dir", direction)
        let result = try run(
            try reedImportPath(), ["--csv", folder.path, "--redis", proxy.url, "--quiet"] + limit)
        let middle = try server.digest()
        if atomic == "auto" {
            // All of it or nothing, and the exit code says which unless nobody knows.
            if result.status == 0 { #expect(middle != before) }
            if result.errors.contains("nothing written") { #expect(middle == before) }
        }
        _ = try server.ask("del", "reed-import:csv:lock")
        let again = try run(
            try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--quiet"] + limit)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try server.entityCount() == 300)
        #expect(try plan(server, folder, "--prune").status == 0)
        let owned = try server.ask(
            "eval",
            "local n = 0 for _, v in ipairs(redis.call('hvals', KEYS[1])) do n = n + #v end return n / 16",
            "1",
            "reed-import:csv:owned:translation")
        #expect(owned == "300")
    }

    @Test("The reply to EXEC is lost: the last record tells that it was carried out")
    func lostReply() throws {
        let (server, folder) = try site()
        var round = 0
        /// A run whose first connection is cut after so many bytes of replies: how it ended, and whether it was carried out.
        func attempt(_ cut: Int) throws -> (result: ProcessResult, isDone: Bool, wasAsked: Bool) {
            round += 1
            try folder.write(Self.themes.replacing(",A", with: ",A\(round)"), to: "themes.csv")
            let before = try server.ask("hget", "reed-import:csv:last", "run")
            _ = try server.ask("hdel", "reed-import:csv:last", "asked")
            let proxy = try FaultProxy(server, "--cut-after-bytes", "\(cut)", "--dir", "s2c", "--first", "1")
            let result = try run(
                try reedImportPath(),
                ["--csv", folder.path, "--redis", proxy.url, "--quiet", "--retry-for", "0"])
            let isDone = try server.ask("hget", "reed-import:csv:last", "run") != before
            let isStored = try server.contents().values.contains { $0.contains("\"A\(round)\"") }
            #expect(isDone == isStored, "\(cut): all of it or nothing")
            if result.status == 0 { #expect(isDone) }
            if result.errors.contains("nothing written") { #expect(!isDone, "\(cut): \(result.errors)") }
            if result.errors.contains("change written") { #expect(isDone, "\(cut): \(result.errors)") }
            return (result, isDone, try server.ask("hexists", "reed-import:csv:last", "asked") == "1")
        }
        var (low, high) = (0, 40_000)
        while high - low > 16 {
            let middle = (low + high) / 2
            if try attempt(middle).isDone { high = middle } else { low = middle }
        }
        // Around the first number of bytes at which it is carried out, the reply is on its way; INFO's length varies.
        let wasLost = try stride(from: low - 40, through: high + 60, by: 7).contains { cut in
            let (result, isDone, wasAsked) = try attempt(cut)
            return result.status == 0 && isDone && wasAsked
        }
        #expect(wasLost)
    }

    // MARK: - Saved plans

    @Test("A saved plan is carried out as it is, once")
    func savedPlan() throws {
        let (server, folder) = try site()
        let file = folder.path(of: "plan.json")
        try folder.write("theme_name,description\na,AA\nd,D\n", to: "themes.csv")
        #expect(try plan(server, folder, "--prune", "--out", file).status == 2)
        // What has changed since and is not in the plan is left alone.
        let other = try #require(try server.contents().first { $0.value.contains("\"key\":\"x.a\"") })
        _ = try server.ask("set", other.key, other.value.replacing("hello", with: "by hand"))
        let result = try reedImport("apply", file, "--quiet")
        #expect(result.status == 0, "\(result.errors)")
        #expect(try server.entityCount() == 4)
        #expect(try server.ask("get", other.key).contains("by hand"))
        #expect(try plan(server, folder, "--prune").output.contains("1 to update, 3 unchanged"))
        let twice = try reedImport("apply", file)
        #expect(twice.status == 3)
        #expect(
            twice.errors.contains("4 of 4 keys of the plan have changed since it was made; nothing written"))
    }

    @Test("A plan is refused if the directory or one of its keys has changed, and if it is no plan")
    func stalePlan() throws {
        let (server, folder) = try site()
        let file = folder.path(of: "plan.json")
        try folder.write(Self.themes.replacing(",A", with: ",AA"), to: "themes.csv")
        #expect(try plan(server, folder, "--out", file).status == 2)
        let key = try #require(try server.contents().first { $0.value.contains("\"description\":\"A\"") })
        _ = try server.ask("set", key.key, key.value.replacing("\"A\"", with: "\"B\""))
        #expect(try reedImport("apply", file).status == 3)
        _ = try server.ask("set", key.key, key.value)
        try folder.write(Self.texts + "x.c,more\n", to: "translations.de.csv")
        let changed = try reedImport("apply", file)
        #expect(changed.status == 3)
        #expect(changed.errors.contains("the directory has changed since the plan was made; nothing written"))
        try folder.write(Self.texts, to: "translations.de.csv")
        #expect(try reedImport("apply", file).status == 0)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try folder.write(String(text.dropLast(20)), to: "cut.json")
        #expect(try reedImport("apply", folder.path(of: "cut.json")).status == 65)
        #expect(try reedImport("apply", folder.path(of: "none.json")).status == 66)
        #expect(!text.contains("\"AA\""), "a plan holds digests and no content")
    }

    // MARK: - Reports

    @Test("A report is written beside the summary, with the same numbers")
    func report() throws {
        let (server, folder) = try site()
        let file = folder.path(of: "report.json")
        try folder.write(Self.themes.replacing(",A", with: ",AA"), to: "themes.csv")
        let result = try run(
            try reedImportPath(),
            ["--csv", folder.path, "--redis", server.url, "--report", file, "--format", "json"])
        #expect(result.status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == result.output)
        #expect(result.output.contains(#""updated":1,"unchanged":4,"deleted":0,"conflicts":0"#))
        #expect(result.output.contains(#""visibility":"atomic""#))
        // The members are those of the schema.
        func object(_ data: Data) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        }
        let schema = try object(
            Data(contentsOf: URL(fileURLWithPath: Fixtures.root + "/docs/report.schema.json")))
        let report = try object(Data(result.output.utf8))
        let members = try #require(schema["properties"] as? [String: Any])
        #expect(
            Set(report.keys).union(["verified", "existing", "exit_code", "message"]) == Set(members.keys))
        let counts = try #require(
            (schema["$defs"] as? [String: [String: Any]])?["counts"]?["properties"] as? [String: Any])
        #expect(Set((report["total"] as? [String: Any] ?? [:]).keys) == Set(counts.keys))
        let bad = try sync(server, folder, "--report", "/nonexistent/report.json")
        #expect(bad.status == 73)
    }

    @Test("Annotations name file, line and column, and end with the numbers")
    func annotations() throws {
        let (server, folder) = try site()
        let good = try sync(server, folder, "--format", "github")
        #expect(good.status == 0)
        let shown = try run(
            try reedImportPath(), ["--csv", folder.path, "--redis", server.url, "--format", "github"])
        #expect(
            shown.output.hasPrefix("::notice title=reed-import::5 entities of 5 rows in 2 files: 0 created"))
        let planned = try plan(server, folder, "--format", "github")
        #expect(
            planned.output
                == "::notice title=reed-import::Plan: 0 to create, 0 to update, 5 unchanged, 0 conflicts; target: \(server.url)?db=0, source csv\n"
        )
        try folder.write("theme_name,parent_theme\na,50%\n", to: "themes.csv")
        let bad = try run(try reedImportPath(), ["validate", "--csv", folder.path, "--format", "github"])
        #expect(bad.status == 65)
        #expect(bad.output.hasPrefix("::error file="))
        #expect(bad.output.contains(",line=2,col=3::parent_theme: "))
        #expect(bad.output.contains("50%25"))
    }
}
