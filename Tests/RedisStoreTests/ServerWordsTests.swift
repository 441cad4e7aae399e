import CHiredis
import Testing

@testable import RedisStore

/// What a server's words mean: its errors, its INFO, and replies that are half here.
struct ServerWordsTests {
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

    @Test("INFO tells who the server is and what it has lost")
    func state() {
        let info = """
            # Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrun_id:abc\r\n\r\n# Memory\r\n\
            used_memory:1048576\r\nmaxmemory:2097152\r\nmaxmemory_policy:allkeys-lru\r\n\
            # Persistence\r\nloading:1\r\nloading_loaded_perc:11.52\r\n\
            # Stats\r\nevicted_keys:3\r\n# Replication\r\nrole:slave\r\nmaster_host:::1\r\nmaster_port:7\r\n\
            # Commandstats\r\ncmdstat_flushall:calls=2,usec=5\r\ncmdstat_flushdb:calls=1,usec=5\r\n\
            # Cluster\r\ncluster_enabled:1\r\n
            """
        let state = ServerState(info: Array(info.utf8))
        #expect(state.version == "redis 7.0.15")
        #expect(
            state.epoch
                == ServerEpoch(
                    runID: "abc", replicationID: nil, offset: nil, isReplica: true, master: "::1:7",
                    evicted: 3,
                    flushes: 3))
        #expect(state.isReplica && state.isCluster && state.mayEvict && !state.isSentinel)
        #expect(state.master == "::1:7")
        #expect(state.loaded == "11 %")
        #expect(state.maxMemory == 2_097_152)
        let empty = ServerState(info: [])
        #expect(!empty.isPlausible)
        #expect(empty.epoch.runID == nil && empty.policy == nil && empty.maxMemory == nil)
        #expect(empty.loaded == nil)
    }

    @Test("INFO keyspace tells how many keys of a database expire")
    func keyspace() {
        let state = ServerState(
            info: Array("# Keyspace\r\ndb0:keys=9,expires=2,avg_ttl=5\r\ndb3:keys=1\r\n".utf8))
        #expect(state.expiringKeys(in: 0) == 2)
        #expect(state.expiringKeys(in: 1) == 0)
        #expect(state.expiringKeys(in: 3) == .max)  // it does not say, so they are looked at
    }

    private static func epoch(_ change: (inout ServerEpoch) -> Void = { _ in }) -> ServerEpoch {
        var epoch = ServerEpoch(
            runID: "r", replicationID: "p", offset: 100, isReplica: false, master: "?:?", evicted: 1,
            flushes: 1)
        change(&epoch)
        return epoch
    }

    static let laterEpochs: [(name: String, epoch: ServerEpoch, code: RedisError.Code?)] = [
        ("the same", epoch(), nil),
        ("more history", epoch { $0.offset = 101 }, nil),
        ("another start", epoch { $0.runID = "s" }, .restarted),
        ("another history", epoch { $0.replicationID = "q" }, .restarted),
        ("less history", epoch { $0.offset = 99 }, .restarted),
        ("a replica now", epoch { $0.isReplica = true }, .tryLater),
        ("evicted", epoch { $0.evicted = 2 }, .incomplete),
        ("flushed", epoch { $0.flushes = 2 }, .incomplete),
        ("statistics reset", epoch { $0.evicted = 0 }, .incomplete),
        (
            "nothing is told",
            ServerEpoch(
                runID: nil, replicationID: nil, offset: nil, isReplica: false, master: "?:?", evicted: nil,
                flushes: 1), nil
        ),
    ]

    @Test("Two looks at a server tell whether it may have lost something", arguments: laterEpochs)
    func epochs(_ later: (name: String, epoch: ServerEpoch, code: RedisError.Code?)) {
        var code: RedisError.Code?
        do throws(RedisError) { try later.epoch.check(against: Self.epoch()) } catch { code = error.code }
        #expect(code == later.code)
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
        let isPossible = BegunReply.isPossible(
            type: expected.type, rest: Array(expected.rest.utf8).span, largest: 1 << 20)
        #expect(isPossible == expected.isPossible)
    }

    @Test("Pauses grow, vary, and end with the limit")
    func retry() throws {
        let clock = ManualClock()
        var retry = RedisRetry(limit: .seconds(10), clock.clock)
        let start = clock.clock.now()
        var pauses: [Duration] = []
        while let pause = retry.pause() {
            pauses.append(pause)
            clock.advance(by: pause)
            #expect(pauses.count < 100)
        }
        let passed = clock.clock.now() - start
        #expect(passed == .seconds(10))
        #expect(pauses[0] <= .milliseconds(25))
        #expect(try #require(pauses.max()) <= .seconds(2))
        #expect(pauses.count > 8)
        retry.succeed()
        #expect(!retry.isFailing)
        let first = try #require({ retry.pause() }())
        #expect(first <= .milliseconds(25))
        var never = RedisRetry(limit: .zero, clock.clock)
        let none = never.pause()
        #expect(none == nil)
    }
}
