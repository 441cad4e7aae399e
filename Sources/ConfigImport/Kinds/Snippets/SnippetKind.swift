import UCG

extension Kind {
    /// `snippets.csv`: snippet types and their fields.
    package static let snippets = Kind(
        name: "snippets", types: [.snippet], files: .table("snippets.csv"),
        layouts: [SnippetColumns.fields, SnippetColumns.whole], makeImporter: { SnippetImporter() })
}

/// The columns of `snippets.csv`, in its two forms.
///
/// With a `field_name` column each row is one field, and the rows of one snippet
/// fold into one entity; without it each row is a whole snippet.
enum SnippetColumns {
    static let name = Column("snippet_name", aliases: nameAliases, .snippetName, isRequired: true)
    static let field = Column("field_name", .fieldName, as: "name")
    static let type = Column("field_type", .word, ifAbsent: .value("text"), as: "type")
    static let `default` = Column("default_value", aliases: ["default"], .text)

    static let required = Column(
        "required", aliases: ["is_required"], .boolean, ifAbsent: .value("false"), as: "required")
    static let localized = Column("localized", .boolean, ifAbsent: .value("true"), as: "localized")
    static let schema = Column("field_schema", aliases: ["constraints"], .word, as: "schema")

    private static let nameAliases = ["snippet_type", "snippet", "name"]

    /// One field a row: the members of one element of `fields`.
    static let fields = Layout([
        .column(name),
        .column(field),
        .column(type),
        .column(required),
        .column(localized),
        .column(Column("searchable", .boolean, as: "searchable")),
        .column(`default`),
        .derived(Derived.default),
        .column(Column("help_text", aliases: ["help"], .text, as: "help_text")),
        .column(schema),
    ])

    /// One snippet a row: the members of `data`.
    ///
    /// All other cells are kept as text.
    static let whole = Layout(
        [
            .column(
                Column(name.name, aliases: nameAliases, .snippetName, isRequired: true, as: "snippet_type")),
            .derived(Derived.rules),
        ],
        passedOn: [
            Column(type.name, .word),
            Column(required.name, aliases: required.aliases, .word),
            Column(localized.name, .word),
            Column("searchable", .word),
            Column(`default`.name, aliases: `default`.aliases, .text),
            Column("help_text", aliases: ["help"], .text),
            Column(schema.name, aliases: schema.aliases, .word),
        ],
        reserved: ["fields", "validation_rules", "allowed_child_types"])

    /// The form that a header has.
    static func choose(_ rows: borrowing RowReader, _ log: inout IssueLog) -> Layout? {
        rows.header.contains { $0.asciiLowercased == field.name } ? fields : whole
    }

    /// The members that are made of more than their cell.
    enum Derived: Int, DerivedMember {
        /// A default is written in the form of its field's type; `rules` stands for all that side files say.
        case `default`, rules

        var name: String {
            switch self {
            case .default: "default"
            case .rules: "meta"
            }
        }
    }
}
