import GraphSync
import Testing
import UCG

@testable import RedisStore

struct OwnedIDsFieldTests {
    private func ids(_ range: Range<Int>) -> [EntityID] { range.map { EntityName.id(.theme, "t\($0)") } }

    @Test("The fields of the hash hold 16 bytes an id, by its first byte, and can be read again")
    func fields() throws {
        let packed = PackedIDs(ids(0..<3000))
        let fields = packed.fields.map { field in
            let value = field.value
            #expect(value[0] == field.firstByte)
            return (name: field.name, value: value)
        }
        #expect(fields.reduce(0) { $0 + $1.value.count } == 48_000)
        for (name, value) in fields {
            #expect(String(decoding: name, as: UTF8.self).utf8.count == 2)
            #expect(UInt8(String(decoding: name, as: UTF8.self), radix: 16) == value[0])
        }
        let read = try #require(PackedIDs(fields: fields.shuffled()))
        #expect(read == packed)
        #expect(PackedIDs(fields: [])?.isEmpty == true)
    }

    @Test("What this program has not written is refused")
    func foreignFields() {
        let id = [UInt8](repeating: 0xAB, count: 16)
        let name = Array("ab".utf8)
        #expect(PackedIDs(fields: [(name, id)]) != nil)
        #expect(PackedIDs(fields: [(Array("ac".utf8), id)]) == nil)
        #expect(PackedIDs(fields: [(Array("AB".utf8), id)]) == nil)
        #expect(PackedIDs(fields: [(name, Array(id.dropLast()))]) == nil)
        #expect(PackedIDs(fields: [(name, [])]) == nil)
        #expect(PackedIDs(fields: [(name, id + id)]) == nil)
        #expect(PackedIDs(fields: [(name, id + [UInt8](repeating: 0, count: 16))]) == nil)
    }

    @Test("The keys of a source's records are named after it")
    func keys() throws {
        let source = try #require(ImportSource(keyPrefix: "p:", name: "a"))
        #expect(source.sourcesKey == "p:reed-import:sources")
        #expect(source.lockKey == "p:reed-import:a:lock")
        #expect(source.lastKey == "p:reed-import:a:last")
        #expect(source.typesKey == "p:reed-import:a:types")
        #expect(source.guardPrefix == "p:reed-import:a:guard:")
        #expect(source.ownedKey(EntityType.theme) == "p:reed-import:a:owned:theme")
    }
}
