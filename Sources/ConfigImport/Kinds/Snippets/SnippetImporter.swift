import CSV
import UCG

/// `snippets.csv`: snippet types and their fields.
///
/// With a `field_name` column each row is one field, and the rows of one snippet
/// fold into one entity; without it each row is a whole snippet.
struct SnippetImporter {
    /// One field a row: the members of one element of `fields`.
    static let fields = Layout([
        .column(Column("snippet_name", aliases: snippetNames, .snippetName, isRequired: true)),
        .column(Column("field_name", .fieldName, as: "name")),
        .column(Column("field_type", .word, ifAbsent: .value("text"), as: "type")),
        .column(
            Column("required", aliases: ["is_required"], .boolean, ifAbsent: .value("false"), as: "required")),
        .column(Column("localized", .boolean, ifAbsent: .value("true"), as: "localized")),
        .column(Column("searchable", .boolean, as: "searchable")),
        .column(Column("default_value", aliases: ["default"], .text)),
        .derived(.default),
        .column(Column("help_text", aliases: ["help"], .text, as: "help_text")),
        .column(Column("field_schema", aliases: ["constraints"], .word, as: "schema")),
    ])

    /// One snippet a row: the members of `data`.
    ///
    /// All other cells are kept as text.
    static let whole = Layout(
        [
            .column(
                Column(
                    "snippet_name", aliases: snippetNames, .snippetName, isRequired: true, as: "snippet_type")
            )
        ],
        passedOn: [
            Column("field_type", .word),
            Column("required", aliases: ["is_required"], .word),
            Column("localized", .word),
            Column("searchable", .word),
            Column("default_value", aliases: ["default"], .text),
            Column("help_text", aliases: ["help"], .text),
            Column("field_schema", aliases: ["constraints"], .word),
        ],
        reserved: ["fields", "meta", "validation_rules", "allowed_child_types"])

    private static let snippetNames = ["snippet_type", "snippet", "name"]
    private static let reservedPrefixes = ["reed-", "admin-", "api-"].map { Array($0.utf8) }

    private static func isReserved(_ name: Span<UInt8>) -> Bool {
        reservedPrefixes.contains { prefix in
            name.count >= prefix.count && prefix.indices.allSatisfy { name[$0] == prefix[$0] }
        }
    }

    /// The beginning of the name of every snippet's id.
    private static var idName: EntityName {
        var name = EntityName()
        name.begin(.snippet)
        name.keep()
        return name
    }

    /// How many rows and entities there are.
    private(set) var counts = KindCounts()
    /// Names for 'did you mean'; the first thousand.
    private(set) var someNames: [String] = []

    private static func layout(_ header: [String]) -> Layout {
        header.contains { $0.asciiLowercased == "field_name" } ? fields : whole
    }
}

// The first pass.
extension SnippetImporter {
    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        var rows = try pass.open(file)
        guard let columns = pass.bind(rows, { rows, _ in Self.layout(rows.header) }) else { return }
        var fields = FieldCheck(columns: columns)
        let nameCell = columns["snippet_name"]
        let isOfFields = columns.isOfFields
        var idName = Self.idName
        while try rows.next(&pass.log) {
            _ = columns.check(rows.reader.record, &pass.log)
            let origin = EntityOrigin(file: rows.file.index, line: rows.reader.record.line)
            guard let field = nameCell.validField(rows.reader.record) else {
                if isOfFields {
                    fields.check(rows.reader.record, of: nil, from: origin, &pass)
                }
                continue
            }
            if rows.reader.record.withField(field, Self.isReserved) {
                pass.log.add(
                    .error, .reservedName, in: file.path, at: nameCell.position(rows.reader.record),
                    field: nameCell.name,
                    reason:
                        "\(PlainText.quoted(rows.reader.record.string(field))) begins like the system's own snippets "
                        + "(reed-, admin-, api-)")
            }
            idName.rewind()
            rows.reader.record.withField(field) { idName.append($0) }
            if isOfFields {
                let name = rows.reader.record.string(field)
                if pass.identities.insert(idName.id, origin) == nil { count(name) }
                fields.check(rows.reader.record, of: name, from: origin, &pass)
            } else if pass.define(
                idName.id, origin, at: nameCell.position(rows.reader.record), field: nameCell.name,
                what: "the snippet \(PlainText.quoted(rows.reader.record.string(field)))")
            {
                count(rows.reader.record.string(field))
            }
        }
        counts.rows += rows.rowCount
        pass.finish(rows)
    }

    private mutating func count(_ name: @autoclosure () -> String) {
        counts.entities += 1
        if someNames.count < 1000 { someNames.append(name()) }
    }
}

