import GraphSync
import RedisProtocol
import Testing
import TestSupport
import UCG

@testable import RedisStore

/// A small graph in memory: names and texts by type.
private struct Sample {
    var entities: [EntityType: [String: String]] = [:]
    static let types: [EntityType] = [.snippet, .theme, .association, .translation]

    init() {}

    /// Some of 40 names of each type, with one of three texts each.
    init(_ dice: inout SeededGenerator) {
        for type in Self.types {
            for number in 0..<Int.random(in: 0...40, using: &dice) where Bool.random(using: &dice) {
                entities[type, default: [:]]["n\(number)"] = "text \(Int.random(in: 0..<3, using: &dice))"
            }
        }
    }

    var graph: DesiredGraph { DesiredGraph(self) }
}

extension Sample: EntitySource {
    var types: [EntityType] { Self.types }

    var ids: [EntityType: [EntityID]] {
        entities.reduce(into: [:]) { ids, pair in
            ids[pair.key] = pair.value.keys.map { EntityName.id(pair.key, $0) }
        }
    }

    var groups: Set<EntityGroup> {
        Set(Self.types.map { EntityGroup(type: $0) } + [EntityGroup(layer: "", scope: nil, locale: "")])
    }

    var estimatedByteCount: Int {
        entities.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.utf8.count + 330 } }
    }

    func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        for (number, pair) in (entities[type] ?? [:]).sorted(by: { $0.key < $1.key }).enumerated() {
            var entity = Entity(
                type: type, id: EntityName.id(type, pair.key), origin: EntityOrigin(file: 0, line: number + 2)
            )
            entity.data.beginObject()
            entity.data.key("name")
            entity.data.string(pair.key)
            entity.data.key("text")
            entity.data.string(pair.value)
            entity.data.endObject()
            try body(entity)
        }
    }
}

/// A source with which something happens while it is gone through.
private struct DisturbedSource: EntitySource {
    let source: Sample
    let disturbance: (EntityType, (borrowing Entity) throws -> Void) throws -> Void

    var types: [EntityType] { source.types }
    var ids: [EntityType: [EntityID]] { source.ids }
    var groups: Set<EntityGroup> { [] }
    var estimatedByteCount: Int { 0 }

    func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        try disturbance(type, body)
    }
}

struct RedisSyncTests {
    private static func stamp(_ seconds: Int64) -> WriteStamp {
        WriteStamp(time: Timestamp(secondsSince1970: seconds) ?? .now, author: "system")
    }

    private static func sync(
        _ server: RedisServer, at seconds: Int64 = 0, source: String = "csv", ignoresMemory: Bool = false,
        _ change: (inout SyncOptions) -> Void = { _ in }
    ) throws -> RedisSync {
        var (redis, options) = (RedisOptions(), SyncOptions())
        redis.retryFor = .zero
        redis.ignoresMemory = ignoresMemory
        change(&options)
        return try RedisSync(
            of: try RedisAddress(server.url),
            source: ImportSource(keyPrefix: "", name: source) ?? ImportSource(keyPrefix: ""),
            types: Sample.types,
            stamp: stamp(seconds), redis: redis, options: options)
    }

    @discardableResult
    private static func apply(
        _ sample: Sample, _ server: RedisServer, at seconds: Int64 = 0, source: String = "csv",
        ignoresMemory: Bool = false, _ change: (inout SyncOptions) -> Void = { _ in }
    ) throws -> SyncResult {
        var sync = try sync(server, at: seconds, source: source, ignoresMemory: ignoresMemory, change)
        return try sync.apply(sample.graph, lockTimeout: .zero) { LastImport() }
    }

    private static let ways: [@Sendable (inout SyncOptions) -> Void] = [
        { $0.atomicity = .always }, { $0.atomicity = .never }, { $0.atomicEntities = 7 },
    ]

