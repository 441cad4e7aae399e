import UCG

extension Kind {
    /// `themes.csv`: one theme a row; an empty `parent_theme` makes it a base theme.
    package static let themes = Kind(
        name: "themes", types: [.theme], files: .table("themes.csv"), layouts: [ThemeColumns.layout],
        makeImporter: { ThemeImporter() })
}

/// The columns of `themes.csv`.
enum ThemeColumns {
    static let name = Column(
        "theme_name", aliases: ["name", "theme"], .themeName, isRequired: true, as: "name")
    static let parent = Column(
        "parent_theme", aliases: ["parent", "extends"], .themeName, ifAbsent: .null, as: "parent")

    static let layout = Layout([
        .column(name),
        .column(parent),
        .derived(Derived.parentID),
        .object(
            "context",
            [
                .column(Column("context_type", .word, ifAbsent: .null, as: "type")),
                .column(Column("context_value", .word, ifAbsent: .null, as: "value")),
            ]),
        .column(Column("active", .boolean, ifAbsent: .value("true"), as: "active")),
        .column(Column("description", .text, as: "description")),
        .derived(Derived.chain),
    ])

    /// The members that are made of the themes above.
    enum Derived: Int, DerivedMember {
        case parentID, chain

        var name: String {
            switch self {
            case .parentID: "parent_id"
            case .chain: "chain"
            }
        }
    }
}
