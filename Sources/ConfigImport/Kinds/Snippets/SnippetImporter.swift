import CSV
import UCG

/// Snippet types: one a row, or one field a row.
struct SnippetImporter: KindImporter {
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

    /// The numbers of rows and entities.
    private(set) var counts = KindCounts()
    /// The types that fields can have.
    private var fieldTypes = FieldTypes()
    /// What side files say of each snippet.
    private var rules: [String: SnippetRules] = [:]

    mutating func finish(_ files: [ConfigFile], _ pass: inout CheckPass) { rules = pass.snippetRules }
}

// The first pass.
extension SnippetImporter {
    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        fieldTypes = pass.fieldTypes
        guard var rows = try pass.open(file, SnippetColumns.choose) else { return }
        var fields = FieldCheck(columns: rows.columns)
        let nameCell = rows.columns[SnippetColumns.name]
        let isOfFields = rows.columns.isOfFields
        var idName = Self.idName
        while try pass.next(&rows) {
            let origin = rows.origin
            guard let field = nameCell.validField(rows.record) else {
                if isOfFields { fields.check(rows.record, of: nil, from: origin, &pass) }
                continue
            }
            if rows.record.withField(field, Self.isReserved) {
                pass.log.add(
                    .error, .reservedName, in: file.path, at: nameCell.position(rows.record),
                    field: nameCell.name,
                    reason:
                        "\(PlainText.quoted(rows.record.string(field))) begins like the system's own snippets "
                        + "(reed-, admin-, api-)")
            }
            idName.rewind()
            rows.record.withField(field) { idName.append($0) }
            if isOfFields {
                let name = rows.record.string(field)
                if pass.identities.insert(idName.id, origin) == nil { count(name, &pass) }
                fields.check(rows.record, of: name, from: origin, &pass)
            } else if pass.define(
                idName.id, origin, at: nameCell.position(rows.record), field: nameCell.name,
                what: "the snippet \(PlainText.quoted(rows.record.string(field)))")
            {
                count(rows.record.string(field), &pass)
            }
        }
        pass.finish(rows, counting: &counts)
    }

    private mutating func count(_ name: @autoclosure () -> String, _ pass: inout CheckPass) {
        counts.entities += 1
        pass.recordName(name(), of: .snippet)
    }
}

// The second pass.
extension SnippetImporter {
    func build(
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        guard let rows = try pass.open(file, SnippetColumns.choose) else { return }
        if rows.columns.isOfFields {
            try buildFolded(rows, pass: pass, emit: emit)
        } else {
            try buildWhole(rows, pass: pass, emit: emit)
        }
    }

    private func buildWhole(
        _ file: consuming FileRows, pass: consuming BuildPass, emit: (borrowing Entity) throws -> Void
    ) throws {
        var rows = file
        let nameCell = rows.columns[SnippetColumns.name]
        var idName = Self.idName
        var entity = Entity(type: .snippet, id: .namespace, origin: rows.origin)
        while try pass.next(&rows) {
            guard let field = nameCell.validField(rows.record) else {
                throw InputError.changed(rows.file.path)
            }
            idName.rewind()
            rows.record.withField(field) { idName.append($0) }
            entity.id = idName.id
            entity.origin = rows.origin
            entity.data.removeAll()
            entity.data.beginObject()
            let own = rules.isEmpty ? nil : rules[rows.record.string(field)]
            rows.columns.write(rows.record, to: &entity.data) { (_: SnippetColumns.Derived, _, json) in
                own?.write(to: &json)
            }
            entity.data.endObject()
            try emit(entity)
        }
    }

    /// Rows of one snippet need not be adjacent, so all snippets are held until the file ends.
    private func buildFolded(
        _ file: consuming FileRows, pass: consuming BuildPass, emit: (borrowing Entity) throws -> Void
    ) throws {
        var rows = file
        var snippets: [(name: String, fields: JSONWriter, origin: EntityOrigin)] = []
        var places: [String: Int] = [:]
        let columns = rows.columns
        let (nameCell, fieldCell) = (columns[SnippetColumns.name], columns[SnippetColumns.field])
        let (typeCell, defaultCell) = (columns[SnippetColumns.type], columns[SnippetColumns.default])
        while try pass.next(&rows) {
            guard let name = nameCell.validText(rows.record) else {
                throw InputError.changed(rows.file.path)
            }
            let place = places[name] ?? snippets.count
            if place == snippets.count {
                places[name] = place
                snippets.append((name, JSONWriter(), rows.origin))
            }
            guard fieldCell.isGiven(rows.record) else { continue }
            guard let type = try? fieldTypes.type(typeCell.text(rows.record) ?? "text") else {
                throw InputError.changed(rows.file.path)
            }
            let hasDefault = defaultCell.givesDefault(rows.record, of: type)
            snippets[place].fields.beginObject()
            columns.write(rows.record, to: &snippets[place].fields) {
                (_: SnippetColumns.Derived, key, json) in
                guard hasDefault, let field = defaultCell.field else { return }
                json.key(key)
                rows.record.withField(field) { type.writeDefault($0, to: &json) }
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
            rules[snippet.name]?.write(to: &entity.data)
            entity.data.endObject()
            try emit(entity)
        }
    }
}

extension ColumnBinding {
    /// Whether each row is one field of a snippet.
    var isOfFields: Bool { self[SnippetColumns.field].field != nil }
}

extension ColumnBinding.Cell {
    /// Whether the row gives a default for a field of `type`.
    func givesDefault(_ record: borrowing CSVRecord, of type: FieldType) -> Bool {
        guard let field, isGiven(record) else { return false }
        return type.keepsEmptyDefault || record.withField(field) { $0.count > 0 }
    }
}
