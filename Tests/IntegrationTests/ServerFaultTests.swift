import Foundation
import TestSupport
import Testing

/// What happens to the server, or on the way to it, while entities are written.
struct ServerFaultTests {
    // MARK: - The connection

    @Test("Connections are killed: the run ends with true counts, or goes on if it may")
    func killed() throws {
        let site = try FaultSite()
        let proxy = try site.held()
        let hasty = try site.start(proxy.url)
        try site.awaitEntities(2000)
        _ = try site.server.ask("client", "kill", "type", "normal", "skipme", "yes")
        try site.expect(try hasty.finish(), status: 69, words: "connection lost")

        _ = try site.server.ask("flushall")
        // Fast enough for a greeting and some progress between two breaks.
        let faster = try FaultProxy(site.server, "--dribble", "16000", "--dir", "c2s")
        let patient = try site.start(faster.url, FaultSite.patient)
        for stored in stride(from: 500, to: FaultSite.rowCount, by: 1500) {
            try waitUntil("some progress, or the end") {
                try !patient.isRunning || site.server.entityCount() >= stored
            }
            _ = try site.server.ask("client", "kill", "type", "normal", "skipme", "yes")
        }
        let result = try patient.finish()
        #expect(result.status == 0, "\(result.errors)")
        try site.expectComplete()
    }

    @Test(
        "The connection is cut after any number of bytes, in either direction, by FIN or RST",
        arguments: [
            "1", "14", "37", "291", "1000", "65535", "65536", "65537", "300000",
        ], ["c2s", "s2c"])
    func cut(bytes: String, direction: String) throws {
        let site = try FaultSite(rows: 3000)
        let isReset = bytes.hasSuffix("7")
        let proxy = try FaultProxy(
            site.server, ["--cut-after-bytes", bytes, "--dir", direction] + (isReset ? ["--rst"] : []))
        let result = try site.run(proxy.url)
        if result.status == 0 {
            #expect(direction == "s2c", "fewer replies than that came back")
            try site.expectComplete()
        } else {
            try site.expect(result, status: 69, words: "connection lost")
        }
    }

