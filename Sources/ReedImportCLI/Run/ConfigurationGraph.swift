import ConfigImport
import GraphSync
import UCG

extension Configuration {
    /// The types of the entities, in the order in which they are written.
    static var types: [EntityType] { EntityKind.allCases.map(\.type) }

    /// What should be in Redis.
    ///
    /// - Parameter forEachEntity: Goes through the entities of one kind.
    func graph(
        _ forEachEntity: @escaping (EntityKind, (borrowing Entity) throws -> Void) throws -> Void
    ) -> DesiredGraph {
        let kinds = Dictionary(uniqueKeysWithValues: EntityKind.allCases.map { ($0.type, $0) })
        let ids = ids
        return DesiredGraph(
            types: Self.types, ids: kinds.mapValues { PackedIDs(ids[$0] ?? []) },
            units: units, estimatedBytes: estimatedBytes
        ) { type, body in
            if let kind = kinds[type] { try forEachEntity(kind, body) }
        }
    }

    /// What the directory has entities of.
    private var units: Set<PruningUnit> {
        var units = Set(
            EntityKind.allCases.filter { $0 != .translations && (counts[$0]?.entities ?? 0) > 0 }
                .map { PruningUnit(type: $0.type) })
        for place in translatedPlaces {
            units.insert(PruningUnit(layer: place.layer, scope: place.scope, locale: place.locale))
        }
        return units
    }
}