    /// All that has to be equal: entities without their times, and who owns what.
    private func contents(_ server: RedisServer) throws -> [String: String] {
        let times = try Regex(#""(created|updated)_at":"[^"]*""#)
        var contents = try server.contents().mapValues { value in
            value.replacing(times, with: "")
        }
        for type in Sample.types {
            contents["owned \(type)"] = try server.ask(
                "debug", "digest-value", "reed-import:csv:owned:\(type)")
        }
        contents["sources"] = try server.ask("smembers", "reed-import:sources")
        return contents
    }

    @Test("Importing A and then B with pruning leads to what importing B alone does", arguments: 0..<30)
    func convergence(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let (first, second) = (Sample(&dice), Sample(&dice))
        let (server, fresh) = (try RedisServer(), try RedisServer())
        let way = Self.ways[seed % 3]
        let bold: (inout SyncOptions) -> Void = {
            way(&$0)
            $0.prunes = true
            $0.deletionLimit = .percent(100)
        }
        try Self.apply(first, server, way)
        let result = try Self.apply(second, server, at: 5, bold)
        try Self.apply(second, fresh, at: 9, Self.ways[(seed + 1) % 3])
        #expect(try contents(server) == contents(fresh))
        for type in Sample.types {
            let (old, new) = (first.entities[type] ?? [:], second.entities[type] ?? [:])
            let counts = result.counts[type] ?? ChangeCounts()
            #expect(counts.created == new.keys.count { old[$0] == nil })
            #expect(counts.updated == new.count { old[$0.key] != nil && old[$0.key] != $0.value })
            #expect(counts.unchanged == new.count { old[$0.key] == $0.value })
            #expect(counts.deleted == old.keys.count { new[$0] == nil })
        }
        let again = try Self.apply(second, server, at: 20, bold)
        #expect(again.total.changed == 0)
        #expect(again.visibility == .unchanged)
        #expect(try server.ask("exists", "reed-import:csv:lock") == "0")
    }

    @Test("An update keeps the time of creation; what has not changed keeps both times", arguments: 0..<2)
    func times(way: Int) throws {
        let server = try RedisServer()
        var sample = Sample()
        sample.entities[.theme] = ["a": "1", "b": "1"]
        try Self.apply(sample, server, at: 0, Self.ways[way])
        sample.entities[.theme] = ["a": "2", "b": "1"]
        let result = try Self.apply(sample, server, at: 86_400, Self.ways[way])
        #expect(result.visibility == (way == 0 ? .atomic : .batches))
        func value(_ name: String) throws -> String {
            try server.ask("get", "entity:theme:\(EntityName.id(.theme, name))")
        }
        #expect(
            try value("a").contains(#""created_at":"1970-01-01T00:00:00.000Z","updated_at":"1970-01-02T"#))
        #expect(try value("b").contains(#""updated_at":"1970-01-01T00:00:00.000Z""#))
    }

    @Test("A second run writes its lock and the last record, and nothing else")
    func writesNothing() throws {
        let server = try RedisServer()
        var dice = SeededGenerator(seed: 4)
        let sample = Sample(&dice)
        try Self.apply(sample, server)
        _ = try server.ask("config", "resetstat")
        try Self.apply(sample, server, at: 7)
        let lines = try server.ask("info", "commandstats").split(whereSeparator: \.isNewline)
        let writes = lines.compactMap { line -> String? in
            let words = line.dropFirst("cmdstat_".count).split(separator: ":")
            let readers: Set = [
                "get", "hget", "mget", "exists", "watch", "multi", "exec", "hgetall", "smembers", "pttl",
                "echo", "ping", "info",
                "client|setname", "acl|dryrun", "config|resetstat", "command|docs",
                "command|info",
            ]
            guard let name = words.first.map(String.init), line.hasPrefix("cmdstat_"), !readers.contains(name)
            else {
                return nil
            }
            return "\(name) \(words[1].prefix { $0 != "," })"
        }
        #expect(Set(writes) == ["set calls=1", "hset calls=1", "del calls=1"])
    }

    @Test("A large first import reads nothing: its batches are created")
    func firstImport() throws {
        let server = try RedisServer()
        var sample = Sample()
        for number in 0..<2000 { sample.entities[.translation, default: [:]]["n\(number)"] = "t" }
        let result = try Self.apply(sample, server) { $0.atomicEntities = 1000 }
        #expect(result.visibility == .batches)
        #expect(result.total.created == 2000)
        let statistics = try server.ask("info", "commandstats")
        #expect(!statistics.contains("cmdstat_mget:"))
        #expect(statistics.contains("cmdstat_msetnx:calls=8,"))
    }

    @Test(
        "A large first import beside other programs' keys reads once, so that a conflict is found before it writes"
    )
    func firstImportBesideOthers() throws {
        let server = try RedisServer()
        _ = try server.ask("set", "session:1", "x")
        var sample = Sample()
        for number in 0..<2000 { sample.entities[.translation, default: [:]]["n\(number)"] = "t" }
        let result = try Self.apply(sample, server) { $0.atomicEntities = 1000 }
        #expect(result.total.created == 2000)
        let statistics = try server.ask("info", "commandstats")
        #expect(statistics.contains("cmdstat_mget:calls=16,"))  // each key once, 128 at a time
        #expect(statistics.contains("cmdstat_msetnx:calls=8,"))
        #expect(try server.ask("get", "session:1") == "x")
    }

    @Test(
        "More entities, or larger ones, than are read at a time are compared one by one",
        arguments: [
            (6000, 10), (24, 1 << 20),
        ])
    func manyReads(count: Int, length: Int) throws {
        let server = try RedisServer()
        var sample = Sample()
        for number in 0..<count {
            sample.entities[.translation, default: [:]]["n\(number)"] = String(repeating: "a", count: length)
        }
        try Self.apply(sample, server)
        for number in stride(from: 0, to: count, by: 7) {
            sample.entities[.translation]?["n\(number)"] = String(repeating: "b", count: length)
        }
        let updated = (count + 6) / 7
        let result = try Self.apply(sample, server)
        #expect(result.total.updated == updated)
        #expect(result.total.unchanged == count - updated)
        #expect(try Self.apply(sample, server).total.unchanged == count)
    }

    @Test("Whatever stands in the way is listed, and nothing is written", arguments: 0..<3)
    func conflicts(way: Int) throws {
        let server = try RedisServer()
        var sample = Sample()
        for number in 0..<600 { sample.entities[.theme, default: [:]]["n\(number)"] = "t" }
        func key(_ number: Int) -> String { "entity:theme:\(EntityName.id(.theme, "n\(number)"))" }
        _ = try server.ask("set", key(500), "no JSON")
        _ = try server.ask("sadd", key(10), "member")
        let before = try server.contents()
        let refusal = #expect(throws: SyncRefusal.self) { try Self.apply(sample, server, Self.ways[way]) }
        #expect(refusal?.code == .conflict)
        #expect(Set(refusal?.cases.map(\.key.description) ?? []) == [key(10), key(500)])
        #expect(try server.contents() == before)
        #expect(try server.ask("dbsize") == "2")
    }

    @Test("Entities that no source owns become this one's when they are imported")
    func unowned() throws {
        let server = try RedisServer()
        var sample = Sample()
        sample.entities[.theme] = ["a": "1"]
        try Self.apply(sample, server)
        for key in ["owned:theme", "last"] { _ = try server.ask("del", "reed-import:csv:\(key)") }
        let result = try Self.apply(sample, server)
        #expect(result.total.unchanged == 1)
        #expect(try server.ask("hlen", "reed-import:csv:owned:theme") == "1")
    }

    @Test(
        "Two sources beside each other; one takes over what is the other's only if it is told to",
        arguments: 0..<2)
    func adopting(way: Int) throws {
        let server = try RedisServer()
        var (first, second) = (Sample(), Sample())
        first.entities[.theme] = ["a": "1", "b": "1"]
        second.entities[.theme] = ["b": "2", "c": "2"]
        try Self.apply(first, server, Self.ways[way])
        #expect(throws: SyncRefusal.self) { try Self.apply(second, server, source: "shop", Self.ways[way]) }
        let result = try Self.apply(second, server, source: "shop") {
            Self.ways[way](&$0)
            $0.adopts = true
        }
        #expect(result.adopted == 1)
        #expect(result.total.updated == 1)
        // What was taken over is not pruned by the one that had it.
        first.entities[.theme] = ["a": "1"]
        let pruned = try Self.apply(first, server) { $0.prunes = true }
        #expect(pruned.total.deleted == 0)
        #expect(try server.entityCount() == 3)
    }

    @Test("A broken record of ownership stops the import before it writes")
    func brokenOwnership() throws {
        let server = try RedisServer()
        var sample = Sample()
        sample.entities[.theme] = ["a": "1"]
        _ = try server.ask("hset", "reed-import:csv:owned:theme", "zz", "nonsense")
        let error = #expect(throws: RedisError.self) { try Self.apply(sample, server) }
        #expect(error?.code == .configuration)
        #expect(try server.entityCount() == 0)
        _ = try server.ask("del", "reed-import:csv:owned:theme")
        _ = try server.ask("set", "reed-import:csv:last", "x")
        #expect(throws: RedisError.self) { try Self.apply(sample, server) }
        #expect(try server.entityCount() == 0)
    }

    // MARK: - Others at the same time

    @Test("A key that changes between comparing and writing aborts the transaction; it is planned afresh")
    func foreignWriter() throws {
        let server = try RedisServer()
        var sample = Sample()
        sample.entities[.theme] = ["a": "1", "b": "1"]
        try Self.apply(sample, server)
        sample.entities[.theme] = ["a": "2", "b": "1"]
        let key = "entity:theme:\(EntityName.id(.theme, "a"))"
        // While the graph is gone through a second time, after ownership was read.
        for (disturbances, succeeds) in [(2, true), (3, false)] {
            var rounds = 0
            let undisturbed = sample
            let disturbed = DisturbedSource(source: undisturbed) { type, body in
                try undisturbed.forEachEntity(of: type, body)
                guard type == .translation else { return }
                rounds += 1
                if rounds <= disturbances {
                    _ = try server.ask("hset", "reed-import:csv:owned:theme", "00", "")
                }
                if rounds <= disturbances { _ = try server.ask("hdel", "reed-import:csv:owned:theme", "00") }
            }
            var sync = try Self.sync(server, at: 10)
            if succeeds {
                let result = try sync.apply(DesiredGraph(disturbed), lockTimeout: .zero) { LastImport() }
                #expect(result.total.updated == 1)
                #expect(rounds == 3)
                #expect(try server.ask("get", key).contains(#""text":"2""#))
                sample.entities[.theme] = ["a": "3", "b": "1"]
            } else {
                let error = #expect(throws: RedisError.self) {
                    try sync.apply(DesiredGraph(disturbed), lockTimeout: .zero) { LastImport() }
                }
                #expect(error?.code == .tryLater)
            }
        }
        #expect(try server.ask("get", key).contains(#""text":"2""#))
    }

    @Test(
        "A foreign write to any key of the transaction, after it was compared, is noticed and not overwritten",
        arguments: ["updated", "deleted", "created"])
    func foreignWriteBeforeExec(to kind: String) throws {
        let server = try RedisServer()
        var sample = Sample()
        sample.entities[.theme] = ["updated": "1", "deleted": "1"]
        try Self.apply(sample, server)
        sample.entities[.theme] = ["updated": "2", "created": "2"]
        let key = "entity:theme:\(EntityName.id(.theme, kind))"
        for (disturbances, succeeds) in [(3, false), (2, true)] {
            var rounds = 0
            var sync = try Self.sync(server, at: 10) { $0.prunes = true }
            let result = Result {
                try sync.apply(sample.graph, lockTimeout: .zero) {
                    // Between the comparison and the transaction.
                    rounds += 1
                    let value =
                        #"{"id":"\#(key.suffix(36))","entity_type":"theme","data":{"round":\#(rounds)}}"#
                    if rounds <= disturbances { _ = try server.ask("set", key, value) }
                    return LastImport()
                }
            }
            #expect(rounds == 3)
            if succeeds {
                #expect(try result.get().total.changed >= 2)
                let stored = try server.ask("get", key)
                #expect(kind == "deleted" ? stored == "" : stored.contains(#""text":"2""#))
            } else {
                #expect(throws: RedisError.self) { try result.get() }
                #expect(try server.ask("get", key).contains(#""round":3"#))
                #expect(try server.ask("exists", "entity:theme:\(EntityName.id(.theme, "deleted"))") == "1")
                // All or nothing: nothing else was written either.
                let other = kind == "created" ? "updated" : "created"
                let untouched = try server.ask("get", "entity:theme:\(EntityName.id(.theme, other))")
                #expect(!untouched.contains(#""text":"2""#))
            }
        }
    }

    @Test("While another import has the lock nothing happens, but another source has a lock of its own")
    func locked() throws {
        let server = try RedisServer()
        _ = try server.ask("set", "reed-import:csv:lock", "another's")
        var sample = Sample()
        sample.entities[.theme] = ["a": "1"]
        let error = #expect(throws: RedisError.self) { try Self.apply(sample, server) }
        #expect(error?.code == .tryLater)
        #expect(try server.entityCount() == 0)
        #expect(try server.ask("get", "reed-import:csv:lock") == "another's")
        try Self.apply(sample, server, source: "shop")
        #expect(try server.entityCount() == 1)
        #expect(try server.ask("exists", "reed-import:shop:lock") == "0")
    }

    @Test("A server whose memory is full gets its lock back all the same", arguments: 0..<2)
    func lockWithoutMemory(way: Int) throws {
        let server = try RedisServer("--maxmemory", "5mb", "--maxmemory-policy", "noeviction")
        var sample = Sample()
        for number in 0..<9000 {
            sample.entities[.theme, default: [:]]["n\(number)"] = String(repeating: "t", count: 900)
        }
        let refusal = #expect(throws: RedisError.self) { try Self.apply(sample, server, Self.ways[way]) }
        #expect(refusal?.code == .configuration)
        #expect(try server.ask("dbsize") == "0")
        let error = #expect(throws: RedisError.self) {
            try Self.apply(sample, server, ignoresMemory: true, Self.ways[way])
        }
        #expect(error?.message.hasPrefix("OOM") == true)
        #expect(try server.ask("exists", "reed-import:csv:lock") == "0")
        if way == 0 { #expect(try server.entityCount() == 0) }
    }

    // MARK: - Rights and scripts

    @Test(
        "Who may not run scripts gets one transaction of few changes, and batches for many; always is always")
    func withoutScripts() throws {
        let server = try RedisServer()
        _ = try server.ask(
            "acl", "setuser", "imp", "on", ">pw", "~*", "+@all", "-eval", "-evalsha", "-@dangerous", "+info")
        let notes = Notes()
        func apply(_ count: Int, _ atomicity: SyncOptions.Atomicity, prefix: String) throws -> SyncResult {
            var sample = Sample()
            for number in 0..<count { sample.entities[.theme, default: [:]]["n\(number)"] = prefix }
            var (redis, options) = (RedisOptions(), SyncOptions())
            redis.onNote = { notes.add($0) }
            options.atomicity = atomicity
            var sync = try RedisSync(
                of: try RedisAddress("unix://imp:pw@\(server.socket)"),
                source: ImportSource(keyPrefix: prefix),
                types: Sample.types, stamp: Self.stamp(0), redis: redis, options: options)
            let result = try sync.apply(sample.graph, lockTimeout: .zero) { LastImport() }
            #expect(result.total.created == count)
            return result
        }
        #expect(try apply(300, .auto, prefix: "a:").visibility == .atomic)
        #expect(notes.all.isEmpty)
        #expect(try apply(4100, .auto, prefix: "b:").visibility == .batches)
        #expect(notes.all.contains { $0.contains("+eval") })
        #expect(try apply(4100, .always, prefix: "c:").visibility == .atomic)
        let scripts = try server.ask("info", "commandstats").split(whereSeparator: \.isNewline)
            .filter { $0.hasPrefix("cmdstat_eval:") }
        #expect(scripts.allSatisfy { $0.hasPrefix("cmdstat_eval:calls=0,") })
    }

    @Test("One transaction watches a handful of keys, and leaves none of its own")
    func watchesFew() throws {
        let server = try RedisServer()
        var sample = Sample()
        for number in 0..<600 { sample.entities[.theme, default: [:]]["n\(number)"] = "1" }
        try Self.apply(sample, server)
        for number in 0..<300 { sample.entities[.theme]?["n\(number)"] = "2" }
        for number in 300..<350 { sample.entities[.theme]?["n\(number)"] = nil }
        _ = try server.ask("config", "resetstat")
        let result = try Self.apply(sample, server, at: 5) {
            $0.prunes = true; $0.deletionLimit = .count(50)
        }
        #expect(result.visibility == .atomic)
        #expect(result.total.updated == 300 && result.total.deleted == 50)
        let statistics = try server.ask("info", "commandstats")
        #expect(statistics.contains("cmdstat_eval:calls=6,"))
        #expect(!statistics.contains("cmdstat_watch:calls=3,"))
        #expect(try server.ask("--scan", "--pattern", "*guard*") == "")
        #expect(try server.entityCount() == 550)
    }

    @Test("Guard keys that an earlier version or a failure left behind are in nobody's way")
    func leftGuards() throws {
        let server = try RedisServer()
        _ = try server.ask("set", "reed-import:csv:guard:0", "left")
        var sample = Sample()
        sample.entities[.theme] = ["a": "1"]
        #expect(try Self.apply(sample, server).total.created == 1)
        #expect(try server.ask("exists", "reed-import:csv:guard:0") == "0")
    }

    // MARK: - Expiry

    @Test("An entity that expires is a difference, and is written without an expiry", arguments: 0..<3)
    func expiring(way: Int) throws {
        let server = try RedisServer()
        var sample = Sample()
        for number in 0..<20 { sample.entities[.theme, default: [:]]["n\(number)"] = "1" }
        try Self.apply(sample, server, Self.ways[way])
        let key = "entity:theme:\(EntityName.id(.theme, "n3"))"
        _ = try server.ask("expire", key, "3600")
        var planned: [PlannedChange] = []
        var sync = try Self.sync(server)
        let plan = try sync.plan(sample.graph) { planned.append($0) }
        #expect(plan.total.updated == 1 && plan.total.unchanged == 19)
        #expect(planned.map(\.key.description) == [key])
        let expiry = try #require(planned.first?.expiry)
        #expect(expiry > 3_000_000 && expiry <= 3_600_000)
        let result = try Self.apply(sample, server, at: 9, Self.ways[way])
        #expect(result.total.updated == 1 && result.total.unchanged == 19)
        #expect(try server.ask("ttl", key) == "-1")
        #expect(try Self.apply(sample, server, Self.ways[way]).total.changed == 0)
    }

    @Test("Without keys that expire, no expiry is asked for")
    func asksNoExpiry() throws {
        let server = try RedisServer()
        var sample = Sample()
        sample.entities[.theme] = ["a": "1"]
        try Self.apply(sample, server)
        _ = try server.ask("config", "resetstat")
        try Self.apply(sample, server)
        // One is for the lock.
        #expect(try server.ask("info", "commandstats").contains("cmdstat_pttl:calls=1,"))
    }

    // MARK: - Late bytes

    /// Writes 3000 entities in batches to `server`, with something that happens before each 300th is sent.
    private func write(_ sync: inout RedisSync, _ disturbance: @escaping (Int) throws -> Void) throws
        -> SyncResult
    {
        var sample = Sample()
        for number in 0..<3000 { sample.entities[.theme, default: [:]]["n\(number)"] = "1" }
        let undisturbed = sample
        let disturbed = DisturbedSource(source: undisturbed) { type, body in
            var seen = 0
            try undisturbed.forEachEntity(of: type) { entity in
                seen += 1
                if seen % 300 == 0 { try disturbance(seen) }
                try body(entity)
            }
        }
        return try sync.apply(DesiredGraph(disturbed), lockTimeout: .zero) { LastImport() }
    }

    @Test("What arrives when another run holds the lock has no effect, in batches too")
    func fencing() throws {
        let server = try RedisServer()
        var sync = try Self.sync(server) { $0.atomicity = .never }
        // Another run takes the lock over while this one is between two batches.
        let failure = #expect(throws: RedisError.self) {
            try write(&sync) { seen in
                if seen == 2400 { _ = try server.ask("set", "reed-import:csv:lock", "another's") }
            }
        }
        #expect(failure?.code == .lockLost)
        let stored = try server.entityCount()
        #expect(stored < 3000)
        #expect(sync.counts.written <= stored)
        #expect(try server.ask("get", "reed-import:csv:lock") == "another's")
    }

    @Test("A renewal of the lock in the middle of batches disturbs nothing")
    func renewal() throws {
        let server = try RedisServer()
        var sync = try Self.sync(server) { $0.atomicity = .never }
        let result = try write(&sync) { _ in
            _ = try server.ask("pexpire", "reed-import:csv:lock", "20000")
        }
        #expect(result.total.created == 3000)
        #expect(try server.entityCount() == 3000)
    }
}
