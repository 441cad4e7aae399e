import Foundation
import GraphSync
@testable import RedisStore
import RedisProtocol
import SystemSupport
import TestSupport
import Testing
import UCG

struct RedisEntityStoreTests {
    private static let stamp = WriteStamp(
        time: Timestamp(secondsSince1970: 0) ?? { fatalError("unreachable") }(), author: "system")

    private static func connect(
        _ url: String, _ configure: (inout RedisOptions) -> Void = { _ in }
    ) throws -> RedisEntityStore {
        var options = RedisOptions()
        options.retryFor = .zero
        options.checksServer = !url.contains(FakeServer.name)
        configure(&options)
        let session = RedisSession(try RedisAddress(url), keyPrefix: "p:", options)
        return try RedisEntityStore.connect(session, keyPrefix: "p:", stamp: stamp, options: options)
    }

    private static func entity(_ number: Int, text: String = "x") -> Entity {
        var entity = Entity(
            type: .theme, id: EntityName.id(.theme, "t\(number)"), origin: EntityOrigin(file: 0, line: number)
        )
        entity.data.beginObject()
        entity.data.key("name")
        entity.data.string(text)
        entity.data.endObject()
        return entity
    }

    /// Why connecting fails.
    private static func failure(
        _ url: String, _ configure: (inout RedisOptions) -> Void = { _ in }
    ) -> RedisError? {
        do {
            _ = try connect(url, configure)
            return nil
        } catch {
            return error as? RedisError
        }
    }

