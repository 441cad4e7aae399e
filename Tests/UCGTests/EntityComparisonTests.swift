import Testing
import UCG

struct EntityComparisonTests {
    private static let stamp = WriteStamp(
        time: Timestamp(secondsSince1970: 1_700_000_000) ?? { fatalError("unreachable") }(), author: "system")

    private static func entity(_ text: String = "Über \"uns\"") -> Entity {
        var entity = Entity(
            type: .theme, id: EntityName.id(.theme, "corporate"), origin: EntityOrigin(file: 0, line: 1))
        entity.data.beginObject()
        entity.data.key("name")
        entity.data.string(text)
        entity.data.key("weight")
        entity.data.number("1.50".utf8.span)
        entity.data.endObject()
        return entity
    }

    private static func compare(_ stored: String, with entity: Entity = entity()) -> EntityComparison {
        EntityComparison(stored: Array(stored.utf8).span, wanted: entity.json(stamp).span)
    }

    /// The entity as another run may have written it.
    private static let earlier =
        #"{"id":"0c2c8b84-8e5c-5f55-8b0a-1f6b9b0e6c5d","entity_type":"theme","semantic_name":null,"#
        + #""created_at":"2020-01-01T00:00:00.000Z","updated_at":"2021-01-01T00:00:00.000Z","created_by":"Zoë \"Z\"","#
        + #""data":{"name":"Über \"uns\"","weight":1.50}}"#

    private static var stored: String {
        earlier.replacing("0c2c8b84-8e5c-5f55-8b0a-1f6b9b0e6c5d", with: entity().id.description)
    }

