import Foundation
import TestSupport
import Testing

/// Servers that lack commands, do not say what they are, or answer what makes no sense.
struct AnswerTests {
    private func importConfig(_ url: String, _ more: String...) throws -> ProcessResult {
        try run(
            try reedImportPath(), ["--csv", "fixtures/config", "--redis", url, "--retry-for", "0"] + more)
    }

    // MARK: - What is not there

    @Test(
        "A command that a server lacks is named by doctor, and by an import before it writes",
        arguments: [
            "MULTI", "EXEC", "WATCH", "UNWATCH", "MSETNX", "DEL", "SET", "PEXPIRE", "SADD", "SREM", "HSET",
            "HDEL", "DBSIZE", "MGET", "EXISTS", "PTTL", "GET", "SMEMBERS", "HGETALL", "HGET",
        ])
    func lacking(command: String) throws {
        let server = try RedisServer("--rename-command", command, "")
        let doctor = try reedImport("doctor", "--redis", server.url)
        #expect(doctor.status == 78, "\(doctor.output)\(doctor.errors)")
        #expect(doctor.output.contains("FAIL  commands"), "\(doctor.output)")
        #expect(doctor.output.contains(command))
        let result = try importConfig(server.url)
        #expect(result.status == 78, "\(result.errors)")
        #expect(result.errors.contains("the server lacks \(command) ("), "\(result.errors)")
        #expect(result.errors.contains("nothing written"))
        #expect(try !server.ask("info", "keyspace").contains("db0"))
    }