// The second pass.
extension SnippetImporter {
    func build(
        _ file: ConfigFile, options: ImportOptions, emit: (borrowing Entity) throws -> Void
    ) throws {
        var pass = BuildPass(options)
        let rows = try pass.open(file)
        guard let columns = try pass.bind(rows, { rows, _ in Self.layout(rows.header) }) else { return }
        if columns.isOfFields {
            try buildFolded(rows, columns: columns, pass: pass, emit: emit)
        } else {
            try buildWhole(rows, columns: columns, pass: pass, emit: emit)
        }
    }

    private func buildWhole(
        _ rows: consuming RowReader, columns: ColumnBinding, pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        let nameCell = columns["snippet_name"]
        var idName = Self.idName
        var entity = Entity(
            type: .snippet, id: .namespace, origin: EntityOrigin(file: rows.file.index, line: 1))
        while try pass.next(&rows, columns) {
            guard let field = nameCell.validField(rows.reader.record) else {
                throw InputError.changed(rows.file.path)
            }
            idName.rewind()
            rows.reader.record.withField(field) { idName.append($0) }
            entity.id = idName.id
            entity.origin = EntityOrigin(file: rows.file.index, line: rows.reader.record.line)
            entity.data.removeAll()
            entity.data.beginObject()
            columns.write(rows.reader.record, to: &entity.data) { _, _, _ in }
            entity.data.endObject()
            try emit(entity)
        }
    }

    /// Rows of one snippet need not be adjacent, so all snippets are held until the file ends.
    private func buildFolded(
        _ rows: consuming RowReader, columns: ColumnBinding, pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        var snippets: [(name: String, fields: JSONWriter, origin: EntityOrigin)] = []
        var places: [String: Int] = [:]
        let (nameCell, fieldCell) = (columns["snippet_name"], columns["field_name"])
        let (typeCell, defaultCell) = (columns["field_type"], columns["default_value"])
        while try pass.next(&rows, columns) {
            guard let name = nameCell.validText(rows.reader.record) else {
                throw InputError.changed(rows.file.path)
            }
            let place = places[name] ?? snippets.count
            if place == snippets.count {
                places[name] = place
                snippets.append(
                    (name, JSONWriter(), EntityOrigin(file: rows.file.index, line: rows.reader.record.line)))
            }
            guard fieldCell.isGiven(rows.reader.record) else { continue }
            guard let type = try? FieldType(typeCell.text(rows.reader.record) ?? "text") else {
                throw InputError.changed(rows.file.path)
            }
            snippets[place].fields.beginObject()
            columns.write(rows.reader.record, to: &snippets[place].fields) { _, key, json in
                guard defaultCell.givesDefault(rows.reader.record, of: type), let field = defaultCell.field
                else {
                    return
                }
                json.key(key)
                rows.reader.record.withField(field) { type.writeDefault($0, to: &json) }
            }
            snippets[place].fields.endObject()
        }
        for snippet in snippets {
            var entity = Entity(
                type: .snippet, id: EntityName.id(.snippet, snippet.name), origin: snippet.origin)
            entity.data.beginObject()
            entity.data.key("snippet_type")
            entity.data.string(snippet.name)
            entity.data.key("fields")
            entity.data.beginArray()
            entity.data.members(snippet.fields)
            entity.data.endArray()
            entity.data.endObject()
            try emit(entity)
        }
    }
}

extension ColumnBinding {
    /// Whether each row is one field of a snippet.
    var isOfFields: Bool { self["field_name"].field != nil }
}

extension ColumnBinding.Cell {
    /// Whether the row gives a default for a field of `type`.
    func givesDefault(_ record: borrowing CSVRecord, of type: FieldType) -> Bool {
        guard let field, isGiven(record) else { return false }
        return type.keepsEmptyDefault || record.withField(field) { $0.count > 0 }
    }
}
