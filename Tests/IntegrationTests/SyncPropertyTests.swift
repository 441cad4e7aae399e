import Foundation
import TestSupport
import Testing

/// Two directories at random: importing one and then the other leads to what the other alone leads to.
struct SyncPropertyTests {
    private static let types = ["snippet", "theme", "association", "translation"]

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

    /// All keys but the lock and the last record: entities without their times, and who owns what.
    private func contents(_ server: RedisServer) throws -> [String: String] {
        let times = try Regex(#""(created|updated)_at":"[^"]*""#)
        var contents = try server.contents().mapValues { $0.replacing(times, with: "") }
        #expect(contents["reed-import:csv:lock"] == nil)
        for type in Self.types {
            let key = "reed-import:csv:owned:\(type)"
            contents[key] = try server.ask("debug", "digest-value", key)
        }
        contents["reed-import:sources"] = try server.ask("smembers", "reed-import:sources")
        contents["keys"] = try server.ask("dbsize")
        return contents
    }

    /// What importing into an empty server leads to.
    private func undisturbed(_ folder: TemporaryDirectory) throws -> [String: String] {
        let server = try RedisServer()
        let result = try sync(folder, server.url, ["--quiet"])
        #expect(result.status == 0, "\(result.errors)")
        return try contents(server)
    }

    @Test("Importing A and then B leads to what importing B does", arguments: 0..<20)
    func convergence(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let (first, second) = (try RandomSite(&dice).folder(), try RandomSite(&dice).folder())
        let server = try RedisServer()
        let before = try sync(first, server.url, Self.options(&dice))
        #expect(before.status == 0, "\(before.errors)")
        let options = Self.options(&dice)
        let result = try sync(second, server.url, options)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try contents(server) == undisturbed(second), "\(options)")
        let plan = try run(
            try reedImportPath(), ["plan", "--csv", second.path, "--redis", server.url, "--quiet", "--prune"])
        #expect(plan.status == 0, "\(plan.output)")
    }

    @Test(
        "The same where the second run is killed, or its connection cut, at any moment, and begins again",
        arguments: 100..<110)
    func crashes(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let (first, second) = (try RandomSite(&dice).folder(), try RandomSite(&dice).folder())
        let server = try RedisServer()
        #expect(try sync(first, server.url, Self.options(&dice)).status == 0)
        let options = Self.options(&dice) + ["--retry-for", "0"]
        for _ in 0..<3 {
            if Bool.random(using: &dice) {
                // Whatever is behind so many bytes never arrives.
                let cut = "\(Int.random(in: 1...40_000, using: &dice))"
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
        #expect(try contents(server) == undisturbed(second), "\(options)")
    }
}
