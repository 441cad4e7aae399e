/// The Redis key of one entity: `<prefix>entity:<type>:<uuid>`.
///
/// The id is given or derived, never random, so importing the same row twice
/// overwrites one entity instead of creating a second.
///
///     "\(EntityKey(type: .theme, id: id))"  // entity:theme:9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915
package struct EntityKey: Hashable, Sendable, CustomStringConvertible {
    /// What comes before `entity:`, as it stands; usually empty.
    package var prefix: String
    /// The entity's type.
    package var type: EntityType
    /// The entity's id.
    package var id: EntityID

    /// The key of the entity of `type` with `id`.
    package init(prefix: String = "", type: EntityType, id: EntityID) {
        self.prefix = prefix
        self.type = type
        self.id = id
    }

    /// What the keys of all entities of `type` begin with: all but the id.
    package static func beginning(prefix: String, type: EntityType) -> String { "\(prefix)entity:\(type):" }

    /// The key as Redis shows it.
    package var description: String { "\(Self.beginning(prefix: prefix, type: type))\(id)" }
}
