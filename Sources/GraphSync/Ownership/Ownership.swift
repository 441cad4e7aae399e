package import UCG

/// Which entities are whose.
///
///     let gone = ownership.leftovers(DesiredGraph(configuration))  // owned, and not in the directory
package struct Ownership: Sendable {
    /// The ids that this source owns, by type.
    package var own: [EntityType: PackedIDs]
    /// The ids that other sources own, by their names.
    package var others: [String: [EntityType: PackedIDs]]

    /// Ownership as it was read.
    package init(own: [EntityType: PackedIDs] = [:], others: [String: [EntityType: PackedIDs]] = [:]) {
        self.own = own
        self.others = others
    }

    /// The number of entities that this source owns.
    package var ownCount: Int { own.values.reduce(0) { $0 + $1.count } }

    /// What this source owns once it has written `desired`: nothing written is ever unowned.
    package func union(_ desired: DesiredGraph) -> [EntityType: PackedIDs] {
        own.merging(desired.ids) { $0.union($1) }
    }

    /// The owned entities that the directory no longer has and that no other source owns, by type.
    package func leftovers(_ desired: DesiredGraph) -> [EntityType: PackedIDs] {
        own.reduce(into: [:]) { rest, owned in
            var gone = owned.value.subtracting(desired.ids[owned.key] ?? PackedIDs())
            for other in others.values { gone = gone.subtracting(other[owned.key] ?? PackedIDs()) }
            if !gone.isEmpty { rest[owned.key] = gone }
        }
    }

    /// The entities of `desired` that other sources own, by the owner's name and type.
    package func ownedByOthers(_ desired: DesiredGraph) -> [String: [EntityType: PackedIDs]] {
        others.mapValues { owned in
            desired.ids.reduce(into: [:]) { common, wanted in
                let both = wanted.value.intersection(owned[wanted.key] ?? PackedIDs())
                if !both.isEmpty { common[wanted.key] = both }
            }
        }
        .filter { !$0.value.isEmpty }
    }
}
