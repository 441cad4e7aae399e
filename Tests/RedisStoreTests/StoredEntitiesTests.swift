import GraphSync
import RedisProtocol
import Testing
import UCG

@testable import RedisStore

/// How entities are read in the layout of strings, and compared with what they should be.
struct StoredEntitiesTests {
    private static let key = EntityKey(type: .theme, id: EntityName.id(.theme, "corporate"))

    private static func entity(_ data: String, createdAt: String = "2026-01-31T02:00:00.000Z") -> [UInt8] {
        Array(
            (#"{"id":"\#(key.id)","entity_type":"theme","semantic_name":null,"created_at":"\#(createdAt)","#
                + #""updated_at":"\#(createdAt)","created_by":"system","data":\#(data)}"#).utf8)
    }

    private static func stored(_ replies: RedisReply...) -> StoredEntities? {
        StringLayout.stored([.array(ReplyList(replies))], count: replies.count)
    }

    /// What `stored` lacks to be `wanted`; spans cannot be passed within the testing macros.
    private static func difference(
        _ stored: StoredEntities, at index: Int = 0, from wanted: [UInt8]
    ) -> StoredEntities.Difference? {
        stored.difference(at: index, from: wanted.span)
    }

    @Test("An entity that is as it should be has no difference, whenever it was written")
    func unchanged() throws {
        let stored = try #require(
            Self.stored(.bulkString(Self.entity("{}", createdAt: "2020-01-01T00:00:00.000Z"))))
        #expect(Self.difference(stored, at: 0, from: Self.entity("{}")) == nil)
        #expect(stored.holds(Self.entity("{}", createdAt: "2020-01-01T00:00:00.000Z"), at: 0))
        #expect(!stored.holds(Self.entity("{}"), at: 0))
    }

    @Test("Another content is an update of what is stored")
    func changed() throws {
        let old = Self.entity(#"{"a":1}"#)
        let stored = try #require(Self.stored(.bulkString(old)))
        let difference = try #require(Self.difference(stored, at: 0, from: Self.entity("{}")))
        #expect(difference.stored == .entity(old))
        guard case .update = difference.change else {
            Issue.record("expected an update, got \(difference.change)")
            return
        }
    }

    @Test("An entity that expires is written again, though its content is right")
    func expiring() throws {
        var stored = try #require(Self.stored(.bulkString(Self.entity("{}")), .bulkString(Self.entity("{}"))))
        stored.expiries[1] = 5000
        #expect(Self.difference(stored, at: 0, from: Self.entity("{}")) == nil)
        guard case .update? = Self.difference(stored, at: 1, from: Self.entity("{}"))?.change else {
            Issue.record("expected an update")
            return
        }
    }

    @Test("Null stands for a key that does not exist, or for another type if the key does")
    func absent() throws {
        var stored = try #require(Self.stored(.null, .bulkString(Self.entity("{}")), .null))
        #expect(stored.absent == [0, 2])
        stored.taken = [2]
        let wanted = Self.entity("{}")
        #expect(try #require(Self.difference(stored, at: 0, from: wanted)) == (.create, .absent))
        #expect(try #require(Self.difference(stored, at: 2, from: wanted)) == (.otherType, .otherType))
        #expect(stored.deletion(at: 0, of: Self.key) == nil)
        #expect(try #require(stored.deletion(at: 2, of: Self.key)) == (.otherType, .otherType))
    }

    @Test(
        "What is not an entity of the key's type and id is neither replaced nor deleted",
        arguments: ["", "x", "[]", #"{"id":"1"}"#, #"{"id":"9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915"}"#])
    func notAnEntity(_ value: String) throws {
        let stored = try #require(Self.stored(.bulkString(Array(value.utf8))))
        let expected = (Change.notAnEntity, StoredEntity.notAnEntity(Array(value.utf8)))
        #expect(try #require(Self.difference(stored, at: 0, from: Self.entity("{}"))) == expected)
        #expect(try #require(stored.deletion(at: 0, of: Self.key)) == expected)
    }

    @Test("An entity of the key is deleted, whatever else it holds")
    func deletion() throws {
        let value = Self.entity(#"{"more":[1,2]}"#)
        let stored = try #require(Self.stored(.bulkString(value)))
        #expect(try #require(stored.deletion(at: 0, of: Self.key)) == (.delete, .entity(value)))
        let other = EntityKey(type: .snippet, id: Self.key.id)
        #expect(try #require(stored.deletion(at: 0, of: other)).change == .notAnEntity)
    }

    @Test("Replies of another shape are not taken for values")
    func shapes() {
        #expect(StringLayout.stored([.integer(1)], count: 1) == nil)
        #expect(StringLayout.stored([.array([.null])], count: 2) == nil)
        #expect(StringLayout.stored([.array([.null]), .array([.null])], count: 1) == nil)
        #expect(StringLayout.stored([], count: 0) == nil)
    }

    @Test("Keys are arguments of one command")
    func keys() {
        let command = EncodedKeys([Array("a".utf8), Array("bc".utf8)]).command("EXISTS")
        #expect(
            String(decoding: command.bytes, as: UTF8.self) == "*3\r\n$6\r\nEXISTS\r\n$1\r\na\r\n$2\r\nbc\r\n")
        #expect(command.keys == [Array("a".utf8)[...], Array("bc".utf8)[...]])
    }
}
