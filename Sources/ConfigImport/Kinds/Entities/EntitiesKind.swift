import UCG

extension Kind {
    /// `entities.csv`: pages, users, instances of snippets, whatever types its rows name.
    package static let entities = Kind(
        name: "entities", types: [], files: .table("entities.csv"), isOptional: true,
        layouts: [EntitiesColumns.layout], makeImporter: { EntitiesImporter() })
}

/// The columns of `entities.csv`.
enum EntitiesColumns {
    static let id = Column("id", .uuid)
    static let type = Column("entity_type", .declaredType, isRequired: true)
    static let name = Column("semantic_name", .semanticName)
    static let data = Column("data", .word)
    static let author = Column("created_by", .word)
    static let time = Column("created_at", .time)

    /// Unknown columns follow the members of `data`, as text.
    static let layout = Layout([
        .column(id), .column(type), .column(name), .derived(Derived.data), .column(data), .column(author),
        .column(time),
    ])

    /// What the `data` cell holds, member by member.
    enum Derived: Int, DerivedMember {
        case data

        var name: String { "data" }
    }
}
