import Foundation
import GraphSync
import RedisProtocol
import TestSupport
import Testing
import UCG

@testable import RedisStore

struct MutationWindowTests {
    private static let stamp = WriteStamp(
        time: Timestamp(secondsSince1970: 0) ?? { fatalError("unreachable") }(), author: "system")

    /// A window with batches of these sizes submitted; lines count from 1 over all of them.
    private static func window(_ sizes: Int..., sendsSingly: Bool = false) -> MutationWindow {
        var window = MutationWindow(keyPrefix: "", layout: StringLayout.self, sendsSingly: sendsSingly)
        var head = EntityEncoder(keyPrefix: "", stamp: stamp)
        var line = 0
        for size in sizes {
            var batch = window.freshBatch()
            for _ in 0..<size {
                line += 1
                batch.append(entity(line), &head)
            }
            window.submit(batch)
        }
        return window
    }

    private static func entity(_ number: Int) -> Entity {
        var entity = Entity(
            type: .theme, id: EntityName.id(.theme, "t\(number)"), origin: EntityOrigin(file: 0, line: number)
        )
        entity.data.beginObject()
        entity.data.endObject()
        return entity
    }

    /// Takes everything for sending: how many commands there are.
    private static func sendAll(_ window: inout MutationWindow) -> [String] {
        var commands: [UInt8] = []
        while let batch = window.takeForSending() {
            batch.encode { commands += $0 }
        }
        let lines = String(decoding: commands, as: UTF8.self).components(separatedBy: "\r\n")
        return lines.filter { $0 == "SET" || $0 == "MSET" }
    }

    @Test("A batch is one command, and one reply settles it; a batch of one is a SET")
    func batches() throws {
        var window = Self.window(3, 1)
        #expect(Self.sendAll(&window) == ["MSET", "SET"])
        #expect(window.sentCount == 4)
        try window.receive(.ok)
        #expect(window.updated == 3)
        try window.receive(.ok)
        #expect(window.updated == 4)
        #expect(window.isEmpty)
        #expect(window.sentBytes == 0)
        #expect(throws: RedisError.self) { try window.receive(.ok) }
    }

    @Test("After a refusal of many, each is sent for itself, and the one at fault is named")
    func refusal() throws {
        var window = Self.window(3, 2)
        _ = Self.sendAll(&window)
        try window.receive(.error("ERR no"))
        try window.receive(.ok)
        #expect(window.updated == 2)
        #expect(window.refused == 0)
        #expect(Self.sendAll(&window) == ["SET", "SET", "SET"])
        try window.receive(.ok)
        try window.receive(.error("ERR no"))
        try window.receive(.ok)
        #expect(window.isEmpty)
        #expect(window.updated == 4)
        #expect(window.refusals.map(\.origin.line) == [2])
        #expect(window.stop == nil)
    }

    @Test("A user who may not MSET but SET is served singly from then on")
    func noMSET() throws {
        var window = Self.window(2)
        _ = Self.sendAll(&window)
        try window.receive(.error("NOPERM this user has no permissions to run the 'mset' command"))
        #expect(Self.sendAll(&window) == ["SET", "SET"])
        try window.receive(.ok)
        try window.receive(.ok)
        var batch = window.freshBatch()
        var head = EntityEncoder(keyPrefix: "", stamp: Self.stamp)
        for number in 3...5 { batch.append(Self.entity(number), &head) }
        window.submit(batch)
        #expect(Self.sendAll(&window) == ["SET", "SET", "SET"])
        #expect(window.updated == 2)
        #expect(window.stop == nil)
    }

    @Test("A missing right for one key stops everything, and names its entity")
    func missingRight() throws {
        var window = Self.window(3, sendsSingly: true)
        _ = Self.sendAll(&window)
        try window.receive(.ok)
        try window.receive(.error("NOPERM No permissions to access a key"))
        #expect(window.stop?.code == .permission)
        #expect(window.stop?.origin?.line == 2)
        try window.receive(.error("NOPERM No permissions to access a key"))
        #expect(window.stop?.origin?.line == 2)
        #expect(window.refused == 2)
    }

