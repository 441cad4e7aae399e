import TestSupport
import Testing
import UCG

@testable import ConfigImport

struct IdentityTableTests {
    @Test("Every identity is found under the number it got, however often the table grew")
    func growth() {
        var table = IdentityTable()
        let ids = (0..<100_000).map { EntityName.id(.translation, "key\($0)") }
        for (number, id) in ids.enumerated() {
            #expect(table.insert(id, EntityOrigin(file: 1, line: number + 1)) == nil)
        }
        #expect(table.count == ids.count)
        for (number, id) in ids.enumerated() {
            #expect(table.find(id) == number)
            #expect(table.origin(of: number).line == UInt32(number + 1))
        }
        #expect(table.insert(ids[77], EntityOrigin(file: 2, line: 1)) == 77)
        #expect(!table.contains(EntityName.id(.theme, "key0")))
    }

    @Test("Cycles are found, each once, and nothing else", arguments: [1, 2, 3, 4] as [UInt64])
    func cycles(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let count = Int.random(in: 1...12, using: &random)
            let parents: [Int?] = (0..<count).map { _ in
                Bool.random(using: &random) ? Int.random(in: 0..<count, using: &random) : nil
            }
            // A thing is on a cycle if its ancestors lead back to it.
            let onCycle = (0..<count).filter { start in
                var next = parents[start]
                for _ in 0..<count where next != start { next = next.flatMap { parents[$0] } }
                return next == start
            }
            let found = Cycles.find(parents)
            #expect(found.flatMap { $0 }.sorted() == onCycle, "\(parents)")
            for cycle in found {
                #expect(cycle.first == cycle.min())
                for (thing, parent) in zip(cycle, cycle.dropFirst() + [cycle[0]]) {
                    #expect(parents[thing] == parent)
                }
            }
        }
    }
}
