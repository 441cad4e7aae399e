import Foundation
import Testing
import UCG

@testable import RedisStore

struct WriteWindowTests {
    private static let stamp = EntityStamp(
        time: Timestamp(secondsSince1970: 0) ?? { fatalError("unreachable") }(), author: "system")

    /// A window with batches of these sizes submitted; lines count from 1 over all of them.
    private static func window(_ sizes: Int..., sendsSingly: Bool = false) -> WriteWindow {
        var window = WriteWindow(keyPrefix: "", sendsSingly: sendsSingly)
        var head = EntityHead(keyPrefix: "", stamp: stamp)
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
    private static func sendAll(_ window: inout WriteWindow) -> [String] {
        var commands: [UInt8] = []
        while let batch = window.takeForSending() {
            batch.encode { (bytes) throws(Never) in commands += bytes }
        }
        let lines = String(decoding: commands, as: UTF8.self).components(separatedBy: "\r\n")
        return lines.filter { $0 == "SET" || $0 == "MSET" }
    }

    @Test("A batch is one command, and one reply settles it; a batch of one is a SET")
    func batches() throws {
        var window = Self.window(3, 1)
        #expect(Self.sendAll(&window) == ["MSET", "SET"])
        #expect(window.sentCount == 4)
        try window.enter(.ok)
        #expect(window.written == 3)
        try window.enter(.ok)
        #expect(window.written == 4)
        #expect(window.isEmpty)
        #expect(window.sentBytes == 0)
        #expect(throws: RedisError.self) { try window.enter(.ok) }
    }

    @Test("After a refusal of many, each is sent for itself, and the one at fault is named")
    func refusal() throws {
        var window = Self.window(3, 2)
        _ = Self.sendAll(&window)
        try window.enter(.error("ERR no"))
        try window.enter(.ok)
        #expect(window.written == 2)
        #expect(window.refused == 0)
        #expect(Self.sendAll(&window) == ["SET", "SET", "SET"])
        try window.enter(.ok)
        try window.enter(.error("ERR no"))
        try window.enter(.ok)
        #expect(window.isEmpty)
        #expect(window.written == 4)
        #expect(window.refusals.map(\.origin.line) == [2])
        #expect(window.stop == nil)
    }

    @Test("A user who may not MSET but SET is served singly from then on")
    func noMSET() throws {
        var window = Self.window(2)
        _ = Self.sendAll(&window)
        try window.enter(.error("NOPERM this user has no permissions to run the 'mset' command"))
        #expect(Self.sendAll(&window) == ["SET", "SET"])
        try window.enter(.ok)
        try window.enter(.ok)
        var batch = window.freshBatch()
        var head = EntityHead(keyPrefix: "", stamp: Self.stamp)
        for number in 3...5 { batch.append(Self.entity(number), &head) }
        window.submit(batch)
        #expect(Self.sendAll(&window) == ["SET", "SET", "SET"])
        #expect(window.written == 2)
        #expect(window.stop == nil)
    }

    @Test("A missing right for one key stops everything, and names its entity")
    func missingRight() throws {
        var window = Self.window(3, sendsSingly: true)
        _ = Self.sendAll(&window)
        try window.enter(.ok)
        try window.enter(.error("NOPERM No permissions to access a key"))
        #expect(window.stop?.code == .permission)
        #expect(window.stop?.origin?.line == 2)
        try window.enter(.error("NOPERM No permissions to access a key"))
        #expect(window.stop?.origin?.line == 2)
        #expect(window.refused == 2)
    }

    @Test("What stops every command refuses the whole batch, and nothing more is sent")
    func stop() throws {
        var window = Self.window(3)
        _ = Self.sendAll(&window)
        window.submit(Self.batch(&window, 4...5))
        try window.enter(.error("OOM command not allowed when used memory > 'maxmemory'."))
        #expect(window.refused == 3)
        #expect(window.stop?.code == .tryLater)
        #expect(window.takeForSending() == nil)
        #expect(window.unknown == 0)
    }

    private static func batch(_ window: inout WriteWindow, _ lines: ClosedRange<Int>) -> WriteBatch {
        var batch = window.freshBatch()
        var head = EntityHead(keyPrefix: "", stamp: stamp)
        for line in lines { batch.append(entity(line), &head) }
        return batch
    }

    @Test("What is to be sent later is, whole or singly, and counts as unsent meanwhile")
    func delay() throws {
        var window = Self.window(3)
        _ = Self.sendAll(&window)
        try window.enter(.error("BUSY Redis is busy running a script."))
        #expect(window.delay?.code == .tryLater)
        #expect(window.unknown == 0)
        #expect(Self.sendAll(&window) == [])
        window.endDelay()
        #expect(Self.sendAll(&window) == ["MSET"])
        try window.enter(.ok)
        #expect(window.written == 3)

        window = Self.window(3, sendsSingly: true)
        _ = Self.sendAll(&window)
        try window.enter(.ok)
        try window.enter(.error("TRYAGAIN"))
        try window.enter(.ok)
        window.endDelay()
        #expect(Self.sendAll(&window) == ["SET"])
        try window.enter(.ok)
        #expect(window.written == 3)
        #expect(window.isEmpty)
    }

    @Test("After a lost connection what is unanswered is sent again, in its order, and unknown until then")
    func lostConnection() throws {
        var window = Self.window(2, 3, sendsSingly: true)
        _ = Self.sendAll(&window)
        try window.enter(.ok)
        window.submit(Self.batch(&window, 6...6))
        window.loseConnection()
        #expect(window.unknown == 4)
        #expect(window.sentCount == 0)
        #expect(Self.sendAll(&window).count == 5)
        #expect(window.unknown == 5)
        for _ in 0..<5 { try window.enter(.ok) }
        #expect(window.written == 6)
        #expect(window.isEmpty)
    }

    @Test("A reply of another kind is a breach of the protocol")
    func otherKind() {
        for reply in [RedisReply.null, .integer(1), .text([]), .array([]), .status("QUEUED")] {
            var window = Self.window(1)
            _ = Self.sendAll(&window)
            let error = #expect(throws: RedisError.self) { try window.enter(reply) }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test("Starting over forgets everything")
    func startOver() throws {
        var window = Self.window(2)
        _ = Self.sendAll(&window)
        try window.enter(.ok)
        window.startOver()
        #expect(window.written == 0)
        #expect(window.isEmpty)
    }
}
