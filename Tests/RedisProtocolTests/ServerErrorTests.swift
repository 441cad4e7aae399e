import CHiredis
import Testing

@testable import RedisProtocol

/// The meaning of a server's errors, and replies that are incomplete.
struct ServerErrorTests {
    static let errorKinds: [(text: String, code: RedisError.Code, effect: String)] = [
        ("LOADING Redis is loading the dataset in memory", .tryLater, "delay"),
        ("BUSY Redis is busy running a script.", .tryLater, "delay"),
        ("BUSYKEY Target key name already exists.", .refused, "refusal"),
        ("TRYAGAIN Multiple keys request during rehashing of slot", .tryLater, "delay"),
        ("CLUSTERDOWN Hash slot not served", .tryLater, "delay"),
        ("MASTERDOWN Link with MASTER is down", .tryLater, "delay"),
        ("OOM command not allowed when used memory > 'maxmemory'.", .tryLater, "stop"),
        ("MISCONF Redis is configured to save RDB snapshots", .tryLater, "stop"),
        ("READONLY You can't write against a read only replica.", .tryLater, "stop"),
        ("NOREPLICAS Not enough good replicas to write.", .tryLater, "stop"),
        ("NOAUTH Authentication required.", .permission, "stop"),
        ("WRONGPASS invalid username-password pair or user is disabled.", .permission, "stop"),
        ("NOPERM this user has no permissions to run the 'set' command", .permission, "missingRight"),
        ("DENIED Redis is running in protected mode", .permission, "stop"),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", .configuration, "stop"),
        ("MOVED 866 127.0.0.1:17201", .configuration, "stop"),
        ("ERR unknown command 'SET', with args beginning with: 'a'", .configuration, "stop"),
        ("ERR max number of clients reached", .tryLater, "stop"),
        ("ERR DB index is out of range", .configuration, "stop"),
        ("ERR AUTH <password> called without any password configured", .configuration, "stop"),
        ("ERR Protocol error: invalid bulk length", .refused, "stop"),
        ("ERR something else", .refused, "refusal"),
        ("EXECABORT Transaction discarded because of: BUSY Redis is busy", .tryLater, "delay"),
        ("EXECABORT Transaction discarded because of: OOM command not allowed", .tryLater, "stop"),
        ("EXECABORT Transaction discarded because of previous errors.", .refused, "refusal"),
        ("", .refused, "refusal"),
    ]

    @Test("Each error has its kind", arguments: errorKinds)
    func error(_ expected: (text: String, code: RedisError.Code, effect: String)) {
        let error = ServerError(expected.text)
        #expect(error.code == expected.code)
        #expect("\(error.effect)" == expected.effect)
        #expect(error.words.count <= 80)
        #expect(!error.words.contains("with args"))
    }

    @Test("A failure keeps the command, the origin of the data, and the setting that helps")
    func failures() {
        let login = ServerError("NOAUTH Authentication required.").failure(of: "PING")
        #expect(login.setting == .password && login.command == "PING" && login.origin == nil)
        #expect(login.message == "NOAUTH Authentication required")
        let origin = CommandOrigin(file: 1, line: 7)
        let full = ServerError("OOM command not allowed").failure(of: .data(origin, command: "MSETNX"))
        #expect(full.origin == origin && full.command == "MSETNX" && full.setting == nil)
        // The program's own commands no configuration should refuse; a value may be refused.
        let refused = ServerError("ERR no")
        #expect(refused.failure(of: "HSET").code == .configuration)
        #expect(refused.failure(of: .data(nil, command: "SET")).code == .refused)
        #expect(ServerError("BUSY a script runs").failure(of: .data(nil, command: "SET")).isTransient)
    }

    static let halfReplies: [(type: CInt, rest: String, isPossible: Bool)] = [
        (-1, "anything", true), (REDIS_REPLY_STATUS, "", true), (REDIS_REPLY_STATUS, "O", true),
        (REDIS_REPLY_STATUS, "OK\r", true), (REDIS_REPLY_STATUS, "readonly", true),
        (REDIS_REPLY_STATUS, "O\u{1B}", false),
        (REDIS_REPLY_STATUS, "OK\rx", false),
        (REDIS_REPLY_STATUS, String(repeating: "A", count: 100), false),
        (REDIS_REPLY_ERROR, "ERR what", true), (REDIS_REPLY_ERROR, "ERR\u{1B}", false),
        (REDIS_REPLY_ERROR, String(repeating: "A", count: 70_000), false),
        (REDIS_REPLY_INTEGER, "-12", true), (REDIS_REPLY_INTEGER, "x", false),
        (REDIS_REPLY_STRING, "5\r\nabc", true), (REDIS_REPLY_STRING, "629145600\r\nabc", false),
        (REDIS_REPLY_STRING, "99999999999999999999\r\n", false),
        (REDIS_REPLY_ARRAY, "3\r", true), (REDIS_REPLY_ARRAY, "3y", false),
    ]

    @Test("A reply that is half here is told from what can never become one", arguments: halfReplies)
    func begun(_ expected: (type: CInt, rest: String, isPossible: Bool)) {
        let isPossible = PartialReplyCheck.isPossible(
            type: expected.type, rest: Array(expected.rest.utf8).span, largest: 1 << 20)
        #expect(isPossible == expected.isPossible)
    }
}
