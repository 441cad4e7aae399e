import GraphSync
import RedisProtocol
import Testing
import UCG

@testable import RedisStore

/// What a connection is asked while batches are written, and what the replies lead to, without a server.
struct BatchLaneTests {
    private static let lock = Array("mine".utf8)

    /// A lane and a window with `count` batches of one entity, or of `size`.
    private struct Site {
        var lane: BatchLane
        var window: MutationWindow

        init(
            _ count: Int, size: Int = 1, kind: MutationBatch.Kind = .replace,
            graphKeys: GraphKeySetting = .none
        ) {
            lane = BatchLane(0, fence: .init(key: "lock", value: BatchLaneTests.lock))
            window = MutationWindow(
                keyPrefix: "", layout: StringLayout.self, sendsSingly: false, laneCount: 2)
            let stamp = WriteStamp(time: .now, author: "system")
            var head = EntityEncoder(keyPrefix: "", stamp: stamp)
            for number in 0..<count {
                var batch = window.freshBatch()
                batch.kind = kind
                for index in 0..<size {
                    var entity = Entity(
                        type: .theme, id: EntityName.id(.theme, "t\(number).\(index)"),
                        origin: EntityOrigin(file: 0, line: number * size + index + 1))
                    entity.data.beginObject()
                    entity.data.endObject()
                    batch.append(entity, &head)
                    if graphKeys != .none { _ = batch.addGraphChange(GraphPolicy(goal: graphKeys)) }
                }
                window.submit(batch)
            }
        }

        /// Looks at the lock, which is this run's.
        mutating func arm() throws {
            _ = lane.arm()
            try enter(.ok, .bulkString(BatchLaneTests.lock))
        }

        /// Sends everything in one transaction.
        mutating func sendAll() -> [String] {
            var bytes = lane.begin()
            while let batch = window.takeForSending() {
                let keys = batch.graphCommands(GraphKeyNames(prefix: ""))
                lane.send(
                    batch.kind, replies: batch.replyCount,
                    keyCommands: keys.dropFirst(batch.kind == .graphKeys ? 1 : 0).map(\.name))
                batch.encode { (part) throws(Never) in bytes += part }
                for key in keys { bytes += key.encoded.bytes }
            }
            bytes += lane.end()
            let names: Set = ["MULTI", "SET", "MSET", "SADD", "EXEC", "WATCH", "GET"]
            return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
                .filter(names.contains)
        }

        mutating func enter(_ replies: RedisReply...) throws {
            for reply in replies { try lane.receive(reply, &window) }
        }
    }

    @Test("Batches are sent in a transaction that the lock fences, once the lock has been seen")
    func fenced() throws {
        var site = Site(2)
        #expect(site.lane.mustArm && !site.lane.isReady)
        try site.arm()
        #expect(site.lane.isReady)
        #expect(site.sendAll() == ["MULTI", "SET", "SET", "EXEC", "WATCH", "GET"])
        #expect(!site.lane.isReady)
        try site.enter(.ok, .simpleString("QUEUED"), .simpleString("QUEUED"), .array([.ok, .ok]))
        #expect(site.window.updated == 2 && site.window.isEmpty)
        #expect(!site.lane.isReady)  // the lock has to be seen again
        try site.enter(.ok, .bulkString(Self.lock))
        #expect(site.lane.isReady)
    }

    @Test("What a renewal of the lock aborts is sent again; nothing of it counts")
    func aborted() throws {
        var site = Site(2)
        try site.arm()
        _ = site.sendAll()
        try site.enter(
            .ok, .simpleString("QUEUED"), .simpleString("QUEUED"), .null, .ok, .bulkString(Self.lock))
        #expect(site.window.settled == 0 && !site.window.isAwaited && site.window.isWaiting)
        #expect(site.sendAll() == ["MULTI", "SET", "SET", "EXEC", "WATCH", "GET"])
        try site.enter(.ok, .simpleString("QUEUED"), .simpleString("QUEUED"), .array([.ok, .ok]))
        #expect(site.window.updated == 2)
    }

    @Test(
        "A lock that is another's, or gone, ends the writing", arguments: [RedisReply.null, .bulkString([1])])
    func lost(_ reply: RedisReply) throws {
        var site = Site(1)
        try site.arm()
        _ = site.sendAll()
        try site.enter(.ok, .simpleString("QUEUED"), .null, .ok)
        let failure = #expect(throws: RedisError.self) { try site.enter(reply) }
        #expect(failure?.code == .lockLost)
        #expect(site.window.settled == 0)
    }

    @Test("A command that cannot be queued is refused, and the others are sent again")
    func refused() throws {
        var site = Site(3, size: 2)
        try site.arm()
        #expect(site.sendAll() == ["MULTI", "MSET", "MSET", "MSET", "EXEC", "WATCH", "GET"])
        try site.enter(
            .ok, .simpleString("QUEUED"), .error("ERR no"), .simpleString("QUEUED"),
            .error("EXECABORT Transaction discarded because of previous errors."), .ok, .bulkString(Self.lock)
        )
        #expect(site.window.settled == 0 && site.window.stop == nil)
        // The one at fault one by one.
        #expect(site.sendAll() == ["MULTI", "MSET", "SET", "SET", "MSET", "EXEC", "WATCH", "GET"])
        try site.enter(
            .ok, .simpleString("QUEUED"), .simpleString("QUEUED"), .error("ERR no"), .simpleString("QUEUED"),
            .error("EXECABORT Transaction discarded because of previous errors."), .ok, .bulkString(Self.lock)
        )
        #expect(site.window.refused == 1)
        _ = site.sendAll()
        try site.enter(
            .ok, .simpleString("QUEUED"), .simpleString("QUEUED"), .simpleString("QUEUED"),
            .array([.ok, .ok, .ok]), .ok,
            .bulkString(Self.lock))
        #expect(site.window.updated == 5 && site.window.isEmpty)
        #expect(site.window.refusals.map(\.origin.line) == [4])
    }

