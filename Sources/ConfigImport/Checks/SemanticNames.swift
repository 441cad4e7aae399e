import UCG

/// The names of entities that rows declare, for references by `$name` and by `<type>:<name>`.
struct SemanticNames: Sendable {
    /// What a `$name` stands for.
    enum Resolution: Hashable, Sendable {
        case entity(EntityID)
        /// Entities of several types have the name.
        case ambiguous
        /// No entity has it.
        case unknown
    }

    /// By name without its `$`; the types of the entities that have it.
    private var ids: [String: [(type: EntityType, id: EntityID)]] = [:]
    /// The types that rows declare.
    private(set) var types: Set<EntityType> = []
    /// The names, among which a misspelt one is looked for.
    private(set) var names = FirstNames()

    /// Notes that there are entities of a type.
    mutating func add(_ type: EntityType) { types.insert(type) }

    /// Adds a name; returns whether the type does not have it yet.
    mutating func add(_ name: String, of type: EntityType, id: EntityID) -> Bool {
        if ids[name]?.contains(where: { $0.type == type }) == true { return false }
        if ids[name] == nil { names.add("$\(name)") }
        ids[name, default: []].append((type, id))
        return true
    }

    /// What a name, without its `$`, stands for.
    func resolve(_ name: some StringProtocol) -> Resolution {
        guard let found = ids[String(name)] else { return .unknown }
        return found.count == 1 ? .entity(found[0].id) : .ambiguous
    }

    /// The id of the entity of a type with this name: the one that a row gives, or the one that is derived.
    func id(_ type: EntityType, _ name: String) -> EntityID {
        ids[name]?.first { $0.type == type }?.id ?? EntityName.id(type, name)
    }
}
