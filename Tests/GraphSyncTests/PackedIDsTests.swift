import GraphSync
import Testing
import UCG

struct PackedIDsTests {
    private func ids(_ range: Range<Int>) -> [EntityID] { range.map { EntityName.id(.theme, "t\($0)") } }

    /// Ids that differ in their last bytes alone.
    private func near(_ count: Int) -> [EntityID] {
        (0..<count).map { number in
            var bytes = [UInt8](repeating: 7, count: 16)
            bytes[14] = UInt8(number >> 8)
            bytes[15] = UInt8(number & 255)
            return EntityID(bytes: bytes.span)
        }
    }

    @Test("Ids come out in the order of their bytes, each of them once", arguments: [0, 1, 31, 300, 5000])
    func sorting(count: Int) {
        for ids in [ids(0..<count), near(count)] {
            let packed = PackedIDs(ids.shuffled() + ids.prefix(count / 2))
            #expect(packed.ids == ids.sorted())
            #expect(packed.count == count)
            #expect(ids.allSatisfy { packed.contains($0) })
            #expect(!packed.contains(EntityName.id(.snippet, "other")))
        }
        let texts = ids(0..<count).sorted().map(\.description)
        #expect(texts == texts.sorted())
    }

    @Test("Union, difference and intersection are those of sets")
    func sets() {
        let (all, left, right) = (ids(0..<900), Set(ids(0..<600)), Set(ids(300..<900)))
        let (first, second) = (PackedIDs(Array(left)), PackedIDs(Array(right)))
        #expect(first.union(second) == PackedIDs(all))
        #expect(first.subtracting(second) == PackedIDs(Array(left.subtracting(right))))
        #expect(first.intersection(second) == PackedIDs(Array(left.intersection(right))))
        #expect(first.union(PackedIDs()) == first)
        #expect(PackedIDs().union(first) == first)
        #expect(first.subtracting(first).isEmpty)
        #expect(first.intersection(PackedIDs()).isEmpty)
    }

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
}
