import Testing
import UCG

@testable import RedisStore

struct EntityEncoderTests {
    @Test("Stamps that one entity gives are not those of the next, though both are alike otherwise")
    func stamps() throws {
        let time = try #require(Timestamp(rfc3339: "2026-01-31T02:00:00Z"))
        var encoder = EntityEncoder(keyPrefix: "p:", stamp: WriteStamp(time: time, author: "system"))
        var batch = MutationBatch(layout: StringLayout.self)
        for (number, author) in [nil, "anna", nil, "ben", "carla"].enumerated() {
            var entity = Entity(
                type: .theme, id: EntityName.id(.theme, "\(number)"), origin: EntityOrigin(file: 0, line: 1))
            entity.createdBy = author
            entity.data.object { _ in }
            batch.append(entity, &encoder)
        }
        let values = (0..<5).map { String(decoding: batch.value(at: $0), as: UTF8.self) }
        for (value, author) in zip(values, ["system", "anna", "system", "ben", "carla"]) {
            #expect(value.hasSuffix(#""created_by":"\#(author)","data":{}}"#))
        }
        #expect(batch.mutations.map(\.given) == [[], .createdBy, [], .createdBy, .createdBy])
        #expect(
            batch.keyNames.map { String(decoding: $0.prefix(15), as: UTF8.self) }
                == Array(repeating: "p:entity:theme:", count: 5))
    }
}
