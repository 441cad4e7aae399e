import RedisProtocol
import Testing

@testable import RedisStore

/// What a server says of itself, and what a difference between two looks at it means.
struct ServerStateTests {
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
}