    @Test("A connection that breaks once is made again, and the run says so", arguments: ["1", "128"])
    func once(batch: String) throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(site.server, "--first", "1", "--cut-after-bytes", "1000000")
        let program = try reedImportPath()
        var arguments = site.arguments(proxy.url, ["--retry-for", "30", "--batch", batch])
        arguments.removeAll { $0 == "--quiet" }
        let result = try run(program, arguments)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("note: connection lost"))
        #expect(result.errors.contains("note: reconnected"))
        try site.expectComplete()
    }

    @Test(
        "Replies come late, byte by byte, or against full buffers",
        arguments: [["--dribble", "50"], ["--delay-ms", "20"], ["--serial", "--sockbuf", "8192"]])
    func slowly(fault: [String]) throws {
        let site = try FaultSite(rows: fault[0] == "--dribble" ? 4000 : 20_000)
        let proxy = try FaultProxy(site.server, fault)
        let result = try site.run(proxy.url)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors == "")
        try site.expectComplete()
    }

    @Test("Silence in the middle of a reply ends by time")
    func silence() throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(site.server, "--stall", "60000", "--dir", "s2c")
        let result = try site.run(proxy.url, "--retry-for", "0", "--batch", "1", "--timeout", "5")
        try site.expect(result, status: 75, words: "no reply to SET within 5 s")
    }

    @Test(
        "Garbage in the middle of replies is found at once",
        arguments: [10_000, 30_001, 30_002, 30_003, 30_004])
    func garbage(bytes: Int) throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(site.server, "--garbage-after", "\(bytes)")
        let result = try site.run(proxy.url)
        try site.expect(result, status: 76, words: "not a Redis reply (", repeats: bytes == 30_001)
    }

    // MARK: - The server

    @Test(
        "The server is killed and comes back: with nothing, with everything, or not at all",
        arguments: [25, 50, 75])
    func crash(percent: Int) throws {
        let site = try FaultSite()
        let proxy = try site.held(at: percent * 40_000)
        let first = try site.start(proxy.url)
        try proxy.awaitHold()
        site.server.stop()
        let result = try first.finish()
        #expect(result.status == 69, "\(result.errors)")
        #expect(result.errors.contains("connection lost"))
        try site.server.start()
        try site.expectMended()

        _ = try site.server.ask("flushall")
        let again = try site.held(at: percent * 40_000)
        let patient = try site.start(again.url, FaultSite.patient)
        try again.awaitHold()
        site.server.stop()
        again.release()
        try site.server.loseData()
        try site.server.start()
        let second = try patient.finish()
        #expect(second.status == 0, "\(second.errors)")
        try site.expectComplete()
    }

    @Test("The server is killed and comes back with what it kept")
    func crashWithData() throws {
        let site = try FaultSite(
            try RedisServer("--appendonly", "yes", "--appendfsync", "always"), rows: 1500)
        let proxy = try site.held(at: 200_000)
        let patient = try site.start(proxy.url, FaultSite.patient)
        try proxy.awaitHold()
        site.server.stop()
        proxy.release()
        try site.server.start()
        let result = try patient.finish()
        #expect(result.status == 0, "\(result.errors)")
        try site.expectComplete()
    }

    @Test("The server stops for a while: within the limit nothing happens, beyond it the run ends")
    func stopped() throws {
        let site = try FaultSite()
        let proxy = try site.held()
        let patient = try site.start(proxy.url, ["--retry-for", "0", "--batch", "1", "--timeout", "1h"])
        try proxy.awaitHold()
        site.server.signal(SIGSTOP)
        proxy.release()
        Thread.sleep(forTimeInterval: 3)
        site.server.signal(SIGCONT)
        let result = try patient.finish()
        #expect(result.status == 0, "\(result.errors)")
        try site.expectComplete()

        _ = try site.server.ask("flushall")
        let again = try site.held()
        let hasty = try site.start(again.url, ["--retry-for", "0", "--batch", "1", "--timeout", "5"])
        try again.awaitHold()
        site.server.signal(SIGSTOP)
        again.release()
        let ended = try hasty.finish()
        site.server.signal(SIGCONT)
        try site.expect(ended, status: 75, words: "within 5 s")
    }

    @Test("The server sleeps, pauses writes, or is busy with a script")
    func busy() throws {
        let site = try FaultSite()
        let sleeper = try RunningProcess(
            "/usr/bin/env", ["redis-cli", "-s", site.server.socket, "debug", "sleep", "3"])
        Thread.sleep(forTimeInterval: 0.2)
        let slept = try site.run(site.server.url, "--retry-for", "0", "--connect-timeout", "60")
        #expect(slept.status == 0, "\(slept.errors)")
        _ = try sleeper.finish()
        try site.expectComplete()

        _ = try site.server.ask("client", "pause", "600000", "write")
        let paused = try site.run(site.server.url, "--retry-for", "0", "--timeout", "5")
        #expect(paused.status == 75)
        #expect(paused.errors.contains("could not acquire the import lock: no reply within 5 s"))
        _ = try site.server.ask("client", "unpause")
        try site.expectMended()

        _ = try site.server.ask("config", "set", "busy-reply-threshold", "100")
        let script = try RunningProcess(
            "/usr/bin/env", ["redis-cli", "-s", site.server.socket, "eval", "while true do end", "0"])
        try waitUntil("it is busy") { try site.server.ask("ping").contains("BUSY") }
        let refused = try site.run(site.server.url, "--retry-for", "0")
        #expect(refused.status == 75)
        #expect(refused.errors.contains("BUSY Redis is busy running a script"))
        let patient = try site.start(site.server.url, FaultSite.patient)
        Thread.sleep(forTimeInterval: 1)
        _ = try site.server.ask("script", "kill")
        let result = try patient.finish()
        #expect(result.status == 0, "\(result.errors)")
        _ = try script.finish()
        try site.expectComplete()
    }

    @Test("A script keeps the server busy in the middle: the run waits for it, or ends")
    func busyMidway() throws {
        let site = try FaultSite()
        _ = try site.server.ask("config", "set", "busy-reply-threshold", "100")
        let proxy = try site.held(at: 400_000)
        let hasty = try site.start(proxy.url)
        let patient = try site.start(proxy.url, FaultSite.patient)
        try site.awaitEntities(500)
        let script = try RunningProcess(
            "/usr/bin/env", ["redis-cli", "-s", site.server.socket, "eval", "while true do end", "0"])
        try waitUntil("it is busy") { try site.server.ask("ping").contains("BUSY") }
        proxy.release()
        let result = try hasty.finish()
        _ = try site.server.ask("script", "kill")
        _ = try script.finish()
        let second = try patient.finish()
        #expect(second.status == 0, "\(second.errors)")
        #expect(result.status == 75)
        #expect(result.errors.contains("BUSY"))
        try site.expectComplete()
    }

    @Test("Memory runs out, with many entities a command and with one", arguments: ["1", "128"])
    func outOfMemory(batch: String) throws {
        let site = try FaultSite(try RedisServer("--maxmemory", "6mb", "--maxmemory-policy", "noeviction"))
        let result = try site.run(
            site.server.url, "--retry-for", "0", "--batch", batch, "--ignore-memory")
        #expect(result.errors.contains("translations.de.csv:"))
        try site.expect(result, status: 75, words: "OOM command not allowed", repeats: false)
        let counts = try #require(FaultSite.counts(result.errors))
        #expect(try site.server.entityCount() == counts.confirmed)
        #expect(counts.confirmed > 1000 && counts.confirmed < 20_000)
        _ = try site.server.ask("config", "set", "maxmemory", "0")
        try site.expectMended()
    }

    @Test("Entities are evicted though that was allowed: the run says how many, and is no success")
    func evicted() throws {
        let site = try FaultSite(try RedisServer("--maxmemory", "6mb", "--maxmemory-policy", "allkeys-lru"))
        let result = try site.run(site.server.url, "--retry-for", "0", "--allow-eviction")
        #expect(result.status == 65)
        #expect(result.errors.contains("keys evicted during the import"))
        // Counting may evict some more.
        let present = result.errors.firstRange(of: " of 20000 entities present").flatMap { range in
            Int(result.errors[..<range.lowerBound].split(separator: " ").last ?? "")
        }
        #expect(try #require(present) >= site.server.entityCount(), "\(result.errors)")
        #expect(try #require(present) < 20_000)
        _ = try site.server.ask("config", "set", "maxmemory", "0")
        _ = try site.server.ask("config", "set", "maxmemory-policy", "noeviction")
        try site.expectMended()
    }

    @Test("The database is flushed in the middle: the run says how much is there, and is no success")
    func flushed() throws {
        let site = try FaultSite()
        let proxy = try site.held()
        let program = try site.start(proxy.url)
        try site.awaitEntities(2000)
        _ = try site.server.ask("flushall")
        proxy.release()
        let result = try program.finish()
        #expect(result.status == 65, "\(result.errors)")
        let present = "\(try site.server.entityCount()) of 20000 entities present"
        #expect(result.errors.contains("the database was flushed during the import; \(present)"))
        try site.expectMended()
    }

    @Test("The server becomes a replica, loses its rights, or cannot save in the middle")
    func changed() throws {
        for (command, status, words): ([String], Int32, String) in [
            (["replicaof", "127.0.0.1", "1"], 75, "READONLY You can't write against a read only replica"),
            (
                ["config", "set", "min-replicas-to-write", "1"], 75,
                "NOREPLICAS Not enough good replicas to write"
            ),
            (["acl", "setuser", "imp", "resetkeys"], 77, "NOPERM"),
        ] {
            let site = try FaultSite()
            _ = try site.server.ask("acl", "setuser", "imp", "on", ">pw", "~*", "+@all")
            let proxy = try site.held()
            let url = proxy.url.replacingOccurrences(of: "redis://", with: "redis://imp:pw@")
            let program = try site.start(url)
            try site.awaitEntities(2000)
            _ = try run("/usr/bin/env", ["redis-cli", "-s", site.server.socket] + command)
            proxy.release()
            try site.expect(try program.finish(), status: status, words: words, repeats: false)
            _ = try site.server.ask("replicaof", "no", "one")
            _ = try site.server.ask("config", "set", "min-replicas-to-write", "0")
            try site.expectMended()
        }
    }

    @Test(
        "The server becomes the replica of an empty one, and then its own master again: no success with keys missing",
        arguments: ["never", "auto"])
    func swapped(atomic: String) throws {
        let site = try FaultSite()
        let empty = try RedisServer("--port", "0", "--repl-diskless-sync-delay", "0")
        let relay = try FaultProxy(empty)
        let proxy = try site.held()
        let program = try site.start(
            proxy.url, ["--atomic", atomic, "--retry-for", "10m", "--batch", "1", "--timeout", "1h"])
        if atomic == "never" { try site.awaitEntities(2000) } else { try proxy.awaitHold() }
        let address = try #require(relay.url.split(separator: "/").last).split(separator: ":").map(
            String.init)
        _ = try site.server.ask("replicaof", address[0], address[1])
        try waitUntil("the link is up") {
            try site.server.ask("info", "replication").contains("master_link_status:up")
        }
        _ = try site.server.ask("replicaof", "no", "one")
        proxy.release()
        let result = try program.finish()
        guard result.status == 0 else {
            #expect(result.status == 75 || result.status == 65, "\(result.errors)")
            return try site.expectMended()
        }
        try site.expectComplete()
    }

    @Test("A user is deleted in the middle: the connection goes, and no password is shown")
    func deletedUser() throws {
        let site = try FaultSite()
        _ = try site.server.ask("acl", "setuser", "imp", "on", ">s3cret", "~*", "+@all")
        let proxy = try site.held()
        let url = proxy.url.replacingOccurrences(of: "redis://", with: "redis://imp:s3cret@")
        let program = try site.start(url, FaultSite.patient)
        try site.awaitEntities(2000)
        _ = try site.server.ask("acl", "deluser", "imp")
        proxy.release()
        let result = try program.finish()
        #expect(!result.errors.contains("s3cret"))
        try site.expect(result, status: 77, words: "WRONGPASS")
    }

    @Test("The server cannot save to disk: nothing new is written")
    func misconfigured() throws {
        let site = try FaultSite(rows: 500)
        try site.server.loseData()  // the folder that it would save to
        _ = try site.server.ask("config", "set", "save", "3600 1")
        _ = try site.server.ask("set", "x", "1")
        _ = try? site.server.ask("bgsave")
        try waitUntil("saving failed") {
            try site.server.ask("info", "persistence").contains("rdb_last_bgsave_status:err")
        }
        let result = try site.run(site.server.url)
        #expect(result.status == 75)
        #expect(result.errors.contains("MISCONF"))
        #expect(try site.server.entityCount() == 0)
    }

    @Test("The disk of the server's append-only file is full: it refuses writes, or ends")
    func fullDisk() throws {
        for (policy, statuses): (String, [Int32]) in [("everysec", [75]), ("always", [69, 75])] {
            let folder = try TemporaryDirectory()
            guard try run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder.path).status == 0 else {
                return
            }
            defer { _ = try? run("umount", "-l", folder.path) }
            let site = try FaultSite(
                try RedisServer("--dir", folder.path, "--appendonly", "yes", "--appendfsync", policy))
            let result = try site.run(site.server.url)
            #expect(statuses.contains(result.status), "\(policy): \(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
            if result.status == 75 {
                #expect(result.errors.contains("MISCONF"))
                let counts = try #require(FaultSite.counts(result.errors))
                #expect(counts.confirmed <= (try site.server.entityCount()))
            }
            site.server.stop()
        }
    }

    @Test("A server with tight limits for its clients is not met by them, however late replies come")
    func clientLimits() throws {
        let site = try FaultSite(
            try RedisServer(
                "--client-output-buffer-limit", "normal 10mb 10mb 0", "--maxmemory-clients", "1mb"))
        let proxy = try FaultProxy(site.server, "--delay-ms", "10")
        let result = try site.run(proxy.url, "--retry-for", "0")
        #expect(result.status == 0, "\(result.errors)")
        try site.expectComplete()
    }

    @Test("A value that the server does not take is named with its line, and the rows before it are there")
    func tooLarge() throws {
        let folder = try TemporaryDirectory()
        let text = String(repeating: "x", count: 2 << 20)
        let rows = (0..<100).map { "key\($0),value\n" }.joined()
        try folder.write("key,value\n\(rows)large,\(text)\n", to: "translations.de.csv")
        let whole = ["--csv", folder.path, "--retry-for", "0", "--redis"]
        let arguments = ["--atomic", "never"] + whole
        let server = try RedisServer("--proto-max-bulk-len", "1mb")
        let result = try run(try reedImportPath(), arguments + [server.url])
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.contains("translations.de.csv:102: ERR Protocol error: invalid bulk length"))
        #expect(try server.entityCount() == 100)
        let small = try RedisServer("--client-query-buffer-limit", "1mb")
        let closed = try run(try reedImportPath(), arguments + [small.url])
        #expect(closed.status == 69, "\(closed.errors)")
        #expect(closed.errors.contains("translations.de.csv:102: connection lost"))
        #expect(closed.errors.contains("while sending 2 MiB"))
        // In one transaction, none of the rows is there.
        for (server, status, words): (RedisServer, Int32, String) in [
            (server, 65, "ERR Protocol error: invalid bulk length"), (small, 69, "connection lost"),
        ] {
            _ = try server.ask("flushall")
            let result = try run(try reedImportPath(), whole + [server.url])
            #expect(result.status == status, "\(result.errors)")
            #expect(result.errors.contains("translations.de.csv:102: \(words)"))
            #expect(result.errors.contains("; nothing written"))
            #expect(try server.entityCount() == 0)
        }
    }

    // MARK: - Replies that are not what they should be

    @Test("Every seventh reply is an error: those entities are named, the others confirmed")
    func everySeventh() throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(site.server, "--error-every", "7", "ERR injected", "--only", "SET")
        let result = try site.run(proxy.url)
        #expect(result.status == 65)
        // Each of the two connections is counted for itself.
        let counts = try #require(FaultSite.counts(result.errors))
        #expect(counts.confirmed + counts.refused == 20_000 && (2855...2857).contains(counts.refused))
        #expect(result.errors.contains("translations.de.csv:8: error: entity:translation:"))
        #expect(result.errors.contains("ERR injected [refused]"))
        #expect(result.errors.split(separator: "\n").count == 101)
        try site.expectMended()
        // Of a command for many, each entity is tried for itself.
        let many = try FaultProxy(site.server, "--error-every", "7", "ERR injected", "--only", "MSET")
        let second = try site.run(many.url, "--retry-for", "0", "--batch", "100")
        #expect(second.status == 0, "\(second.errors)")
        try site.expectComplete()
    }

    @Test("A late final refusal names the first refused row")
    func late() throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(
            site.server, "--error-every", "1000", "READONLY You can't write against a read only replica.",
            "--only",
            "SET", "--skip", "5000")
        let result = try site.run(proxy.url)
        #expect(result.errors.contains("translations.de.csv:") && result.errors.contains(": READONLY"))
        try site.expect(result, status: 75, words: "READONLY")
    }

    @Test("A reply too many, and one that announces 600 MB")
    func outOfStep() throws {
        let site = try FaultSite(rows: 50)
        for (replies, status, words): (String, Int32, String) in [
            ("+OK\\r\\n+OK\\r\\n", 76, "replies out of step"),
            ("+OK\\r\\n$629145600\\r\\nabc", 76, "not a Redis reply"),
            (":1\\r\\n", 76, "unexpected reply"), ("*-2\\r\\n", 76, "not a Redis reply"),
        ] {
            let script = """
                import socket, sys
                s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(4); print("ready", flush=True)
                c, _ = s.accept(); c.recv(65536); c.sendall(b"+PONG\\r\\n+OK\\r\\n")
                l, _ = s.accept(); l.recv(65536); l.sendall(b"+PONG\\r\\n+OK\\r\\n")
                l.recv(65536); l.sendall(b"+OK\\r\\n$-1\\r\\n:20000\\r\\n")
                c.recv(65536); c.sendall(b"\(replies)"); c.settimeout(10)
                try:
                    while c.recv(65536): pass
                except OSError: pass
                """
            let folder = try TemporaryDirectory()
            let path = folder.path(of: "s")
            let server = try RunningProcess("/usr/bin/env", ["python3", "-u", "-c", script, path])
            defer { server.signal(SIGTERM) }
            try waitUntil("it listens") { try server.outputSoFar().hasPrefix("ready") }
            let result = try site.run(
                "unix://\(path)", "--retry-for", "0", "--no-server-check", "--timeout", "5")
            #expect(result.status == status, "\(replies): \(result.errors)")
            #expect(result.errors.contains(words), "\(replies): \(result.errors)")
        }
    }

    @Test("--verify reads everything back, and says so if it cannot")
    func verify() throws {
        let site = try FaultSite(rows: 3000)
        let good = try site.run(site.server.url, "--verify", "--batch", "64")
        #expect(good.status == 0)
        let json = try reedImport(
            "--csv", site.folder.path(of: "config"), "--redis", site.server.url, "--verify", "--format",
            "json")
        #expect(json.output.contains("\"verified\":3000"))
        // A first import reads nothing but for verifying.
        _ = try site.server.ask("flushall")
        let proxy = try FaultProxy(site.server, "--error-every", "1", "ERR injected", "--only", "MGET")
        let bad = try site.run(proxy.url, "--verify", "--retry-for", "0")
        #expect(bad.status == 78)
        #expect(bad.errors.contains("all 3000 entities confirmed, but not verified"))
    }
}
