package import UCG

/// What the entities of a directory account for where another entity might, so that nothing of it is removed.
///
/// An entity that is renamed, or takes another's place, gives up slots that others may have taken. Only a hash is kept
/// of each slot: 8 bytes. Two of them are the same by chance with a probability of 2^-64; then an entry would stay.
///
///     let claims = try GraphClaims(of: source, setting: .graph)
///     claims.contains(.name(.theme, Array("corporate".utf8)))
package struct GraphClaims: Sendable {
    /// In ascending order.
    private let hashes: [Int]

    /// What the entities of `source` account for.
    ///
    /// - Complexity: O(*n* log *n*) in the entities but translations, which are gone through once.
    /// - Throws: What going through the entities can fail with.
    package init(of source: some EntitySource, setting: GraphKeySetting) throws {
        var hashes: [Int] = []
        let stamp = WriteStamp(time: .now, author: "")
        for types in source.passes where setting != .none && types != [.translation] {
            try source.forEachEntity(ofPass: types) { entity in
                let json = entity.json(stamp)
                for entry in setting.entries(of: entity.type, entity.id, json: json.span)
                where entry.slot.isShared {
                    hashes.append(entry.slot.hashValue)
                }
            }
        }
        hashes.sort()
        self.hashes = hashes
    }

    /// Nothing.
    package static let nothing = GraphClaims()

    private init(hashes: [Int] = []) { self.hashes = hashes }

    /// The same, and slots that others account for.
    package func adding(_ slots: [GraphSlot]) -> GraphClaims {
        slots.isEmpty ? self : GraphClaims(hashes: (hashes + slots.map(\.hashValue)).sorted())
    }

    /// Whether an entity accounts for a slot.
    ///
    /// Complexity: O(log *n*).
    package func contains(_ slot: GraphSlot) -> Bool {
        let hash = slot.hashValue
        var (low, high) = (0, hashes.count)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < hashes.count && hashes[low] == hash
    }
}