    @Test("A full memory stops everything, whether it shows before or at the end")
    func stopped() throws {
        for early in [true, false] {
            var site = Site(1)
            try site.arm()
            _ = site.sendAll()
            let words = "OOM command not allowed"
            try site.enter(
                .ok, early ? .error(words) : .simpleString("QUEUED"),
                .error("EXECABORT Transaction discarded because of: \(words)"), .ok, .bulkString(Self.lock))
            #expect(site.window.stop?.code == .tryLater)
            #expect(site.window.updated == 0)
        }
    }

    @Test("A server that is busy gets the same again later")
    func busy() throws {
        var site = Site(1)
        try site.arm()
        _ = site.sendAll()
        try site.enter(
            .ok, .error("BUSY a script"), .error("EXECABORT Transaction discarded because of: BUSY a script"),
            .ok, .error("BUSY a script"))
        #expect(site.window.delay != nil && site.window.isWaiting && !site.window.isAwaited)
        #expect(site.lane.mustArm)
    }

    @Test("Batches that read are no part of a transaction")
    func reading() throws {
        var site = Site(1, kind: .compare)
        let batch = try #require({ site.window.takeForSending() }())
        site.lane.send(batch.kind, replies: 1)
        #expect(site.lane.acceptsOwn && !site.lane.isReady)
        try site.enter(.array([.null]))
        #expect(site.window.isWaiting)  // it is to be created
    }

    @Test(
        "Replies that are out of step are noticed",
        arguments: [
            [RedisReply.simpleString("QUEUED")], [.ok, .ok], [.ok, .simpleString("QUEUED"), .array([])],
            [.ok, .simpleString("QUEUED"), .array([.ok, .ok])], [.ok, .simpleString("QUEUED"), .ok],
        ])
    func outOfStep(_ replies: [RedisReply]) throws {
        var site = Site(1)
        try site.arm()
        _ = site.sendAll()
        let failure = #expect(throws: RedisError.self) {
            for reply in replies { try site.enter(reply) }
        }
        #expect(failure?.code == .protocolViolation)
    }

    // MARK: - Graph keys

    @Test("Graph keys come after the entities of their batch, in the same transaction")
    func graphKeys() throws {
        var site = Site(2, size: 2, graphKeys: .graph)
        try site.arm()
        #expect(site.sendAll() == ["MULTI", "MSET", "SADD", "MSET", "SADD", "EXEC", "WATCH", "GET"])
        let queued = RedisReply.simpleString("QUEUED")
        try site.enter(
            .ok, queued, queued, queued, queued, .array([.ok, .integer(2), .ok, .integer(2)]), .ok,
            .bulkString(Self.lock))
        #expect(site.window.updated == 4 && site.window.isEmpty && site.window.stop == nil)
    }

    @Test("Without a change of the entities the first command stands for the batch")
    func graphKeysAlone() throws {
        var site = Site(1, size: 3, kind: .graphKeys, graphKeys: .graph)
        try site.arm()
        #expect(site.sendAll() == ["MULTI", "SADD", "EXEC", "WATCH", "GET"])
        try site.enter(.ok, .simpleString("QUEUED"), .array([.integer(3)]))
        #expect(site.window.unchanged == 3 && site.window.rewritten == 3 && site.window.isEmpty)
    }

    @Test(
        "A graph key that fails where its entity was written ends the import, which knows that keys are missing"
    )
    func graphKeyFails() throws {
        var site = Site(1, graphKeys: .graph)
        try site.arm()
        _ = site.sendAll()
        let queued = RedisReply.simpleString("QUEUED")
        try site.enter(.ok, queued, queued, .array([.ok, .error("WRONGTYPE no set")]))
        #expect(site.window.updated == 1 && site.window.lacksGraphKeys)
        #expect(site.window.stop?.message.contains("WRONGTYPE") == true)
    }

    @Test("A graph key that cannot be queued ends the import, and nothing was written", arguments: [1, 2])
    func graphKeyRefused(size: Int) throws {
        var site = Site(2, size: size, graphKeys: .graph)
        try site.arm()
        _ = site.sendAll()
        let queued = RedisReply.simpleString("QUEUED")
        try site.enter(
            .ok, queued, .error("NOPERM no right to run 'sadd'"), queued, queued,
            .error("EXECABORT Transaction discarded because of previous errors."), .ok, .bulkString(Self.lock)
        )
        #expect(site.window.settled == 0 && !site.window.isAwaited && site.window.isWaiting)
        #expect(site.window.stop?.code == .permission && !site.window.lacksGraphKeys)
    }
}