    @Test("Every entity is stored under its key as its JSON, and confirmed", arguments: [0, 1, 5000])
    func stores(count: Int) throws {
        let server = try RedisServer()
        var store = try Self.connect(server.url)
        for number in 0..<count { try store.write(Self.entity(number, text: "é\r\n*1\r\n\u{0}")) }
        try store.finish()
        #expect(store.counts.written == count)
        #expect(store.counts.unknown == 0)
        let contents = try server.contents()
        #expect(contents.count == count)
        for number in 0..<count {
            let id = EntityName.id(.theme, "t\(number)")
            #expect(
                contents["p:entity:theme:\(id)"]
                    == #"{"id":"\#(id)","entity_type":"theme","semantic_name":null,"created_at":"1970-01-01T00:00:00.000Z","updated_at":"1970-01-01T00:00:00.000Z","created_by":"system","data":{"name":"é\r\n*1\r\n\u0000"}}"#
            )
        }
    }

    @Test("Large entities go through, though the server's socket holds only a part of one")
    func large() throws {
        let server = try RedisServer()
        var store = try Self.connect(server.url)
        let text = String(repeating: "0123456789abcdef", count: 1 << 18)
        for number in 0..<8 { try store.write(Self.entity(number, text: text)) }
        try store.finish()
        #expect(store.counts.written == 8)
        let json = Self.entity(7, text: text).json(Self.stamp)
        #expect(
            try server.ask("strlen", "p:entity:theme:\(EntityName.id(.theme, "t7"))") == "\(json.count)"
        )
    }

    @Test("A database other than 0 is chosen")
    func database() throws {
        let server = try RedisServer()
        var store = try Self.connect(server.url + "?db=3")
        try store.write(Self.entity(1))
        try store.finish()
        #expect(try server.ask("-n", "3", "dbsize") == "1")
        #expect(try server.ask("-n", "0", "dbsize") == "0")
        let error = Self.failure(server.url + "?db=99")
        #expect(error?.code == .configuration)
    }

    @Test("Password and user are used, and failures to log in are told apart")
    func passwords() throws {
        let server = try RedisServer("--requirepass", "secret")
        let place = server.socket
        _ = try Self.connect("unix://:secret@\(place)")
        #expect(Self.failure("unix://\(place)")?.code == .permission)
        #expect(Self.failure("unix://\(place)")?.message == "NOAUTH Authentication required")
        let wrong = Self.failure("unix://:wrong-one@\(place)")
        #expect(wrong?.code == .permission)
        #expect(wrong?.message.contains("wrong-one") == false)
        let open = try RedisServer()
        #expect(Self.failure("unix://:secret@\(open.socket)")?.code == .configuration)
        _ = try open.ask(
            "acl", "setuser", "imp", "on", ">pw", "~p:entity:*", "+mset", "+set", "+ping", "+echo", "+info")
        var store = try Self.connect("unix://imp:pw@\(open.socket)")
        try store.write(Self.entity(1))
        try store.finish()
        #expect(store.counts.written == 1)
    }

    @Test("A refusal that concerns one entity is noted with its origin, and the others are written")
    func refusal() throws {
        let server = try FakeServer { read, write in
            _ = read()
            write(FakeServer.greeting)
            var commands = 0
            while true {
                let data = read()
                if data.isEmpty { return }
                let text = String(decoding: data, as: UTF8.self)
                for _ in 0..<(text.components(separatedBy: "\r\nSET\r\n").count - 1) {
                    commands += 1
                    write(Data((commands == 3 ? "-ERR no \u{1B}[2J thanks\r\n" : "+OK\r\n").utf8))
                }
                if let ping = text.range(of: "PING\r\n") { write(Data(text[ping.upperBound...].utf8)) }
            }
        }
        var store = try Self.connect(server.url) { $0.batchSize = 1 }
        for number in 1...5 { try store.write(Self.entity(number)) }
        try store.finish()
        #expect(store.counts.written == 4)
        #expect(store.counts.refused == 1)
        #expect(store.refusals.map(\.origin.line) == [3])
        #expect(store.refusals.first?.key.id == EntityName.id(.theme, "t3"))
        #expect(store.refusals.first?.reason.hasPrefix("ERR no") == true)
    }

    @Test(
        "A refusal that concerns every entity ends the run",
        arguments: [
            ("OOM command not allowed", RedisError.Code.tryLater), ("READONLY You can't write", .tryLater),
            ("MISCONF Redis is configured", .tryLater), ("NOPERM this user", .permission),
            ("ERR unknown command 'SET'", .configuration), ("MOVED 1 127.0.0.1:1", .configuration),
        ])
    func finalRefusal(words: String, code: RedisError.Code) throws {
        let server = try RepliesAfterPing("-\(words)\r\n")
        var store = try Self.connect(server.url)
        try store.write(Self.entity(1))
        var failure: RedisError?
        do { try store.finish() } catch { failure = error }
        #expect(failure?.code == code)
        #expect(failure?.message == words)
        #expect(store.counts.refused == 1)
    }

    @Test("A server that is busy when all is written is asked again")
    func busyAtTheEnd() throws {
        let server = try FakeServer { read, write in
            _ = read()
            write(FakeServer.greeting)
            var isBusy = true
            while true {
                let text = String(decoding: read(), as: UTF8.self)
                if text.isEmpty { return }
                if text.contains("\r\nSET\r\n") { write(Data("+OK\r\n".utf8)) }
                guard let ping = text.range(of: "PING\r\n") else { continue }
                write(isBusy ? Data("-BUSY a script\r\n".utf8) : Data(text[ping.upperBound...].utf8))
                isBusy = false
            }
        }
        do {
            var patient = try Self.connect(server.url) { $0.retryFor = .seconds(5) }
            try patient.write(Self.entity(1))
            try patient.finish()
            #expect(patient.counts.written == 1)
        }
        var hasty = try Self.connect(server.url)
        try hasty.write(Self.entity(1))
        var failure: RedisError?
        do { try hasty.finish() } catch { failure = error }
        #expect(failure?.code == .tryLater)
    }

    @Test("What the server repeats of a command is not shown: it may be a password")
    func renamedCommand() throws {
        let server = try RedisServer("--rename-command", "AUTH", "")
        let failure = Self.failure("unix://:hunter2@\(server.socket)")
        #expect(failure?.code == .configuration)
        #expect(failure?.message == "ERR unknown command 'AUTH'")
    }

    static let faults: [(name: String, reply: String, code: RedisError.Code)] = [
        ("garbage", "HTTP/1.1 400 Bad Request\r\n", .protocolViolation),
        ("one reply too many", "+OK\r\n+OK\r\n", .protocolViolation),
        ("a reply of another kind", ":1\r\n", .protocolViolation),
        ("an end", "", .connectionLost),
        ("an end in the middle of a reply", "+O", .connectionLost),
        ("last words", "-ERR some last words\r\n", .connectionLost),
        ("a value that is too large for it", "-ERR Protocol error: invalid bulk length\r\n", .refused),
    ]

    @Test("What a broken server answers ends the run, with its kind", arguments: faults)
    func broken(name: String, reply: String, code: RedisError.Code) throws {
        let server = try RepliesAfterPing(reply)
        var store = try Self.connect(server.url)
        try store.write(Self.entity(1))
        var failure: RedisError?
        do { try store.finish() } catch { failure = error }
        #expect(failure?.code == code, "\(String(describing: failure))")
    }

    @Test("What is no Redis is found out before anything is written")
    func notRedis() throws {
        let web = try FakeServer { read, write in
            _ = read()
            write(Data("HTTP/1.1 400 Bad Request\r\n\r\n".utf8))
        }
        let error = Self.failure(web.url)
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.contains("'H'") == true)
        let closing = try FakeServer { _, _ in }
        #expect(Self.failure(closing.url)?.code == .connectionLost)
    }

    @Test("A server that never answers is given up, before and after the first reply")
    func silent() throws {
        let mute = try FakeServer { read, _ in while !read().isEmpty {} }
        #expect(Self.failure(mute.url) { $0.connectTimeout = .milliseconds(200) }?.code == .timeout)
        let stopping = try FakeServer { read, write in
            _ = read()
            write(FakeServer.greeting)
            while !read().isEmpty {}
        }
        var store = try Self.connect(stopping.url) { $0.replyTimeout = .milliseconds(300) }
        var failure: RedisError?
        do {
            for number in 0..<100_000 { try store.write(Self.entity(number)) }
            try store.finish()
        } catch {
            failure = error
        }
        #expect(failure?.code == .timeout)
        #expect(store.counts.written == 0)
        #expect(store.counts.unknown > 0)
    }

    @Test("An interruption ends the run, after the replies that were outstanding")
    func interruption() throws {
        let server = try RedisServer()
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var store = try Self.connect(server.url) { $0.cancellation = CancellationSignal(descriptor: ends[0]) }
        for number in 0..<3000 { try store.write(Self.entity(number)) }
        #expect(unsafe write(ends[1], "x", 1) == 1)
        var failure: RedisError?
        do {
            for number in 3000..<100_000 { try store.write(Self.entity(number)) }
        } catch {
            failure = error
        }
        #expect(failure?.code == .interrupted)
        #expect(store.counts.unknown == 0)
        #expect(try server.ask("dbsize") == "\(store.counts.written)")
    }

    @Test("Where nothing listens, the system's words say so")
    func unavailable() {
        let path = "/nonexistent/redis.sock"
        #expect(
            Self.failure("unix://\(path)")?.message
                == "cannot connect to unix://\(path)?db=0: No such file or directory")
        #expect(
            Self.failure("127.0.0.1:1")?.message
                == "cannot connect to redis://127.0.0.1:1/0: Connection refused")
        let unknown = Self.failure("no-such-host.invalid")
        #expect(unknown?.code == .unavailable)
    }
}

/// A server that greets, and then answers everything with the same bytes, once, and hangs up.
private final class RepliesAfterPing {
    private let server: FakeServer
    var url: String { server.url }

    init(_ reply: String) throws {
        server = try FakeServer { read, write in
            _ = read()
            write(FakeServer.greeting)
            _ = read()
            if !reply.isEmpty { write(Data(reply.utf8)) }
        }
    }
}
