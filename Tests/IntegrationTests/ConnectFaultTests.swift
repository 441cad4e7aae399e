import Foundation
import TestSupport
import Testing

/// What goes wrong before the first entity is written: nothing is written, and one line says why.
struct ConnectFaultTests {
    /// Makes sure that a run ended with nothing written.
    private func expectNothing(
        _ result: ProcessResult, _ status: Int32, _ words: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errors.contains(words), "\(result.errors)", sourceLocation: sourceLocation)
        #expect(result.errors.contains("nothing written"), "\(result.errors)", sourceLocation: sourceLocation)
        #expect(
            result.errors.split(separator: "\n").count == 1, "\(result.errors)",
            sourceLocation: sourceLocation)
        #expect(result.output == "", sourceLocation: sourceLocation)
    }

    private func importConfig(
        _ url: String, _ more: String..., environment: [String: String] = [:]
    ) throws -> ProcessResult {
        try run(
            try reedImportPath(), ["--csv", "fixtures/config", "--redis", url, "--retry-for", "0"] + more,
            environment: environment)
    }

    @Test("Nothing listens, or the name is unknown")
    func unreachable() throws {
        expectNothing(
            try importConfig("redis://127.0.0.1:1"), 69, "redis://127.0.0.1:1/0: Connection refused")
        expectNothing(try importConfig("no-such-host.invalid"), 69, "redis://no-such-host.invalid:6379/0: ")
    }

    @Test("A server that is still starting is waited for, if asked")
    func waits() throws {
        let server = try RedisServer()
        server.stop()
        let program = try RunningProcess(
            try reedImportPath(), ["--csv", "fixtures/config", "--redis", server.url, "--wait", "10m"])
        try waitUntil("it waits") { try program.errorsSoFar().contains("note: cannot connect") }
        try server.start()
        let result = try program.finish()
        #expect(result.status == 0)
        #expect(result.errors.contains("note: cannot connect"))
        #expect(try server.entityCount() == Fixtures.siteCount)
    }

    @Test("A full queue of connections is found out in time")
    func fullBacklog() throws {
        let script = """
            import socket, sys, time
            s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
            held = []
            for _ in range(6):
                c = socket.socket(); c.setblocking(False)
                try: c.connect(s.getsockname())
                except BlockingIOError: pass
                held.append(c)
            print(s.getsockname()[1], flush=True); time.sleep(60)
            """
        let holder = try RunningProcess("/usr/bin/env", ["python3", "-u", "-c", script])
        defer { holder.signal(SIGTERM) }
        try waitUntil("it listens") { try holder.outputSoFar().hasSuffix("\n") }
        let port = try holder.outputSoFar().trimmingCharacters(in: .whitespacesAndNewlines)
        expectNothing(
            try importConfig("redis://127.0.0.1:\(port)", "--connect-timeout", "1"), 69, "timed out after 1 s"
        )
    }

    @Test("What accepts and never answers is given up, what answers something else is told")
    func notRedis() throws {
        let silent = try FaultProxy(nil)
        expectNothing(
            try importConfig(silent.url, "--connect-timeout", "500ms"), 75, "no reply to PING within 0.5 s")
        let server = try RedisServer()
        let garbage = try FaultProxy(server, "--garbage-after", "0")
        expectNothing(try importConfig(garbage.url), 76, "not a Redis reply (")
        let closing = try FaultProxy(server, "--cut-after-bytes", "0")
        expectNothing(try importConfig(closing.url), 69, "does the server want TLS?")
        #expect(try importConfig("rediss://h").errors.contains("TLS (rediss://) is not supported yet"))
    }

    @Test("Passwords: missing, wrong, in a file, in the environment, and where there is none")
    func passwords() throws {
        let server = try RedisServer("--requirepass", "hunter2")
        let folder = try TemporaryDirectory()
        expectNothing(try importConfig(server.url), 77, "NOAUTH Authentication required")
        let wrong = try importConfig("unix://:b4dpass@\(server.socket)")
        expectNothing(wrong, 77, "WRONGPASS")
        #expect(!wrong.errors.contains("b4dpass"))
        try folder.write("hunter2\n", to: "password")
        #expect(
            try importConfig(server.url, "--redis-password-file", folder.path(of: "password")).status == 0)
        #expect(try importConfig(server.url, environment: ["REDISCLI_AUTH": "hunter2"]).status == 0)
        #expect(try importConfig("unix://default:hunter2@\(server.socket)").status == 0)
        #expect(try importConfig(server.url, "--redis-password-file", folder.path(of: "none")).status == 66)
        try folder.write("\n", to: "empty")
        #expect(try importConfig(server.url, "--redis-password-file", folder.path(of: "empty")).status == 64)
        let open = try RedisServer()
        expectNothing(try importConfig("unix://:x@\(open.socket)"), 78, "server has no password")
    }

    @Test(
        "A user without INFO is refused, or trusted if asked; one without SELECT stays out of other databases"
    )
    func rights() throws {
        let server = try RedisServer()
        _ = try server.ask(
            "acl", "setuser", "imp", "on", ">pw", "~entity:*", "~reed-import:*", "+@read", "+@write",
            "+@transaction", "-mset", "-msetnx", "+ping", "+echo")
        let url = "unix://imp:pw@\(server.socket)"
        expectNothing(try importConfig(url), 77, "INFO not permitted, cannot check eviction and restarts")
        expectNothing(
            try importConfig(url + "?db=1", "--no-server-check"), 77, "NOPERM")
        // MSET is not permitted either: it goes by SET.
        let trusted = try importConfig(url, "--no-server-check", "--atomic", "never")
        #expect(trusted.status == 0, "\(trusted.errors)")
        #expect(trusted.errors.contains("not checked"))
        #expect(try server.entityCount() == Fixtures.siteCount)
        #expect(try importConfig(url, "--no-server-check", "--batch", "1").status == 0)
    }

    @Test("A user who may write themes only is stopped at the first other entity", arguments: ["1", "128"])
    func keyPattern(batch: String) throws {
        let server = try RedisServer()
        _ = try server.ask(
            "acl", "setuser", "imp", "on", ">pw", "~entity:theme:*", "~reed-import:*", "+@read", "+@write",
            "+@transaction", "+ping", "+echo", "+info")
        let result = try importConfig("unix://imp:pw@\(server.socket)", "--batch", batch)
        expectNothing(result, 77, "NOPERM")
        #expect(try server.entityCount() == 0)
        // Who may not write the importer's own keys is told so before anything is read.
        _ = try server.ask("acl", "setuser", "half", "on", ">pw", "~entity:*", "+@all")
        expectNothing(
            try importConfig("unix://half:pw@\(server.socket)"), 77,
            "no permissions to access the 'reed-import:csv:last' key")
        _ = try server.ask("acl", "setuser", "asks", "on", ">pw", "~entity:theme:*", "+@all")
        let asked = try importConfig("unix://asks:pw@\(server.socket)")
        expectNothing(asked, 77, "no permissions to access the 'entity:snippet:")
    }

    @Test("A server with too many clients")
    func maxClients() throws {
        let server = try RedisServer("--maxclients", "1")
        let idle = try RunningProcess(
            "/bin/sh", ["-c", "exec redis-cli -s '\(server.socket)' subscribe x"])
        defer { idle.signal(SIGTERM) }
        try waitUntil("the one client is there") { try idle.outputSoFar().contains("subscribe") }
        expectNothing(try importConfig(server.url), 75, "ERR max number of clients reached")
    }

    @Test("A server that is loading is waited for, and given up in time")
    func loading() throws {
        let site = try FaultSite(try RedisServer(), rows: 2000)
        #expect(try site.run(site.server.url, "--retry-for", "0").status == 0)
        _ = try site.server.ask("debug", "populate", "3000", "x", "200")
        _ = try site.server.ask("save")
        site.server.stop()
        try site.server.start(
            "--key-load-delay", "20000", "--loading-process-events-interval-bytes", "1024", waits: false)
        try waitUntil("it is loading") { try site.server.ask("ping").contains("LOADING") }
        let hasty = try site.run(site.server.url, "--retry-for", "0")
        expectNothing(hasty, 75, "LOADING server is loading (")
        let talkative = site.arguments(site.server.url, ["--retry-for", "10m"]).filter { $0 != "--quiet" }
        let patient = try RunningProcess(try reedImportPath(), talkative)
        try waitUntil("it waits") { try patient.errorsSoFar().contains("note: LOADING server is loading (") }
        _ = try site.server.ask("config", "set", "key-load-delay", "0")
        let loaded = try patient.finish()
        #expect(loaded.status == 0, "\(loaded.errors)")
        try site.expectComplete()
    }

    @Test("A replica, a cluster node, a server that evicts, and a database that is not there")
    func configuration() throws {
        let replica = try RedisServer("--replicaof", "127.0.0.1 1")
        expectNothing(
            try importConfig(replica.url), 75,
            "READONLY You can't write against a read only replica; its master is 127.0.0.1:1")
        let cluster = try RedisServer("--cluster-enabled", "yes")
        expectNothing(
            try importConfig(cluster.url), 78,
            "server runs in cluster mode, which this version does not support")
        let evicting = try RedisServer("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
        expectNothing(
            try importConfig(evicting.url), 78,
            "policy allkeys-lru may evict entities")
        #expect(try importConfig(evicting.url, "--allow-eviction").status == 0)
        let server = try RedisServer()
        expectNothing(try importConfig(server.url + "?db=99"), 78, "ERR DB index is out of range")
        let renamed = try RedisServer("--rename-command", "MSET", "")
        let result = try importConfig(renamed.url)
        #expect(result.status == 78)
        #expect(result.errors.contains("the server lacks MSET (writes entities); nothing written"))
        #expect(try renamed.ask("dbsize") == "0")
        #expect(try importConfig(renamed.url, "--batch", "1").status == 0)
        #expect(try server.ask("config", "get", "maxmemory-policy").contains("noeviction"))
    }

    @Test("A socket that is not there, that is not ours, or whose path is too long")
    func sockets() throws {
        expectNothing(try importConfig("unix:///nonexistent/r.sock"), 69, "No such file or directory")
        #expect(try importConfig("unix:///\(String(repeating: "x", count: 120))").status == 64)
        #expect(try importConfig("redis://h:99999").status == 64)
        let server = try RedisServer()
        try #require(getuid() == 0)
        _ = try run("chmod", "700", server.socket)
        let parent = URL(fileURLWithPath: server.socket).deletingLastPathComponent().path
        _ = try run("chmod", "711", parent)
        let script =
            "cp '\(try reedImportPath())' '\(parent)/reed' && chmod 755 '\(parent)/reed' && "
            + "cp -r fixtures/config '\(parent)/config' && chmod -R a+rX '\(parent)/config' && "
            + "setpriv --reuid=65534 --clear-groups '\(parent)/reed' --csv '\(parent)/config' --redis '\(server.url)'"
        let denied = try run("/bin/sh", ["-c", script])
        expectNothing(denied, 77, "Permission denied")
    }

    @Test("With too few descriptors the system's words say so, whatever it was that got none")
    func descriptors() throws {
        let server = try RedisServer()
        let relay = try FaultProxy(server)
        let port = try #require(relay.url.split(separator: ":").last)
        for count in 4...12 {
            for url in ["localhost:\(port)", server.url] {
                let command = "exec '\(try reedImportPath())' fixtures/config --redis '\(url)' --retry-for 0"
                let result = try run("/bin/bash", ["-c", "ulimit -n \(count); \(command)"])
                #expect([0, 71].contains(result.status), "\(count) \(url): \(result.errors)")
                #expect(
                    result.status == 0 || result.errors.contains("Too many open files"), "\(result.errors)")
            }
        }
    }

    @Test("A host that is known by IPv6 only")
    func onlyIPv6() throws {
        let server = try RedisServer()
        let script = """
            import socket, sys, threading
            s = socket.socket(socket.AF_INET6); s.bind(("::1", 0)); s.listen(4)
            print(s.getsockname()[1], flush=True)
            def pump(a, b):
                while True:
                    data = a.recv(65536)
                    if not data: break
                    b.sendall(data)
                b.close()
            while True:
                c, _ = s.accept()
                u = socket.socket(socket.AF_UNIX); u.connect(sys.argv[1])
                threading.Thread(target=pump, args=(c, u), daemon=True).start()
                threading.Thread(target=pump, args=(u, c), daemon=True).start()
            """
        let relay = try RunningProcess("/usr/bin/env", ["python3", "-u", "-c", script, server.socket])
        defer { relay.signal(SIGTERM) }
        try waitUntil("it listens") { try relay.outputSoFar().hasSuffix("\n") || !relay.isRunning }
        guard relay.isRunning else { return }  // no IPv6 here
        let port = try relay.outputSoFar().trimmingCharacters(in: .whitespacesAndNewlines)
        let result = try importConfig("redis://[::1]:\(port)")
        #expect(result.status == 0, "\(result.errors)")
        guard try TestSupport.run("getent", "ahosts", "localhost").output.contains("::1") else { return }
        let byName = try importConfig("redis://localhost:\(port)")
        #expect(byName.status == 0, "\(byName.errors)")
    }

    @Test("doctor lists what import would find, and writes nothing")
    func doctor() throws {
        let server = try RedisServer("--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
        let bad = try reedImport("doctor", "--redis", server.url)
        #expect(bad.status == 78)
        #expect(bad.output.contains("FAIL  eviction  policy allkeys-lru may evict entities"))
        #expect(bad.output.contains("ok    server    redis "))
        #expect(bad.errors.split(separator: "\n").count == 1)
        let good = try reedImport("doctor", "--redis", server.url, "--allow-eviction")
        #expect(good.status == 0)
        #expect(good.output.contains("warn  eviction  policy allkeys-lru"))
        #expect(good.output.contains("ok    rights    has all that an import needs"))
        #expect(try server.ask("dbsize") == "0")
        let stats = try server.ask("info", "commandstats")
        for command in ["config|set", "flushdb", "flushall", "keys", "set", "mset"] {
            #expect(!stats.contains("cmdstat_\(command):"))
        }
        #expect(try reedImport("doctor", "--redis", "localhost:1").status == 69)
    }
}
