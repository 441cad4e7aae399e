import GraphSync
import RedisProtocol
import TestSupport
import Testing
import UCG

@testable import RedisStore

/// What one transaction of more keys than a script has does to a real server.
struct AtomicWriteTests {
    /// A server that holds entities to update and to delete, and the write of all changes.
    private final class Site {
        let server: RedisServer
        let write: AtomicWrite
        private let lock: ImportLock
        let node: Node

        /// A script and a half of new entities, as many that change, and as many that go.
        static let count = 1500

        static func key(_ group: String, _ number: Int) -> String {
            "entity:theme:\(EntityName.id(.theme, "\(group)\(number)"))"
        }

        /// A graph key.
        static func name(_ number: Int) -> [UInt8] { Array("semantic:theme:\(number)".utf8) }

        private static func batch(_ group: String, _ text: String) -> MutationBatch {
            var head = EntityEncoder(keyPrefix: "", stamp: WriteStamp(time: .now, author: "test"))
            var batch = MutationBatch(layout: StringLayout.self)
            for number in 0..<count {
                var entity = Entity(
                    type: .theme, id: EntityName.id(.theme, "\(group)\(number)"),
                    origin: EntityOrigin(file: 0, line: number + 2))
                entity.data.beginObject()
                entity.data.key("text")
                // A large one now and then, of which a digest is compared.
                entity.data.string(number % 500 == 0 ? String(repeating: text, count: 5000) : text)
                entity.data.endObject()
                batch.append(entity, &head)
            }
            return batch
        }

        init() throws {
            server = try RedisServer()
            let options = RedisOptions()
            let connecting = RedisSession(try RedisAddress(server.url), keyPrefix: "", options)
            lock = ImportLock(connecting, key: "reed-import:csv:lock", options)
            try lock.acquire(within: .zero)
            node = Node(connecting, opened: try connecting.open(), lock: lock, options: options)
            let (new, old) = (Self.batch("new", "1"), Self.batch("old", "1"))
            let (changed, gone) = (Self.batch("old", "2"), Self.batch("gone", "1"))
            for stored in [old, gone] {
                let pairs = stored.keyNames.enumerated().map { (key: $1, value: stored.value(at: $0)) }
                _ = try node.ask([RedisCommand("MSET", pairs: pairs)])
            }
            var changes = AtomicChanges(entityLimit: .max)
            for index in 0..<Self.count {
                changes.append(.create, index, of: new, stored: .absent)
                let stored = old.value(at: index)
                let change = Change(stored: stored.span, wanted: changed.value(at: index).span)
                changes.append(change, index, of: changed, stored: .entity(stored))
                let key = EntityKey(prefix: "", type: .theme, id: gone.mutations[index].id)
                changes.delete(key, stored: gone.value(at: index))
            }
            write = AtomicWrite(
                changes: changes,
                graphKeys: GraphKeyWrite(
                    (0..<Self.count).map {
                        KeyCommand("SET", key: Self.name($0), arguments: [Array("x".utf8)])
                    } + [KeyCommand("SADD", key: "type_index:theme", arguments: [[1], [2]])],
                    absent: (0..<Self.count).map(Self.name)),
                records: [
                    KeyCommand(
                        "HSET", key: "reed-import:csv:last",
                        arguments: [Array("run".utf8), Array("1".utf8)])
                ],
                guardPrefix: "reed-import:csv:guard:")
        }

        /// Queues the transaction, lets something happen, and carries it out.
        func carryOut(after disturbance: () throws -> Void = {}) throws -> AtomicWrite.Ending {
            let guarded = write.guarded
            let transaction = guarded.transaction(lock)
            try transaction.queue(on: node)
            try disturbance()
            guard case .done(let results) = try transaction.execute(on: node) else { return .aborted }
            return try guarded.ending(results)
        }
    }

