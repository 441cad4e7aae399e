import CSV
import UCG

/// The two forms of `associations.csv`.
///
/// A header with `child_id` names both ends by reference; one with `entity_id`
/// places an instance, the child, below the row that its `parent_path` names.
enum AssociationLayout {
    static let parentID = Column("parent_id", .reference)
    static let childID = Column("child_id", .reference, isRequired: true)
    static let byID = Layout([.column(parentID), .column(childID)] + commonElements)

    static let parentPath = Column("parent_path", .path)
    static let entityType = Column("entity_type", .entityType, isRequired: true, as: "entity_type")
    static let entityID = Column("entity_id", .instanceName, isRequired: true, as: "entity_id")
    static let byName = Layout(
        [.column(parentPath)] + commonElements + [
            .derived(Derived.parent), .column(entityType), .column(entityID),
        ])

    static let type = Column(
        "association_type", .associationType, ifAbsent: .value("contains"), as: "association_type")
    static let path = Column("path", .path, as: "path")
    private static let commonElements: [Layout.Element] = [
        .derived(Derived.parentID),
        .derived(Derived.childID),
        .column(type),
        .column(Column("weight", .int32, ifAbsent: .value("0"), as: "weight")),
        .column(path),
        .derived(Derived.depth),
    ]

    /// The members that are made of what a row refers to.
    enum Derived: Int, DerivedMember {
        case parentID, childID, depth, parent

        var name: String {
            switch self {
            case .parentID: "parent_id"
            case .childID: "child_id"
            case .depth: "depth"
            case .parent: "parent"
            }
        }
    }

    /// Types of instances that need no snippet to define them.
    static let builtInTypes = ["page", "menu", "menu-item", "navigation-item"]

    /// The layout of the form that the header has; the log says why if it has none.
    static func choose(_ rows: borrowing RowReader, _ log: inout IssueLog) -> Layout? {
        let names = rows.header.map(\.asciiLowercased)
        let isByID = names.contains("parent_id") || names.contains("child_id")
        let isByName =
            names.contains("parent_path") || names.contains("entity_type") || names.contains("entity_id")
        if isByID != isByName { return isByID ? byID : byName }
        let clash = names.firstIndex { ["parent_path", "entity_type", "entity_id"].contains($0) }
        let found = clash.map {
            "columns of both forms, '\(isByChild(names))' and \(PlainText.quoted(rows.header[$0]))"
        }
        log.add(
            .error, .mixedColumns, in: rows.file.path, at: rows.headerPositions[clash ?? 0],
            field: clash.map { rows.header[$0] },
            reason: (found ?? "columns of neither form")
                + "; expected parent_id,child_id,... or parent_path,entity_type,entity_id,...")
        return nil
    }

    private static func isByChild(_ names: [String]) -> String {
        names.contains("child_id") ? "child_id" : "parent_id"
    }
}
