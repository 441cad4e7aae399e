import Foundation
import TestSupport
import Testing

/// A configuration of many translations, a server, and the three rules that hold whatever goes wrong.
final class FaultSite: Sendable {
    let server: RedisServer
    let folder: TemporaryDirectory
    let rows: Int

    static let rowCount = 20_000
    /// Options of an import that gives up at the first failure and sends one entity after the other.
    static let impatient = ["--retry-for", "0", "--batch", "1", "--timeout", "1h"]
    /// Options of an import that repeats what may pass, for longer than any test takes.
    static let patient = ["--retry-for", "10m", "--batch", "1", "--timeout", "1h"]

    /// A relay that holds every connection of the import once it has passed on so many bytes; a connection that
    /// writes 20,000 entities one by one passes on about four millions.
    func held(at bytes: Int = 1_200_000) throws -> FaultProxy { try FaultProxy(server, "--hold", "\(bytes)") }

    init(_ server: RedisServer? = nil, rows: Int = FaultSite.rowCount) throws {
        self.server = try server ?? RedisServer()
        self.rows = rows
        folder = try TemporaryDirectory()
        let text = (0..<rows).map { "section.key\($0),A text for number \($0) that is not too short\n" }
            .joined()
        try folder.write("key,value\n" + text, to: "config/translations.de.csv")
    }

    /// The arguments of an import that gives up at the first failure.
    func arguments(_ url: String, _ more: [String] = FaultSite.impatient) -> [String] {
        [
            "--csv", folder.path(of: "config"), "--redis", url, "--timestamp", "2026-01-31T02:00:00Z",
            "--quiet",
        ]
            + (more.contains("--atomic") ? [] : ["--atomic", "never"]) + more
    }

    /// Imports to `url`.
    func run(_ url: String? = nil, _ more: String...) throws -> ProcessResult {
        try TestSupport.run(
            try reedImportPath(),
            arguments(url ?? server.url, more.isEmpty ? FaultSite.impatient : more))
    }

    /// Begins an import to `url`.
    func start(_ url: String, _ more: [String] = FaultSite.impatient) throws
        -> RunningProcess
    {
        try RunningProcess(try reedImportPath(), arguments(url, more))
    }

    /// Begins an import through a relay that holds connections, and waits until it does.
    func startHeld(_ relay: FaultProxy, _ more: [String] = FaultSite.impatient) throws
        -> (relay: FaultProxy, program: RunningProcess)
    {
        let program = try start(relay.url, more)
        try relay.awaitHold()
        return (relay, program)
    }

    /// Waits until so many entities are there.
    func awaitEntities(_ count: Int) throws {
        try waitUntil("\(count) entities") { (Int(try server.ask("dbsize")) ?? 0) >= count }
    }

    /// What the one line on standard error says: entities confirmed, unknown, refused and not sent.
    static func counts(_ errors: String) -> (confirmed: Int, unknown: Int, refused: Int, notSent: Int)? {
        guard let line = errors.split(separator: "\n").last else { return nil }
        if line.contains("nothing written") { return (0, 0, 0, -1) }
        func number(before words: String) -> Int? {
            line.firstRange(of: words).flatMap { range in
                Int(line[..<range.lowerBound].split(separator: " ").last ?? "")
            }
        }
        guard let of = line.firstRange(of: " entities confirmed"),
            let confirmed = line[..<of.lowerBound].split(separator: " ").dropLast(2).last.flatMap({ Int($0) })
        else { return nil }
        return (
            confirmed, number(before: " unknown") ?? 0, number(before: " refused") ?? 0,
            number(before: " not sent") ?? 0
        )
    }

