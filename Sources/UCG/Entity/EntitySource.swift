/// Entities that should be in the store, which can be gone through as often as necessary.
///
/// A configuration directory is one; a test makes its own:
///
///     struct OneTheme: EntitySource {
///         let types: [EntityType] = [.theme]
///         var ids: [EntityType: [EntityID]] { [.theme: [EntityName.id(.theme, "corporate")]] }
///         let groups: Set<EntityGroup> = [EntityGroup(type: .theme)]
///         let estimatedByteCount = 330
///         func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws { … }
///     }
package protocol EntitySource {
    /// The types of its entities, in an order in which no reference dangles while they are written one after the other.
    var types: [EntityType] { get }
    /// The ids of all entities of each type.
    var ids: [EntityType: [EntityID]] { get }
    /// The groups of which it has entities; a group that has vanished as a whole is not deleted unless that is asked for.
    var groups: Set<EntityGroup> { get }
    /// The approximate number of bytes that keys and values come to.
    var estimatedByteCount: Int { get }

    /// Calls `body` with every entity of a type, in the same order each time.
    ///
    /// - Throws: What `body` throws; what reading the entities can fail with.
    func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws

    /// The types in groups of which all entities can be gone through at once, as cheaply as those of one of them.
    var passes: [[EntityType]] { get }

    /// Calls `body` with every entity of one of the ``passes``, in the same order each time.
    ///
    /// - Throws: What `body` throws; what reading the entities can fail with.
    func forEachEntity(ofPass types: [EntityType], _ body: (borrowing Entity) throws -> Void) throws
}

extension EntitySource {
    /// One pass for each type.
    package var passes: [[EntityType]] { types.map { [$0] } }

    /// Goes through one type after the other.
    package func forEachEntity(
        ofPass types: [EntityType], _ body: (borrowing Entity) throws -> Void
    ) throws {
        for type in types { try forEachEntity(of: type, body) }
    }
}