    @Test(
        "Without EVAL few changes are one transaction all the same, and doctor says what it would be good for"
    )
    func withoutScripts() throws {
        let server = try RedisServer("--rename-command", "EVAL", "")
        let doctor = try reedImport("doctor", "--redis", server.url)
        #expect(doctor.status == 0, "\(doctor.errors)")
        #expect(doctor.output.contains("EVAL"), "\(doctor.output)")
        let result = try importConfig(server.url)
        #expect(result.status == 0, "\(result.errors)")
        #expect(
            try server.ask("--scan", "--pattern", "entity:*").split(separator: "\n").count
                == Fixtures.siteCount)
    }

    @Test("A server without INFO is refused with the option that trusts it")
    func withoutInformation() throws {
        let server = try RedisServer("--rename-command", "INFO", "")
        let result = try importConfig(server.url)
        #expect(result.status == 78, "\(result.errors)")
        #expect(result.errors.contains("--no-server-check"), "\(result.errors)")
        #expect(try !server.ask("info", "keyspace").contains("db0"))
        let doctor = try reedImport("doctor", "--redis", server.url)
        #expect(doctor.status == 78, "\(doctor.output)")
        let trusted = try importConfig(server.url, "--no-server-check")
        #expect(trusted.status == 0, "\(trusted.errors)")
        #expect(trusted.errors.contains("not checked"))
    }

    @Test("What INFO does not say is not taken for good")
    func silentInformation() throws {
        let server = try RedisServer()
        let text = #"redis_version:7.4.0\r\nredis_mode:standalone\r\nrole:master\r\nloading:0\r\n"#
        let length = text.replacing(#"\r\n"#, with: "..").count
        let relay = try FaultProxy(server, "--reply", "INFO", #"$\#(length)\r\n\#(text)\r\n"#)
        let doctor = try reedImport("doctor", "--redis", relay.url)
        #expect(doctor.output.contains("?     eviction  the server does not say"), "\(doctor.output)")
        #expect(!doctor.output.contains("ok    eviction"))
        let result = try importConfig(relay.url)
        #expect(result.status == 0, "\(result.errors)")
        for (subject, member) in [("eviction", "maxmemory_policy"), ("restarts", "run_id")] {
            let note = "note: \(subject): the server does not say (no \(member))"
            #expect(result.errors.contains(note), "\(result.errors)")
        }
    }

    // MARK: - What makes no sense

    /// A reply that is none to its command, and when the program hears it.
    struct Nonsense: CustomTestStringConvertible, Sendable {
        let command: String
        let reply: String
        /// What the database holds before: as themes.csv, or another program's key if it is empty.
        var stored: String?
        var options: [String] = []
        /// Whether only what writes asks for it.
        var isOfWriting: Bool { ["EXEC", "MULTI", "DBSIZE", "MSET", "MSETNX"].contains(command) }
        var testDescription: String { "\(command) \(reply) \(stored ?? "") \(options)" }
    }

    static let site = "name,text\na,1\nb,1\n"
    static let nonsense = [
        Nonsense(command: "INFO", reply: #"$0\r\n\r\n"#), Nonsense(command: "INFO", reply: #":5\r\n"#),
        Nonsense(command: "COMMAND", reply: #"+OK\r\n"#),
        Nonsense(command: "COMMAND", reply: #"*1\r\n*-1\r\n"#),
        Nonsense(command: "EXEC", reply: #"*0\r\n"#), Nonsense(command: "EXEC", reply: #"+OK\r\n"#),
        Nonsense(command: "MULTI", reply: #"*0\r\n"#),
        Nonsense(command: "HGETALL", reply: #"*2\r\n$-1\r\n$-1\r\n"#),
        Nonsense(command: "HGETALL", reply: #"*1\r\n$1\r\nx\r\n"#),
        Nonsense(command: "SMEMBERS", reply: #"*1\r\n:5\r\n"#),
        Nonsense(command: "SMEMBERS", reply: #"+OK\r\n"#),
        Nonsense(command: "DBSIZE", reply: #"$1\r\nx\r\n"#, options: ["--atomic", "never"]),
        Nonsense(command: "DBSIZE", reply: #":-1\r\n"#, options: ["--atomic", "never"]),
        Nonsense(command: "PING", reply: #"+OK\r\n"#),
        Nonsense(command: "MGET", reply: #"*1\r\n$-1\r\n"#, stored: site),
        Nonsense(command: "MGET", reply: #":5\r\n"#, stored: site),
        Nonsense(command: "EXISTS", reply: #"+OK\r\n"#, stored: ""),
        Nonsense(command: "EXISTS", reply: #":-3\r\n"#, stored: ""),
        Nonsense(command: "EXISTS", reply: #":9\r\n"#, stored: ""),
        Nonsense(command: "MSETNX", reply: #":7\r\n"#, options: ["--atomic", "never"]),
        Nonsense(
            command: "MSET", reply: #":1\r\n"#, stored: "name,text\na,2\nb,2\n",
            options: ["--atomic", "never"]),
    ]

    @Test("Nonsense is a breach of the protocol, and never success", arguments: nonsense)
    func refused(_ nonsense: Nonsense) throws {
        let (server, folder) = (try RedisServer(), try TemporaryDirectory())
        func run(_ command: [String], _ url: String) throws -> ProcessResult {
            try TestSupport.run(
                try reedImportPath(), command + ["--csv", folder.path, "--redis", url, "--retry-for", "0"])
        }
        if let stored = nonsense.stored {
            try folder.write(stored, to: "themes.csv")
            if stored.isEmpty {
                _ = try server.ask("set", "another", "key")
            } else {
                #expect(try run([], server.url).status == 0)
            }
        }
        try folder.write(Self.site, to: "themes.csv")
        let relay = try FaultProxy(server, "--reply", nonsense.command, nonsense.reply)
        let result = try run(nonsense.options, relay.url)
        #expect(result.status == 76, "\(result.output)\(result.errors)")
        #expect(result.output.isEmpty)
        // Nor does what only reads believe it, where it asks for the same.
        let plan = try run(["plan"], relay.url)
        #expect(plan.status == 76 || nonsense.isOfWriting, "\(plan.output)\(plan.errors)")
        #expect(try run([], server.url).status == 0)
    }
}
