import UCG

/// The instances that the rows of the by-name form place: what a `parent_path` can name.
struct Placements {
    private var byPath: [EntityID: EntityID] = [:]
    /// By `entity_id`; `nil` where rows of several types have the same one.
    private var byName: [String: EntityID?] = [:]

    /// Adds a row's child under its path and its `entity_id`.
    mutating func add(_ child: EntityID, name: String, path: EntityID?) {
        if let path, byPath[path] == nil { byPath[path] = child }
        if byName[name] == nil { names.add(name) }
        if let other = byName[name], other != child {
            byName[name] = .some(nil)
        } else {
            byName[name] = child
        }
    }

    /// What `text` names: a path before an `entity_id`.
    func find(_ text: String) -> AssociationColumns.Parent {
        if let child = byPath[EntityName.id(.association, text)] { return .entity(child) }
        guard let child = byName[text] else { return .unknown }
        return child.map { .entity($0) } ?? .ambiguous
    }

    /// The first `entity_id`s, among which a misspelt one is looked for.
    private(set) var names = FirstNames()
}
