import Glibc
import SystemSupport
import TestSupport
import Testing

@testable import RedisProtocol

/// Connecting to sockets that listen, or do not.
struct ConnectTests {
    private let server: RedisServer

    init() throws { server = try RedisServer() }

    @Test("A server answers over a socket in the file system")
    func socketFile() throws {
        let connection = try RedisConnection.open(try RedisAddress(server.url), within: .seconds(60))
        let exchange = Exchange(Exchange.Policy(replyTimeout: .seconds(60)))
        #expect(try exchange.call([RedisCommand("PING")], over: connection) == [.simpleString("PONG")])
    }

    @Test("Large commands and replies go through a connection whose buffers are small")
    func large() throws {
        let connection = try RedisConnection.open(try RedisAddress(server.url), within: .seconds(60))
        connection.allowLargeReplies()
        let exchange = Exchange(Exchange.Policy(replyTimeout: .seconds(600)))
        let value = String(repeating: "0123456789abcdef", count: 1 << 21)
        let commands = (0..<3).flatMap {
            [RedisCommand("SET", key: "\($0)", value), RedisCommand("GET", key: "\($0)")]
        }
        let replies = try exchange.ask(commands, over: connection)
        #expect(replies == Array(repeating: [.ok, .bulkString(Array(value.utf8))], count: 3).flatMap { $0 })
    }

    @Test("A path without a socket, and a port that is closed, are unavailable")
    func refused() throws {
        let addresses = [server.url + "x", "127.0.0.1:1", "localhost:1", "[::1]:1"]
        for text in addresses {
            let address = try RedisAddress(text)
            let failure = #expect(throws: RedisError.self) {
                try RedisConnection.open(address, within: .seconds(60))
            }
            #expect(failure?.code == .unavailable)
            #expect(failure?.message.hasPrefix("cannot connect to \(address): ") == true)
        }
    }

    @Test("A name that does not exist is unavailable")
    func unknownName() throws {
        let failure = #expect(throws: RedisError.self) {
            try RedisConnection.open(try RedisAddress("no-such-host.invalid"), within: .seconds(600))
        }
        #expect(failure?.code == .unavailable)
    }

    @Test("A run that is to end does not wait for a server that never accepts")
    func cancelled() throws {
        var ends: [CInt] = [-1, -1]
        _ = unsafe pipe(&ends)
        defer { for end in ends { close(end) } }
        _ = unsafe write(ends[1], "x", 1)
        // A reserved address (RFC 5737), to which nothing can be sent, or from which nothing comes.
        let failure = #expect(throws: RedisError.self) {
            try RedisConnection.open(
                try RedisAddress("192.0.2.1:6379"), within: .seconds(600),
                unless: CancellationSignal(descriptor: ends[0]))
        }
        #expect([.interrupted, .unavailable].contains(failure?.code))
    }
}
