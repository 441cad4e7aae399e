import GraphSync
import Testing
import UCG

/// A store that keeps entities in memory and breaks when it is told to.
private struct MemoryStore: EntityStore {
    struct Full: Error {
        /// Whether everything that was taken is lost, and can be taken again.
        var isRestart = false
    }
    typealias Failure = Full

    var capacity = Int.max
    var ids: [EntityID] = []
    var counts = WriteCounts()
    var isFinished = false
    /// How many entities it takes before it forgets them all, once.
    var restartAfter: Int?

    mutating func write(_ entity: borrowing Entity) throws(Full) {
        if ids.count == restartAfter { throw Full(isRestart: true) }
        guard ids.count < capacity else { throw Full() }
        ids.append(entity.id)
        counts.unknown += 1
    }

    mutating func finish() {
        counts.written += counts.unknown
        counts.unknown = 0
        isFinished = true
    }

    mutating func startOver(after failure: Full) throws(Full) {
        guard failure.isRestart else { throw failure }
        restartAfter = nil
        ids = []
        counts = WriteCounts()
    }
}

struct ApplyTests {
    private let entities = (1...5).map { number in
        Entity(
            type: .theme, id: EntityName.id(.theme, "t\(number)"), origin: EntityOrigin(file: 0, line: number)
        )
    }

    @Test("Every entity is written, in the source's order, and then all are settled")
    func writesAll() throws {
        var store = MemoryStore()
        try Apply.writeAll(to: &store) { write in for entity in entities { try write(entity) } }
        #expect(store.ids == entities.map(\.id))
        #expect(store.isFinished)
        #expect(store.counts.written == 5)
    }

    @Test("A store that breaks ends the run; its counts say how far it got")
    func breaks() {
        var store = MemoryStore(capacity: 3)
        #expect(throws: MemoryStore.Full.self) {
            try Apply.writeAll(to: &store) { write in for entity in entities { try write(entity) } }
        }
        #expect(store.counts.unknown == 3)
        #expect(!store.isFinished)
    }

    @Test("A store that has lost everything gets everything again")
    func startsOver() throws {
        var store = MemoryStore(restartAfter: 3)
        var runs = 0
        try Apply.writeAll(to: &store) { write in
            runs += 1
            for entity in entities { try write(entity) }
        }
        #expect(runs == 2)
        #expect(store.ids == entities.map(\.id))
        #expect(store.counts.written == 5)
    }

    @Test("A source that breaks ends the run without settling anything")
    func sourceBreaks() {
        struct Broken: Error {}
        var store = MemoryStore()
        #expect(throws: Broken.self) {
            try Apply.writeAll(to: &store) { write in
                try write(entities[0])
                throw Broken()
            }
        }
        #expect(!store.isFinished)
    }
}
