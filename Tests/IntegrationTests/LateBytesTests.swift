import Foundation
import TestSupport
import Testing

/// Bytes that arrive when the import that sent them is gone and another one has been there.
struct LateBytesTests {
    /// The part of what a connection sends at least that it has sent when the import is killed.
    static let moments = [
        ("auto", 0.03), ("auto", 0.33), ("auto", 0.65), ("auto", 0.999), ("never", 0.05), ("never", 0.5),
        ("never", 0.95),
    ]

    @Test(
        "What a killed import had sent arrives late, and changes nothing that a later one has written",
        arguments: moments)
    func lateBytes(atomicity: String, moment: Double) throws {
        let site = try FaultSite()
        let options = ["--atomic", atomicity, "--retry-for", "0", "--timeout", "1h"]
        let count = Double(try FaultSite.byteCount(atomic: atomicity)) * moment
        let (relay, program) = try site.startHeld(try site.held(at: Int(count)), options)
        program.signal(SIGKILL)
        _ = try program.finish()
        let other = try FaultSite(site.server, rows: 10)
        _ = try site.server.ask("del", "reed-import:csv:lock")
        let later = try other.run(
            site.server.url, "--atomic", atomicity, "--prune", "--prune-missing", "--max-delete", "100%")
        #expect(later.status == 0, "\(later.errors)")
        #expect(try site.server.entityCount() == 10)
        let digest = try site.server.digest()
        relay.release()
        try waitUntil("the late bytes have arrived and their connections are gone") {
            try site.server.ask("info", "clients").firstMatch(of: /connected_clients:1\b/) != nil
        }
        #expect(try site.server.digest() == digest)
    }
}