    @Test("Times and author make no difference")
    func stamps() {
        #expect(Self.compare(String(decoding: Self.entity().json(Self.stamp), as: UTF8.self)) == .same)
        #expect(Self.compare(Self.stored) == .same)
        let empty = Self.stored.replacing(#""Zoë \"Z\"""#, with: #""""#)
        #expect(Self.compare(empty) == .same)
    }

    @Test("Nor do white space, escapes and the order of members")
    func writing() {
        let other =
            #"{ "data": {"weight":1.50, "name":"\u00dcber \u0022uns\u0022"}, "id":"\#(Self.entity().id)","#
            + #""semantic_name":null,"entity_type":"theme"}"#
        #expect(Self.compare(other) == .same)
    }

    @Test(
        "Content does, and numbers by their text",
        arguments: [
            ("uns", "uns!"), ("1.50", "1.5"), (#","weight":1.50"#, ""), ("null", #""$x""#),
            (#"}}"#, #","more":1}}"#),
            (#"}}"#, #"},"more":1}"#),
        ])
    func content(part: String, replacement: String) {
        guard case .different = Self.compare(Self.stored.replacing(part, with: replacement)) else {
            Issue.record("not different: \(replacement)")
            return
        }
    }

    @Test("What is no JSON, or no entity of this type and id, is foreign")
    func foreign() {
        for stored in [
            "", "x", "[]", "1", "{}", String(Self.stored.dropLast()), Self.stored + " x",
            Self.stored.replacing("theme", with: "page"), Self.earlier,
        ] {
            #expect(Self.compare(stored) == .notAnEntity, "\(stored)")
        }
        var bytes = Array(Self.stored.utf8)
        for length in 0..<bytes.count {
            #expect(Self.compare(String(decoding: bytes[..<length], as: UTF8.self)) == .notAnEntity)
        }
        bytes.removeLast()
        #expect(Self.compare(String(decoding: bytes, as: UTF8.self) + "\\") == .notAnEntity)
    }

    @Test("The members that differ are named, with both values")
    func members() throws {
        let stored = Self.stored.replacing(#""weight":1.50"#, with: #""more":[{"b":1,"a":null}]"#)
        let members = EntityDifference.members(
            stored: Array(stored.utf8), wanted: Self.entity("new").json(Self.stamp))
        #expect(members.map(\.name) == ["data.more", "data.name", "data.weight"])
        #expect(members[0].stored?.description == #"[{"a":null,"b":1}]"#)
        #expect(members[0].wanted == nil)
        #expect(members[1].stored?.description == #""Über \"uns\"""#)
        #expect(members[1].wanted?.description == #""new""#)
        #expect(members[2].stored == nil)
        #expect(members[2].wanted?.description == "1.50")
    }

    @Test("Whatever is written in the same way is compared without parsing, and with the same result")
    func canonical() {
        var dice = SystemRandomNumberGenerator()
        let texts = ["a", "b", "ab", "ba", "\"", "\\", "é", "\n", "\u{1}", "", "aé", "{", "}", ","]
        for _ in 0..<2000 {
            func entity() -> Entity {
                var entity = Self.entity(texts.randomElement(using: &dice) ?? "")
                entity.data.removeAll()
                entity.data.beginObject()
                for name in ["x", "y", "z"].shuffled(using: &dice).prefix(2) {
                    entity.data.key(JSONKey(name))
                    entity.data.string(texts.randomElement(using: &dice) ?? "")
                }
                entity.data.endObject()
                return entity
            }
            let (stored, wanted) = (entity().json(Self.stamp), entity().json(Self.stamp))
            let members = EntityDifference.members(stored: stored, wanted: wanted)
            let comparison = EntityComparison(stored: stored.span, wanted: wanted.span)
            #expect((comparison == .same) == members.isEmpty, "\(String(decoding: stored, as: UTF8.self))")
        }
    }

    @Test("An update keeps time and author of the creation, however they are written")
    func keptStamps() throws {
        for (author, kept) in [(#""Zoë""#, #""Zoë""#), (#""Z\u00f6""#, #""Zö""#), ("5", #""system""#)] {
            let stored = Self.stored.replacing(#""Zoë \"Z\"""#, with: author)
            let wanted = Self.entity("new").json(Self.stamp)
            guard case .different(let difference) = Self.compare(stored, with: Self.entity("new")) else {
                Issue.record("not different")
                continue
            }
            let update = String(decoding: difference.update(wanted.span), as: UTF8.self)
            #expect(update.contains(#""created_at":"2020-01-01T00:00:00.000Z","updated_at":"2023"#))
            #expect(update.contains("\"created_by\":\(kept),"))
        }
    }

    @Test("Names are compared by their bytes: a composed character is not the same as a decomposed one")
    func bytes() {
        func entity(_ name: String) -> Entity {
            var entity = Self.entity()
            entity.data.removeAll()
            entity.data.beginObject()
            entity.data.key(JSONKey(name))
            entity.data.string("x")
            entity.data.endObject()
            return entity
        }
        // In another order than this program writes, so that JSON is compared and not bytes.
        let stored =
            #"{"data":{"caf\#u{E9}":"x"},"entity_type":"theme","id":"\#(Self.entity().id)","semantic_name":null}"#
        #expect(Self.compare(stored, with: entity("caf\u{E9}")) == .same)
        guard case .different = Self.compare(stored, with: entity("cafe\u{301}")) else {
            Issue.record("taken for the same")
            return
        }
        let members = EntityDifference.members(
            stored: Array(stored.utf8), wanted: entity("cafe\u{301}").json(Self.stamp))
        #expect(members.count == 2)
    }

    @Test("Half a surrogate pair in the author stays an escape, so that the entity stays UTF-8")
    func halfSurrogate() throws {
        for author in [#"x\ud800y"#, #"\udc00"#, #"\ud83d\ude00\ud83d"#, "\u{D7FF}\u{E000}"] {
            let stored = Self.stored.replacing(#"Zoë \"Z\""#, with: author)
            guard case .different(let difference) = Self.compare(stored, with: Self.entity("new")) else {
                Issue.record("not different")
                continue
            }
            let update = difference.update(Self.entity("new").json(Self.stamp).span)
            #expect(String(validating: update, as: UTF8.self) != nil)
            let kept = try #require(JSONValue(update.span)?["created_by"])
            #expect(kept == JSONValue(Array(stored.utf8).span)?["created_by"])
        }
    }
}
