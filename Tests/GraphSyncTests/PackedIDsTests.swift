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

    @Test("Groups share their first byte, and together are all ids")
    func groups() {
        let packed = PackedIDs(ids(0..<3000))
        #expect(packed.groups.count == 256)
        #expect(packed.groups.flatMap { $0 } == packed.ids)
        #expect(packed.groups.allSatisfy { group in Set(group.map(\.firstByte)).count == 1 })
        #expect(PackedIDs().groups.isEmpty)
    }

    @Test("Ids that are not in ascending order, each once, are refused")
    func ascending() {
        let sorted = ids(0..<100).sorted()
        #expect(PackedIDs(ascending: sorted)?.ids == sorted)
        #expect(PackedIDs(ascending: []) == PackedIDs())
        #expect(PackedIDs(ascending: sorted.reversed()) == nil)
        #expect(PackedIDs(ascending: [sorted[0], sorted[0]]) == nil)
    }
}
