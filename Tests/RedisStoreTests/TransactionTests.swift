import Foundation
import GraphSync
import Testing

@testable import RedisStore

/// How a transaction ends, by a server's replies to it.
struct TransactionTests {
    /// Queues `SET a b` in a transaction and carries it out, with a server that answers MULTI and SET with `queued`
    /// and EXEC with `ending`.
    private func end(queued: String, _ ending: String) throws -> Transaction.Ending {
        let server = try FakeServer { read, write in
            for reply in [queued, ending] {
                _ = read()
                write(Data(reply.utf8))
            }
            _ = read()
        }
        let address = try RedisAddress(server.url)
        var connection = try RedisConnection.open(address, within: .seconds(5), interruption: nil)
        let options = RedisOptions()
        let lock = ImportLock(RedisSession(address, keyPrefix: "", options), key: "lock", options)
        var transaction = Transaction()
        transaction.append(.command("SET", "a", "b"))
        try transaction.queue(&connection, lock, options)
        return try Transaction.execute(&connection, options)
    }

    private static let queued = "+OK\r\n+QUEUED\r\n"

    @Test("It is carried out, aborted, or carried out but for a command that failed")
    func endings() throws {
        #expect(try end(queued: Self.queued, "*1\r\n+OK\r\n") == .done)
        #expect(try end(queued: Self.queued, "*-1\r\n") == .aborted)
        let failure = ServerError("NOPERM no more").asFailure
        #expect(try end(queued: Self.queued, "*2\r\n+OK\r\n-NOPERM no more\r\n") == .failed(failure))
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
        #expect(aborted?.mayPass == true)
        #expect(throws: RedisError.self) { try end(queued: Self.queued, ":5\r\n") }
        #expect(throws: RedisError.self) { try end(queued: "+OK\r\n+OK\r\n+OK\r\n", "") }
    }
}
