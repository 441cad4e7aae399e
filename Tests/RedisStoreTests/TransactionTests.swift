import Foundation
import RedisProtocol
import Testing

@testable import RedisStore

/// How a transaction ends, by a server's replies to it.
struct TransactionTests {
    /// Queues `SET a b` in a transaction and carries it out, with a server that answers MULTI and SET with `queued`
    /// and EXEC with `ending`.
    private func end(queued: String, _ ending: String) throws -> Transaction.Ending {
        let server = try FakeServer { read, write in
            for reply in [FakeServer.greeting, Data(queued.utf8), Data(ending.utf8)] {
                _ = read()
                write(reply)
            }
            _ = read()
        }
        var options = RedisOptions()
        options.checksServer = false
        let session = RedisSession(try RedisAddress(server.url), keyPrefix: "", options)
        let node = Node(session, opened: try session.openFirst(), lock: nil, options: options)
        var transaction = Transaction()
        transaction.append(RedisCommand("SET", key: "a", "b"))
        try transaction.queue(on: node)
        return try transaction.execute(on: node)
    }

    private static let queued = "+OK\r\n+QUEUED\r\n"

    @Test("It is carried out, or aborted; a reply for each command has to come")
    func endings() throws {
        #expect(try end(queued: Self.queued, "*1\r\n+OK\r\n") == .done([.ok]))
        #expect(
            try end(queued: Self.queued, "*1\r\n-NOPERM no more\r\n") == .done([.error("NOPERM no more")]))
        #expect(try end(queued: Self.queued, "*-1\r\n") == .aborted)
        for reply in ["*0\r\n", "*2\r\n+OK\r\n+OK\r\n", "+OK\r\n", "$0\r\n\r\n"] {
            let failure = #expect(throws: RedisError.self) { try end(queued: Self.queued, reply) }
            #expect(failure?.code == .protocolViolation)
        }
    }

    @Test("What is refused before EXEC, or by it, has no effect")
    func refusals() throws {
        let refused = #expect(throws: RedisError.self) {
            try end(queued: "+OK\r\n-OOM command not allowed\r\n", "never asked for")
        }
        #expect(refused?.code == .tryLater)
        let aborted = #expect(throws: RedisError.self) {
            try end(
                queued: Self.queued,
                "-EXECABORT Transaction discarded because of: BUSY Redis is busy running a script\r\n")
        }
        #expect(aborted?.isTransient == true)
        #expect(throws: RedisError.self) { try end(queued: Self.queued, ":5\r\n") }
        #expect(throws: RedisError.self) { try end(queued: "+OK\r\n+OK\r\n+OK\r\n", "") }
    }
}