    @Test("Creations, updates, deletions and records take effect together, and no guard is left")
    func allAtOnce() throws {
        let site = try Site()
        #expect(try site.carryOut() == .done)
        #expect(try site.server.entityCount() == 2 * Site.count)
        #expect(try site.server.ask("--scan", "--pattern", "*guard*") == "")
        for (group, text) in [("new", "1"), ("old", "2")] {
            let last = try site.server.ask("get", Site.key(group, Site.count - 1))
            #expect(last.contains(#""text":"\#(text)""#))
        }
        #expect(try site.server.ask("exists", Site.key("gone", 0), Site.key("gone", 1499)) == "0")
        #expect(try site.server.ask("hget", "reed-import:csv:last", "run") == "1")
        #expect(try site.server.ask("get", "semantic:theme:\(Site.count - 1)") == "x")
        #expect(try site.server.ask("scard", "type_index:theme") == "2")
    }

    @Test("A graph key that another program has written aborts everything", arguments: [0, 999, 1000, 1499])
    func foreignGraphKey(number: Int) throws {
        let site = try Site()
        let digest = try site.server.digest()
        let ending = try site.carryOut {
            // Of whatever type.
            _ = try site.server.ask("sadd", "semantic:theme:\(number)", "another's")
        }
        #expect(ending == .aborted)
        #expect(try site.server.digest() == digest)
        #expect(try site.server.ask("exists", "semantic:theme:1", "type_index:theme") == "0")
    }

    @Test("Without scripts a graph key that is to be new is watched, and must be absent")
    func watchedGraphKeys() throws {
        let site = try Site()
        var watched = AtomicWrite(changes: AtomicChanges(entityLimit: 1), records: [], guardPrefix: "")
        watched.graphKeys = GraphKeyWrite([], absent: (0..<300).map(Site.name))
        #expect(watched.watches.count == 2)
        for (value, holds) in [("", true), ("semantic:theme:299", false)] {
            if !value.isEmpty { _ = try site.server.ask("hset", value, "a", "b") }
            let found = try watched.watches.allSatisfy { commands, expected in
                try expected.holds(try site.node.ask(commands)[1])
            }
            #expect(found == holds)
        }
    }

    @Test("A graph key that cannot be written is the only thing that is missing, and is told")
    func graphKeyFails() throws {
        let site = try Site()
        let ending = try site.carryOut { _ = try site.server.ask("set", "type_index:theme", "no set") }
        guard case .partial(let failure) = ending else { return #expect(Bool(false), "\(ending)") }
        #expect(failure.message.contains("WRONGTYPE"))
        #expect(try site.server.entityCount() == 2 * Site.count)
    }

    @Test(
        "A key that another program has written aborts everything, whichever script has it",
        arguments: ["new", "old", "gone"], [0, 999, 1000, 1499])
    func foreignWrite(group: String, number: Int) throws {
        let site = try Site()
        var digest = ""
        let ending = try site.carryOut {
            _ = try site.server.ask("set", Site.key(group, number), "another's")
            digest = try site.server.digest()
        }
        #expect(ending == .aborted)
        #expect(try site.server.digest() == digest)
    }

    @Test("A key that has vanished aborts everything", arguments: ["old", "gone"])
    func vanished(group: String) throws {
        let site = try Site()
        var digest = ""
        let ending = try site.carryOut {
            _ = try site.server.ask("del", Site.key(group, 1200))
            digest = try site.server.digest()
        }
        #expect(ending == .aborted)
        #expect(try site.server.digest() == digest)
    }

    @Test("Nothing is written without the lock, or if a record cannot be")
    func refused() throws {
        for (key, code) in [
            ("reed-import:csv:lock", RedisError.Code.lockLost), ("reed-import:csv:last", .configuration),
        ] {
            let site = try Site()
            var digest = ""
            let failure = #expect(throws: RedisError.self) {
                try site.carryOut {
                    _ = try site.server.ask("set", key, "another's")
                    digest = try site.server.digest()
                }
            }
            #expect(failure?.code == code)
            #expect(try site.server.digest() == digest)
        }
    }

    @Test("More commands than are sent in one go get their replies in order")
    func manyCommands() throws {
        let site = try Site()
        let replies = try site.node.ask((0..<10_000).map { RedisCommand("ECHO", "\($0)") })
        #expect(replies == (0..<10_000).map { .bulkString(Array("\($0)".utf8)) })
    }
}
