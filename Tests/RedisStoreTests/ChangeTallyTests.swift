import GraphSync
import Testing
import UCG

@testable import RedisStore

struct ChangeTallyTests {
    @Test("Results are counted by type, however the types follow each other")
    func counts() {
        let page = EntityType(rawValue: "page") ?? .theme
        let types: [EntityType] = [.theme, .theme, page, .theme, page, page]
        let mutations = types.enumerated().map { index, type in
            Mutation(
                type: type, id: EntityName.id(type, "\(index)"), origin: EntityOrigin(file: 0, line: index),
                keyEnd: 0, valueStart: 0, end: 0)
        }
        var tally = ChangeTally()
        tally.count(mutations[0..<4], as: \.created)
        tally.count(mutations[4..<6], as: \.unchanged)
        tally.count(mutations[0..<0], as: \.updated)
        #expect(tally.counts[.theme]?.created == 3)
        #expect(tally.counts[page]?.created == 1)
        #expect(tally.counts[page]?.unchanged == 2)
        #expect(tally.counts[.theme]?.unchanged == 0)
    }
}