    @Test("What stops every command refuses the whole batch, and nothing more is sent")
    func stop() throws {
        var window = Self.window(3)
        _ = Self.sendAll(&window)
        window.submit(Self.batch(&window, 4...5))
        try window.receive(.error("OOM command not allowed when used memory > 'maxmemory'."))
        #expect(window.refused == 3)
        #expect(window.stop?.code == .tryLater)
        #expect(window.takeForSending() == nil)
        #expect(window.unknown == 0)
    }

    private static func batch(_ window: inout MutationWindow, _ lines: ClosedRange<Int>) -> MutationBatch {
        var batch = window.freshBatch()
        var head = EntityEncoder(keyPrefix: "", stamp: stamp)
        for line in lines { batch.append(entity(line), &head) }
        return batch
    }

    @Test("What is to be sent later is, whole or singly, and counts as unsent meanwhile")
    func delay() throws {
        var window = Self.window(3)
        _ = Self.sendAll(&window)
        try window.receive(.error("BUSY Redis is busy running a script."))
        #expect(window.delay?.code == .tryLater)
        #expect(window.unknown == 0)
        #expect(Self.sendAll(&window) == [])
        window.endDelay()
        #expect(Self.sendAll(&window) == ["MSET"])
        try window.receive(.ok)
        #expect(window.updated == 3)

        window = Self.window(3, sendsSingly: true)
        _ = Self.sendAll(&window)
        try window.receive(.ok)
        try window.receive(.error("TRYAGAIN"))
        try window.receive(.ok)
        window.endDelay()
        #expect(Self.sendAll(&window) == ["SET"])
        try window.receive(.ok)
        #expect(window.updated == 3)
        #expect(window.isEmpty)
    }

    @Test("After a lost connection what is unanswered is sent again, in its order, and unknown until then")
    func lostConnection() throws {
        var window = Self.window(2, 3, sendsSingly: true)
        _ = Self.sendAll(&window)
        try window.receive(.ok)
        window.submit(Self.batch(&window, 6...6))
        window.loseConnections()
        #expect(window.unknown == 4)
        #expect(window.sentCount == 0)
        #expect(Self.sendAll(&window).count == 5)
        #expect(window.unknown == 5)
        for _ in 0..<5 { try window.receive(.ok) }
        #expect(window.updated == 6)
        #expect(window.isEmpty)
    }

