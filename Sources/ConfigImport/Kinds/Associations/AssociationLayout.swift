import CSV
import UCG

/// The two forms of `associations.csv`.
///
/// A header with `child_id` names both ends by reference; one with `entity_id`
/// places an instance, the child, below the row that its `parent_path` names.
enum AssociationLayout {
    static let byID = Layout(
        [
            .column(Column("parent_id", .reference)),
            .column(Column("child_id", .reference, isRequired: true)),
        ] + commonElements)

    static let byName = Layout(
        [.column(Column("parent_path", .path))] + commonElements + [
            .derived(.parent),
            .column(Column("entity_type", .entityType, isRequired: true, as: "entity_type")),
            .column(Column("entity_id", .instanceName, isRequired: true, as: "entity_id")),
        ])

    private static let commonElements: [Layout.Element] = [
        .derived(.parentID),
        .derived(.childID),
        .column(
            Column("association_type", .associationType, ifAbsent: .value("contains"), as: "association_type")
        ),
        .column(Column("weight", .int32, ifAbsent: .value("0"), as: "weight")),
        .column(Column("path", .path, as: "path")),
        .derived(.depth),
    ]

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