    /// Makes sure that a failed run said what is true, and that another one mends everything.
    ///
    /// - Parameters:
    ///   - status: The exit code it should have.
    ///   - words: What its one line should hold.
    ///   - stored: How many entities are there; the server is asked if it is not given.
    func expect(
        _ result: ProcessResult, status: Int32, words: String, repeats: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errors.contains(words), "\(result.errors)", sourceLocation: sourceLocation)
        let lines = result.errors.split(separator: "\n").filter { !$0.contains(": note: ") }
        #expect(lines.count == 1, "one line: \(result.errors)", sourceLocation: sourceLocation)
        #expect(
            result.errors.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7F },
            sourceLocation: sourceLocation)
        let counts = try #require(
            Self.counts(result.errors), "\(result.errors)", sourceLocation: sourceLocation)
        let stored = try server.entityCount()
        #expect(
            counts.confirmed <= stored, "\(result.errors), stored \(stored)", sourceLocation: sourceLocation)
        if counts.notSent >= 0 {
            #expect(stored <= rows - counts.notSent, "\(result.errors)", sourceLocation: sourceLocation)
        }
        if repeats { try expectMended(sourceLocation: sourceLocation) }
    }

    /// Makes sure that a run without a fault leads to what an undisturbed one leads to.
    func expectMended(sourceLocation: SourceLocation = #_sourceLocation) throws {
        // Else it would wait until the lock of a run that was killed has expired.
        try server.ask("del", "reed-import:csv:lock")
        let again = try run(server.url, "--retry-for", "0", "--atomic", "auto")
        #expect(again.status == 0, "\(again.errors)", sourceLocation: sourceLocation)
        try expectComplete(sourceLocation: sourceLocation)
    }

    /// Makes sure that everything is there as it should be.
    func expectComplete(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let digest = try Self.undisturbed.digest(rows)
        #expect(try server.digest() == digest, sourceLocation: sourceLocation)
    }

    /// The number of bytes that one connection of an undisturbed import sends at least.
    ///
    /// One transaction goes over a single connection; batches go over two, of which one gets at least half of them.
    static func byteCount(atomic atomicity: String) throws -> Int { try undisturbed.byteCount(atomicity) }

    private static let undisturbed = Undisturbed()
}

/// What undisturbed runs lead to, made once.
private final class Undisturbed: @unchecked Sendable {
    private let lock = NSLock()
    private var digests: [Int: String] = [:]
    private var byteCounts: [String: Int] = [:]

    func byteCount(_ atomicity: String) throws -> Int {
        try lock.withLock {
            if let count = byteCounts[atomicity] { return count }
            let site = try FaultSite()
            let relay = try FaultProxy(site.server)
            let result = try site.run(relay.url, "--retry-for", "0", "--atomic", atomicity)
            guard result.status == 0 else { throw TestFailure("an undisturbed run failed: \(result.errors)") }
            let writing = atomicity == "never" ? 2 : 1
            let count = try relay.byteCounts(of: writing + 1).reduce(0, +) / writing
            byteCounts[atomicity] = count
            return count
        }
    }

    func digest(_ rows: Int) throws -> String {
        try lock.withLock {
            if let digest = digests[rows] { return digest }
            let site = try FaultSite(rows: rows)
            let result = try site.run(site.server.url, "--retry-for", "0")
            guard result.status == 0 else { throw TestFailure("an undisturbed run failed: \(result.errors)") }
            let digest = try site.server.digest()
            digests[rows] = digest
            return digest
        }
    }
}

/// A relay to a server that misbehaves on purpose.
final class FaultProxy {
    private let process: RunningProcess
    /// Its address, for `--redis`.
    let url: String

    private static let script = Fixtures.root + "/Tests/Support/faultproxy.py"

    /// Starts a relay to `server`; to none that answers if that is `nil`.
    init(_ server: RedisServer?, _ arguments: [String]) throws {
        let upstream = server.map { "unix:" + $0.socket } ?? "none"
        process = try RunningProcess(
            "/usr/bin/env",
            ["python3", "-u", Self.script, "--upstream", upstream, "--listen", "127.0.0.1:0"] + arguments)
        var line = ""
        try waitUntil("the relay listens") { [process] in
            line = try process.outputSoFar()
            return line.hasPrefix("LISTEN ") && line.hasSuffix("\n")
        }
        url = "redis://" + line.dropFirst(7).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Starts a relay, as ``init(_:_:)`` does.
    convenience init(_ server: RedisServer?, _ arguments: String...) throws {
        try self.init(server, arguments)
    }

    deinit { process.signal(SIGTERM) }

    /// Cuts every open connection.
    func cut() { process.signal(SIGUSR1) }

    /// Waits until a connection is held, of a relay with `--hold`.
    func awaitHold() throws {
        try waitUntil("a connection is held") { [process] in try process.outputSoFar().contains("HELD ") }
    }

    /// The number of bytes that each of so many connections has sent, when they have ended; one of them is the lock's,
    /// with a few hundred bytes.
    func byteCounts(of connections: Int) throws -> [Int] {
        var counts: [Int] = []
        try waitUntil("the connections have ended") { [process] in
            counts = try process.errorsSoFar().matches(of: /"c2s": (\d+)/).compactMap { Int($0.1) }
            return counts.count >= connections
        }
        return counts
    }

    /// Lets what is held go on.
    func release() { process.signal(SIGUSR2) }
}
