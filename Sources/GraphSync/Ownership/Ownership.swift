public import UCG

/// Which entities are whose.
public struct Ownership: Sendable {
    /// The ids that this source owns, by type.
    public var own: [EntityType: PackedIDs]
    /// The ids that other sources own, by their names.
    public var others: [String: [EntityType: PackedIDs]]

    /// Ownership as it was read.
    public init(own: [EntityType: PackedIDs] = [:], others: [String: [EntityType: PackedIDs]] = [:]) {
        self.own = own
        self.others = others
    }

    /// How many entities this source owns.
    public var ownCount: Int { own.values.reduce(0) { $0 + $1.count } }

    /// What this source owns once it has written `desired`: nothing written is ever unowned.
    public func union(_ desired: DesiredGraph) -> [EntityType: PackedIDs] {
        own.merging(desired.ids) { $0.union($1) }
    }

    /// The owned entities that the directory no longer has and that are nobody else's, by type.
    public func leftovers(_ desired: DesiredGraph) -> [EntityType: PackedIDs] {
        own.reduce(into: [:]) { rest, owned in
            var gone = owned.value.subtracting(desired.ids[owned.key] ?? PackedIDs())
            for other in others.values { gone = gone.subtracting(other[owned.key] ?? PackedIDs()) }
            if !gone.isEmpty { rest[owned.key] = gone }
        }
    }

    /// The entities of `desired` that other sources own, by the owner's name and type.
    public func foreign(_ desired: DesiredGraph) -> [String: [EntityType: PackedIDs]] {
        others.mapValues { owned in
            desired.ids.reduce(into: [:]) { common, wanted in
                let both = wanted.value.intersection(owned[wanted.key] ?? PackedIDs())
                if !both.isEmpty { common[wanted.key] = both }
            }
        }
        .filter { !$0.value.isEmpty }
    }
}