    @Test("A reply of another kind is a breach of the protocol")
    func otherKind() {
        for reply in [RedisReply.null, .integer(1), .bulkString([]), .array([]), .simpleString("QUEUED")] {
            var window = Self.window(1)
            _ = Self.sendAll(&window)
            let error = #expect(throws: RedisError.self) { try window.receive(reply) }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("Starting over forgets everything")
    func startOver() throws {
        var window = Self.window(2)
        _ = Self.sendAll(&window)
        try window.receive(.ok)
        window.startOver()
        #expect(window.updated == 0)
        #expect(window.isEmpty)
    }

    // MARK: - Creating and comparing

    private static func value(_ number: Int, data: String = "{}", space: String = "") -> [UInt8] {
        let json = String(decoding: entity(number).json(stamp), as: UTF8.self)
        return Array(json.replacing("\"data\":{}", with: "\"data\":\(data)\(space)").utf8)
    }

    private static func window(_ kind: MutationBatch.Kind, _ size: Int, sendsSingly: Bool = false)
        -> MutationWindow
    {
        var window = MutationWindow(keyPrefix: "", layout: StringLayout.self, sendsSingly: sendsSingly)
        var head = EntityEncoder(keyPrefix: "", stamp: stamp)
        var batch = window.freshBatch()
        for number in 1...size { batch.append(entity(number), &head) }
        batch.kind = kind
        window.submit(batch)
        return window
    }

    /// Takes the next batch for sending: its command's name and its numbers of entities.
    private static func send(_ window: inout MutationWindow) -> String? {
        guard let batch = window.takeForSending() else { return nil }
        return "\(batch.commandName) \(batch.open.count)"
    }

    @Test("New entities are created in one go; if a key exists, all of them are read and each goes its way")
    func creating() throws {
        var window = Self.window(.create, 4)
        #expect(Self.send(&window) == "MSETNX 4")
        try window.receive(.integer(0))
        #expect(Self.send(&window) == "MGET 4")
        // As it should be but for the time; written in another way; other content; nothing.
        let old = String(decoding: Self.value(1), as: UTF8.self).replacing("1970", with: "1969")
        try window.receive(
            .array([
                .bulkString(Array(old.utf8)), .bulkString(Self.value(2, space: " ")),
                .bulkString(Self.value(3, data: "{\"a\":1}")),
                .null,
            ]))
        #expect(window.unchanged == 2)
        #expect(Self.send(&window) == "SET 1")
        #expect(Self.send(&window) == "SET 1")
        try window.receive(.ok)
        try window.receive(.ok)
        #expect((window.created, window.updated) == (1, 1))
        #expect(window.isEmpty)
        #expect(window.sentBytes == 0)
    }

    @Test("What a lost reply hid is counted as created: it is there to the last byte")
    func createdBefore() throws {
        var window = Self.window(.create, 2)
        #expect(Self.send(&window) == "MSETNX 2")
        #expect(window.unknown == 2)
        window.loseConnections()
        #expect(window.unknown == 2)
        #expect(Self.send(&window) == "MSETNX 2")
        try window.receive(.integer(0))
        #expect(window.unknown == 0)
        #expect(Self.send(&window) == "MGET 2")
        try window.receive(.array([.bulkString(Self.value(1)), .bulkString(Self.value(2))]))
        #expect((window.created, window.unchanged) == (2, 0))
    }

    @Test("A key that is taken by something else stops everything, and is named")
    func conflicts() throws {
        var window = Self.window(.create, 2, sendsSingly: true)
        #expect(Self.send(&window) == "SET 2")
        try window.receive(.null)
        try window.receive(.ok)
        #expect(Self.send(&window) == "MGET 1")
        try window.receive(.array([.bulkString(Array("no JSON".utf8))]))
        #expect(window.stop?.code == .conflict)
        #expect(window.conflicts.map(\.origin?.line) == [1])
        // A key of another type can be neither created nor read.
        window = Self.window(.compare, 1)
        #expect(Self.send(&window) == "MGET 1")
        try window.receive(.array([.null]))
        for round in 1...2 {
            #expect(Self.send(&window) == "SET 1", "\(round)")
            try window.receive(.null)
            #expect(Self.send(&window) == "MGET 1", "\(round)")
            #expect(window.stop == nil)
            try window.receive(.array([.null]))
        }
        #expect(window.conflicts.map(\.reason) == ["the key holds a value of another type"])
    }

    @Test("An update keeps when and by whom the entity was created")
    func updates() throws {
        var window = Self.window(.compare, 1)
        #expect(Self.send(&window) == "MGET 1")
        let old = String(decoding: Self.value(1, data: #"{"x":1}"#), as: UTF8.self)
            .replacing("\"created_at\":\"1970", with: "\"created_at\":\"1960")
            .replacing("system", with: "s\\u00e9 \\\"x\\\"")
        try window.receive(.array([.bulkString(Array(old.utf8))]))
        guard let batch = window.takeForSending() else { throw TestFailure("nothing to send") }
        let new = String(decoding: batch.value(at: 0), as: UTF8.self)
        #expect(new.contains(#""created_at":"1960-"#))
        #expect(new.contains(#""updated_at":"1970-"#))
        #expect(new.contains(#""created_by":"sé \"x\"","data":{}}"#))
        #expect(batch.kind == .replace)
    }
}
