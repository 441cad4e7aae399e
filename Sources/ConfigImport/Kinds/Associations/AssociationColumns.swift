import CSV
import UCG

/// The columns of one `associations.csv`, and what a row means by them.
struct AssociationColumns {
    let binding: ColumnBinding
    /// The names that rows of `entities.csv` declare.
    let names: SemanticNames
    /// What the store holds of what the directory lacks.
    private let existing: ExistingEntities
    let isByName: Bool
    let path, type: ColumnBinding.Cell
    /// By-id form.
    let parentID, childID: ColumnBinding.Cell
    /// By-name form.
    let parentPath, entityType, entityID: ColumnBinding.Cell

    init(_ binding: ColumnBinding, names: SemanticNames, existing: ExistingEntities) {
        self.binding = binding
        (self.names, self.existing) = (names, existing)
        (path, type) = (binding[AssociationLayout.path], binding[AssociationLayout.type])
        (parentID, childID) = (binding[AssociationLayout.parentID], binding[AssociationLayout.childID])
        parentPath = binding[AssociationLayout.parentPath]
        entityType = binding[AssociationLayout.entityType]
        entityID = binding[AssociationLayout.entityID]
        isByName = childID.field == nil
    }

    /// What a row's parent is.
    enum Parent {
        /// None: the row is a root.
        case root
        case entity(EntityID)
        /// Several rows have an `entity_id` of that name.
        case ambiguous
        /// Nothing of this import, or nothing an id can be derived from.
        case unknown
    }

    /// The id of the row's path; `nil` without a path.
    func pathID(_ record: borrowing CSVRecord) -> EntityID? {
        path.validText(record).map { EntityName.id(.association, $0) }
    }

    /// The child's id; `nil` if the row names none.
    func child(_ record: borrowing CSVRecord) -> EntityID? {
        guard isByName else { return childID.reference(record)?.id(by: names, existing: existing) }
        guard let type = entityType.text(record).flatMap({ EntityType(rawValue: $0) }),
            let name = entityID.validText(record)
        else { return nil }
        return placed(type, name)
    }

    /// The entity that a row of the by-name form places: the one whose semantic name is `$name`, or the one whose id is
    /// derived from type and name.
    func placed(_ type: EntityType, _ name: String) -> EntityID {
        if case .entity(let id) = names.resolve(name) { return id }
        return names.id(type, name)
    }

    /// The parent, by what all rows of the file place.
    func parent(_ record: borrowing CSVRecord, _ placements: Placements) -> Parent {
        guard isByName else {
            guard parentID.isGiven(record) else { return .root }
            return parentID.reference(record)?.id(by: names, existing: existing).map { .entity($0) }
                ?? .unknown
        }
        guard parentPath.isGiven(record) else { return .root }
        return parentPath.validText(record).map { placements.find($0) } ?? .unknown
    }

    /// Whether the row says that its parent contains its child.
    func isContainment(_ record: borrowing CSVRecord) -> Bool {
        (type.text(record) ?? "contains") == "contains"
    }

    /// The association's own id; `nil` if the row names no child.
    func id(_ record: borrowing CSVRecord, _ placements: Placements) -> EntityID? {
        if let id = pathID(record) { return id }
        guard let child = child(record) else { return nil }
        var name = EntityName()
        name.begin(.association)
        if case .entity(let parent) = parent(record, placements) { name.append(parent.description) }
        name.appendColon()
        name.append(type.text(record) ?? "contains")
        name.appendColon()
        name.append(child.description)
        return name.id
    }

    /// The child as the row names it, for messages.
    func childText(_ record: borrowing CSVRecord) -> String? {
        (isByName ? entityID : childID).text(record)
    }
}

extension ColumnBinding.Cell {
    /// The reference that the row gives here.
    func reference(_ record: borrowing CSVRecord) -> EntityReference? {
        guard let field, isGiven(record) else { return nil }
        return record.withField(field) { EntityReference($0) }
    }
}
