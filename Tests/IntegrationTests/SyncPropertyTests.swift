import Foundation
import TestSupport
import Testing

/// Two directories at random: importing one and then the other leads to what the other alone leads to.
struct SyncPropertyTests {
    private static let settings = ["none", "graph", "words"]

    /// Options of a run that brings the server to what the directory says, whatever was there.
    private static func options(_ dice: inout SeededGenerator) -> [String] {
        let ways = [
            [], ["--atomic", "never"], ["--atomic-limit", "10"], ["--atomic", "never", "--batch", "3"],
        ]
        return ["--quiet", "--prune", "--prune-missing", "--max-delete", "100%"]
            + (ways.randomElement(using: &dice) ?? [])
    }

    private func sync(_ folder: TemporaryDirectory, _ url: String, _ options: [String]) throws
        -> ProcessResult
    {
        try run(try reedImportPath(), ["--csv", folder.path, "--redis", url] + options)
    }

    /// Nothing is left to do, and the graph keys are there.
    private func expectNothingToDo(_ folder: TemporaryDirectory, _ url: String, _ options: [String] = [])
        throws
    {
        let plan = try run(
            try reedImportPath(),
            ["plan", "--csv", folder.path, "--redis", url, "--quiet", "--prune"] + options)
        #expect(plan.status == 0, "\(plan.output)")
        let verified = try sync(folder, url, ["--verify", "--quiet"] + options)
        #expect(verified.status == 0, "\(verified.errors)")
    }

    @Test("A directory at random, right or wrong, leads to what the contracts say", arguments: 0..<60)
    func oracle(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(1000 + seed))
        var site = RandomSite(&dice)
        if seed % 3 > 0 { site.spoil(&dice) }
        let folder = try site.folder()
        let setting = Self.settings.randomElement(using: &dice) ?? ""
        let expected = try Oracle.says(of: folder.path, graphKeys: setting)
        let server = try RedisServer()
        let result = try sync(folder, server.url, ["--quiet", "--graph-keys", setting])
        #expect(result.status == (expected.valid ? 0 : 65), "\(expected.why ?? "valid"): \(result.errors)")
        let found = differences(try server.everything(), expected.keys ?? [:])
        #expect(found == [])
    }

    @Test("Importing A and then B leads to what importing B does", arguments: (Array(0..<30) + [1171]))
    func convergence(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let (first, second) = (try RandomSite(&dice).folder(), try RandomSite(&dice).folder())
        let server = try RedisServer()
        let before = Self.settings.randomElement(using: &dice) ?? ""
        let setting = Self.settings.randomElement(using: &dice) ?? ""
        let begun = try sync(first, server.url, Self.options(&dice) + ["--graph-keys", before])
        #expect(begun.status == 0, "\(begun.errors)")
        let options = Self.options(&dice) + ["--graph-keys", setting]
        let result = try sync(second, server.url, options)
        #expect(result.status == 0, "\(result.errors)")
        try expectContract(server, second, graphKeys: setting, "\(before), \(options)")
        try expectNothingToDo(second, server.url)
    }

    @Test(
        "The same where the second run is killed, or its connection cut, at any moment, and begins again",
        arguments: 100..<115)
    func crashes(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let (first, second) = (try RandomSite(&dice).folder(), try RandomSite(&dice).folder())
        let server = try RedisServer()
        let before = Self.settings.randomElement(using: &dice) ?? ""
        let setting = Self.settings.randomElement(using: &dice) ?? ""
        #expect(
            try sync(first, server.url, Self.options(&dice) + ["--graph-keys", before]).status == 0)
        let options = Self.options(&dice) + ["--retry-for", "0", "--graph-keys", setting]
        for _ in 0..<3 {
            if Bool.random(using: &dice) {
                // Whatever is behind so many bytes never arrives.
                let cut = "\(Int.random(in: 1...60_000, using: &dice))"
                let direction = Bool.random(using: &dice) ? "c2s" : "s2c"
                let proxy = try FaultProxy(server, "--cut-after-bytes", cut, "--dir", direction)
                _ = try sync(second, proxy.url, options)
            } else {
                let proxy = try FaultProxy(server, "--dribble", "200", "--dir", "both")
                let process = try RunningProcess(
                    try reedImportPath(), ["--csv", second.path, "--redis", proxy.url] + options)
                Thread.sleep(forTimeInterval: Double.random(in: 0...0.3, using: &dice))
                process.signal(SIGKILL)
                _ = try process.finish()
            }
            _ = try server.ask("del", "reed-import:csv:lock")  // it would expire
        }
        let result = try sync(second, server.url, options)
        #expect(result.status == 0, "\(result.errors)")
        try expectContract(server, second, graphKeys: setting, "\(before), \(options)")
        try expectNothingToDo(second, server.url)
    }

    @Test(
        "Two sources that put things into the same containers keep out of each other's way",
        arguments: 200..<220)
    func twoSources(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let server = try RedisServer()
        var expected: [String: [String: String]] = [:]
        for turn in 0..<6 {
            let source = turn % 2 == 0 ? "csv" : "shop"
            let site = turn % 2 == 0 ? RandomSite(&dice, declares: false) : RandomSite.supplement(&dice)
            let folder = try site.folder()
            let setting = Self.settings.randomElement(using: &dice) ?? ""
            let options = Self.options(&dice) + ["--source", source, "--graph-keys", setting]
            let result = try sync(folder, server.url, options)
            #expect(result.status == 0, "\(result.errors)")
            expected[source] = try Oracle.says(of: folder.path, graphKeys: setting).keys ?? [:]
            let found = differences(try server.everything(), Self.merged(expected))
            #expect(found == [], "turn \(turn): \(options)")
            try expectNothingToDo(folder, server.url, ["--source", source])
        }
    }

    /// The keys of both sources: what both have of a set is there once.
    private static func merged(_ sources: [String: [String: String]]) -> [String: String] {
        var all: [String: Set<String>] = [:]
        for (source, keys) in sources {
            for (key, text) in keys {
                if key == "reed-import:sources" {
                    all[key, default: []].insert(source)
                } else if key.hasPrefix("entity:") {
                    all[key] = [text]
                } else {
                    let key = key.replacing("reed-import:csv:", with: "reed-import:\(source):")
                    all[key, default: []].formUnion(text.split(separator: "\n").map(String.init))
                }
            }
        }
        return all.mapValues { $0.sorted().joined(separator: "\n") }
    }
}
