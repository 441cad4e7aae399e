package import UCG

/// What should be in the store: a source of entities, with their ids packed for comparing who owns what.
///
///     let graph = DesiredGraph(configuration)
///     graph.count  // entities of all types
package struct DesiredGraph {
    /// The entities.
    package let source: any EntitySource
    /// The ids of all entities of each type.
    package let ids: [EntityType: PackedIDs]
    /// The groups of which there are entities.
    package let groups: Set<EntityGroup>

    /// The graph of a source.
    ///
    /// - Complexity: O(*n* log *n*) in the entities.
    package init(_ source: any EntitySource) {
        self.source = source
        ids = source.ids.mapValues { PackedIDs($0) }
        groups = source.groups
    }

    /// The types of entities, in the order in which they are written.
    package var types: [EntityType] { source.types }
    /// The types in groups of which all entities are gone through at once.
    package var passes: [[EntityType]] { source.passes }

    /// The same, and the other `types`, of which it has no entity.
    package func passes(and types: [EntityType]) -> [[EntityType]] {
        let own = Set(self.types)
        return passes + types.filter { !own.contains($0) }.map { [$0] }
    }

    /// The approximate number of bytes that keys and values come to.
    package var estimatedBytes: Int { source.estimatedByteCount }
    /// The number of entities.
    package var count: Int { ids.values.reduce(0) { $0 + $1.count } }
}
