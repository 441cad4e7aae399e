import Testing
import UCG

/// Times and authors that an entity's source gives.
struct GivenStampsTests {
    private static let stamp = WriteStamp(
        time: Timestamp(rfc3339: "2026-01-31T02:00:00Z") ?? .now, author: "system")

    private static func entity(createdAt: String? = nil, createdBy: String? = nil) -> Entity {
        let page = EntityType(rawValue: "page") ?? .theme
        var entity = Entity(
            type: page, id: EntityName.id(page, "home"), semanticName: "$home",
            origin: EntityOrigin(file: 0, line: 2))
        entity.data.object { $0.member("a", 1) }
        entity.createdAt = createdAt.flatMap { Timestamp(rfc3339: $0) }
        entity.createdBy = createdBy
        return entity
    }

    private static func compare(_ stored: Entity, with wanted: Entity) -> EntityComparison {
        EntityComparison(
            stored: stored.json(stamp).span, wanted: wanted.json(stamp).span, given: wanted.givenStamps)
    }

    @Test("A given time and author are written in place of the run's")
    func written() {
        let json = String(
            decoding: Self.entity(createdAt: "2024-05-01T00:00:00Z", createdBy: "anna").json(Self.stamp),
            as: UTF8.self)
        #expect(
            json.contains(
                #""created_at":"2024-05-01T00:00:00.000Z","updated_at":"2026-01-31T02:00:00.000Z","created_by":"anna""#
            ))
        #expect(Self.entity().givenStamps.isEmpty)
        #expect(Self.entity(createdBy: "x").givenStamps == [.createdBy])
    }

    @Test("What the source gives is compared, and what it does not give is not")
    func compared() {
        let time = "2024-05-01T00:00:00Z"
        #expect(Self.compare(Self.entity(createdBy: "anna"), with: Self.entity()) == .same)
        #expect(Self.compare(Self.entity(createdBy: "anna"), with: Self.entity(createdBy: "anna")) == .same)
        #expect(Self.compare(Self.entity(createdAt: time), with: Self.entity(createdAt: time)) == .same)
        for wanted in [Self.entity(createdBy: "ben"), Self.entity(createdAt: time)] {
            guard case .different = Self.compare(Self.entity(createdBy: "anna"), with: wanted) else {
                Issue.record("expected a difference")
                continue
            }
        }
    }

    @Test("An update writes what is given, and keeps what is stored of the rest")
    func updated() throws {
        let stored = Self.entity(createdAt: "2020-01-01T00:00:00Z", createdBy: "anna").json(Self.stamp)
        let wanted = Self.entity(createdBy: "ben")
        let json = wanted.json(Self.stamp)
        let comparison = EntityComparison(stored: stored.span, wanted: json.span, given: wanted.givenStamps)
        guard case .different(let difference) = comparison else {
            Issue.record("expected a difference")
            return
        }
        let text = String(decoding: difference.update(json.span), as: UTF8.self)
        #expect(text.contains(#""created_at":"2020-01-01T00:00:00.000Z""#))
        #expect(text.contains(#""created_by":"ben""#))
        let members = EntityDifference.members(stored: stored, wanted: json, given: wanted.givenStamps)
        #expect(members.map(\.name) == ["created_by"])
    }
}
