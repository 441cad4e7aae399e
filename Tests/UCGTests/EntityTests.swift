import Testing
import UCG

@Suite("Entities")
struct EntityTests {
    static func stamp(author: String) throws -> WriteStamp {
        let time = try #require(Timestamp(rfc3339: "2026-01-31T03:00:00.0009+01:00"))
        return WriteStamp(time: time, author: author)
    }

    static func entity(semanticName: String?) -> Entity {
        var entity = Entity(
            type: .snippet, id: EntityName.id(.snippet, "hero-banner"), semanticName: semanticName,
            origin: EntityOrigin(file: 0, line: 2))
        entity.data.beginObject()
        entity.data.key("snippet_type")
        entity.data.string("hero-banner")
        entity.data.key("fields")
        entity.data.beginArray()
        entity.data.endArray()
        entity.data.endObject()
        return entity
    }

    @Test("An entity is one JSON object with its members in the documented order")
    func json() throws {
        let json = Self.entity(semanticName: nil).json(try Self.stamp(author: "system"))
        #expect(
            String(decoding: json, as: UTF8.self) == """
                {"id":"c0468a24-ed88-589a-a6d4-3b5da0ae89b5","entity_type":"snippet","semantic_name":null,\
                "created_at":"2026-01-31T02:00:00.000Z","updated_at":"2026-01-31T02:00:00.000Z",\
                "created_by":"system","data":{"snippet_type":"hero-banner","fields":[]}}
                """)
    }

    @Test("Its name and its author are escaped where JSON asks for it")
    func escapes() throws {
        let json = Self.entity(semanticName: "$grü\"ß\\e").json(try Self.stamp(author: "Zoë \"Z\"\n"))
        #expect(
            String(decoding: json, as: UTF8.self) == #"""
                {"id":"c0468a24-ed88-589a-a6d4-3b5da0ae89b5","entity_type":"snippet","semantic_name":"$grü\"ß\\e",\#
                "created_at":"2026-01-31T02:00:00.000Z","updated_at":"2026-01-31T02:00:00.000Z",\#
                "created_by":"Zoë \"Z\"\n","data":{"snippet_type":"hero-banner","fields":[]}}
                """#)
    }

    @Test("A form knows the length of what it writes")
    func length() throws {
        let entity = Self.entity(semanticName: "$ü\"")
        let stamp = try Self.stamp(author: "system")
        let form = EntityEnvelope(entity.type, semanticName: entity.semanticName, stamp: stamp)
        #expect(form.byteCount(data: entity.data) == entity.json(stamp).count)
    }

    @Test("An origin beyond what it can hold is the highest")
    func origin() {
        #expect(EntityOrigin(file: 3, line: 70_000) == EntityOrigin(file: 3, line: 70_000))
        #expect(EntityOrigin(file: 3, line: Int(UInt32.max) + 5).line == .max)
        #expect(EntityOrigin(file: -1, line: -1).line == 0)
    }
}
