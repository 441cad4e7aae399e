package import UCG

/// What should be in the store: entities that can be gone through as often as need be.
package struct DesiredGraph {
    /// The types of entities, in an order in which no reference dangles while they are written one after the other.
    package let types: [EntityType]
    /// The ids of all entities of each type.
    package let ids: [EntityType: PackedIDs]
    /// What the directory has entities of: of what it has none at all, nothing is pruned without being asked to.
    package let units: Set<PruningUnit>
    /// About how many bytes the entities come to.
    package let estimatedBytes: Int
    /// Lends every entity of a type, in the same order each time.
    package let forEachEntity: (EntityType, (borrowing Entity) throws -> Void) throws -> Void

    /// A graph of the entities that `forEachEntity` lends.
    package init(
        types: [EntityType], ids: [EntityType: PackedIDs], units: Set<PruningUnit>,
        estimatedBytes: Int,
        forEachEntity: @escaping (EntityType, (borrowing Entity) throws -> Void) throws -> Void
    ) {
        self.types = types
        self.ids = ids
        self.units = units
        self.estimatedBytes = estimatedBytes
        self.forEachEntity = forEachEntity
    }

    /// How many entities there are.
    package var count: Int { ids.values.reduce(0) { $0 + $1.count } }
}
