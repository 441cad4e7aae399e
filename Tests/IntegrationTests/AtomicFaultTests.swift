import Foundation
import TestSupport
import Testing

/// The faults of `ServerFaultTests` and `ProcessFaultTests` while an import changes everything in one transaction, as it
/// does unless told otherwise: all of it is there, or nothing, and the program knows which.
struct AtomicFaultTests {
    private static let hasty = ["--atomic", "auto", "--retry-for", "0", "--timeout", "1h"]
    private static let patient = ["--atomic", "auto", "--retry-for", "10m", "--timeout", "1h"]
    /// Of an import of 20,000 new entities: while it compares, at the beginning of the transaction, in the middle, and
    /// near its end.
    private static let moments = [0.03, 0.33, 0.65, 0.999]

    /// A relay that holds the import once it has passed on this part of what the transaction's connection sends.
    private func held(_ site: FaultSite, at moment: Double) throws -> FaultProxy {
        try site.held(at: Int(Double(try FaultSite.byteCount(atomic: "auto")) * moment))
    }

    /// Makes sure that a run that failed left all or nothing, said so in a line, and is mended by the next one.
    private func expectAllOrNothing(
        _ site: FaultSite, _ result: ProcessResult, _ statuses: [Int32],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(statuses.contains(result.status), "\(result.errors)", sourceLocation: sourceLocation)
        #expect(
            result.errors.split(separator: "\n").filter { !$0.contains(": note: ") }.count == 1,
            "\(result.errors)",
            sourceLocation: sourceLocation)
        let count = try site.server.entityCount()
        if result.errors.contains("nothing written") {
            #expect(count == 0, "\(result.errors)", sourceLocation: sourceLocation)
        } else {
            #expect([0, site.rows].contains(count), "\(result.errors)", sourceLocation: sourceLocation)
        }
        try site.expectMended(sourceLocation: sourceLocation)
    }

    @Test(
        "The connection is cut after any number of bytes, in either direction, by FIN or RST",
        arguments: [1, 14, 291, 65_537, 300_000, 1_000_001, 1_700_000, 1_860_001], ["c2s", "s2c"])
    func cut(bytes: Int, direction: String) throws {
        let site = try FaultSite(rows: 3000)
        let count = direction == "c2s" ? bytes : bytes / 100
        let proxy = try FaultProxy(
            site.server,
            ["--cut-after-bytes", "\(count)", "--dir", direction] + (bytes % 2 == 1 ? ["--rst"] : []))
        let result = try site.run(proxy.url, "--atomic", "auto", "--retry-for", "0")
        guard result.status != 0 else { return try site.expectComplete() }
        try expectAllOrNothing(site, result, [69])
        // A server that does not even greet is not waited for without --wait.
        guard count > 15_000 else { return }
        _ = try site.server.ask("flushall")
        let once = try FaultProxy(
            site.server, "--first", "2", "--cut-after-bytes", "\(count)", "--dir", direction)
        let again = try TestSupport.run(try reedImportPath(), site.arguments(once.url, Self.patient))
        #expect(again.status == 0, "\(again.errors)")
        try site.expectComplete()
    }

    @Test("The server is killed and comes back, with nothing or not at all", arguments: moments)
    func crash(at moment: Double) throws {
        let site = try FaultSite()
        let (relay, first) = try site.startHeld(try held(site, at: moment), Self.hasty)
        site.server.stop()
        relay.release()
        let result = try first.finish()
        try site.server.start()
        try expectAllOrNothing(site, result, [69])
        _ = try site.server.ask("flushall")
        let (other, second) = try site.startHeld(try held(site, at: moment), Self.patient)
        site.server.stop()
        other.release()
        try site.server.loseData()
        try site.server.start()
        let mended = try second.finish()
        #expect(mended.status == 0, "\(mended.errors)")
        try site.expectComplete()
    }

    @Test("The database is flushed in the middle: no success with half of it there", arguments: moments)
    func flushed(at moment: Double) throws {
        let site = try FaultSite()
        let (relay, program) = try site.startHeld(try held(site, at: moment), Self.patient)
        _ = try site.server.ask("flushall")
        relay.release()
        let result = try program.finish()
        guard result.status != 0 else { return try site.expectComplete() }
        try expectAllOrNothing(site, result, [65, 75])
    }

    @Test("The server becomes a replica, refuses writes, or takes rights away", arguments: moments)
    func changed(at moment: Double) throws {
        for (command, statuses): ([String], [Int32]) in [
            (["replicaof", "127.0.0.1", "1"], [75]),
            (["config", "set", "min-replicas-to-write", "1"], [75]),
            (["acl", "setuser", "imp", "resetkeys"], [77]),
        ] {
            let site = try FaultSite()
            _ = try site.server.ask("acl", "setuser", "imp", "on", ">pw", "~*", "&*", "+@all")
            let relay = try held(site, at: moment)
            let program = try site.start(
                relay.url.replacing("redis://", with: "redis://imp:pw@"), Self.hasty)
            try relay.awaitHold()
            _ = try run("/usr/bin/env", ["redis-cli", "-s", site.server.socket] + command)
            relay.release()
            let result = try program.finish()
            _ = try site.server.ask("replicaof", "no", "one")
            _ = try site.server.ask("config", "set", "min-replicas-to-write", "0")
            try expectAllOrNothing(site, result, statuses)
        }
    }

    @Test("The program is interrupted or killed", arguments: moments, [SIGINT, SIGTERM, SIGKILL])
    func signalled(at moment: Double, signal: Int32) throws {
        let site = try FaultSite()
        let (relay, program) = try site.startHeld(try held(site, at: moment), Self.hasty)
        program.signal(signal)
        relay.release()
        let result = try program.finish()
        if signal == SIGKILL {
            #expect(result.status == 137)
            try site.expectMended()
        } else if result.status == 0 {
            // Whatever had been sent was carried out.
            try site.expectComplete()
        } else {
            try expectAllOrNothing(site, result, [128 + signal])
        }
    }

    @Test("Memory runs out: nothing is written")
    func outOfMemory() throws {
        let site = try FaultSite(try RedisServer("--maxmemory", "6mb", "--maxmemory-policy", "noeviction"))
        let result = try site.run(site.server.url, "--atomic", "auto", "--retry-for", "0", "--ignore-memory")
        #expect(result.status == 75, "\(result.errors)")
        // The first entity of the command that was refused.
        #expect(result.errors.contains("translations.de.csv:2: OOM command not allowed"), "\(result.errors)")
        #expect(result.errors.contains("'maxmemory'; nothing written; "), "\(result.errors)")
        #expect(try site.server.entityCount() == 0)
        _ = try site.server.ask("config", "set", "maxmemory", "0")
        try site.expectMended()
    }
}
