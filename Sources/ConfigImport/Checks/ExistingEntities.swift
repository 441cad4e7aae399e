package import UCG

/// Whether references may be to entities that a directory does not have because the store holds them.
///
///     options.existing = .found([reference: [id]])
package enum ExistingEntities: Sendable {
    /// They may not.
    case refused
    /// They may, and it is not known which entities there are: such a reference is a warning.
    case unknown
    /// They may; the store was asked for what the directory lacks, and holds these.
    case found([EntityReference: [EntityID]])

    /// The entities that the store holds for a reference.
    subscript(reference: EntityReference) -> [EntityID] {
        if case .found(let found) = self { found[reference] ?? [] } else { [] }
    }
}

extension EntityReference {
    /// The id that it stands for; `nil` for a semantic name that no entity, or more than one, has.
    ///
    /// - Parameter existing: What the store holds of what the directory lacks.
    func id(by names: SemanticNames, existing: ExistingEntities) -> EntityID? {
        if let id = existing[self].first { return id }
        switch self {
        case .id(let id): return id
        case .name(let type, let name): return names.id(type, name)
        case .semanticName(let name):
            guard case .entity(let id) = names.resolve(name.dropFirst()) else { return nil }
            return id
        }
    }
}
