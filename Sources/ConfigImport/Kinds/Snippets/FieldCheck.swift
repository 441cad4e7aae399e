import CSV
import UCG

/// Checks the fields of snippets, one a row.
struct FieldCheck {
    let columns: ColumnBinding
    /// Where each `<snippet>.<field>` is defined.
    private var origins: [String: EntityOrigin] = [:]

    init(columns: ColumnBinding) { self.columns = columns }

    /// Checks the field that a row declares.
    ///
    /// - Parameter snippet: The name of its snippet; `nil` if the row has no valid one.
    mutating func check(
        _ record: borrowing CSVRecord, of snippet: String?, from origin: EntityOrigin, _ pass: inout CheckPass
    ) {
        let path = pass.paths[Int(origin.file)]
        let fieldCell = columns[SnippetColumns.field]
        guard fieldCell.isGiven(record) else {
            for cell in columns.otherCells(than: SnippetColumns.name, SnippetColumns.field)
            where cell.isGiven(record) {
                pass.log.add(
                    .error, .unexpectedValue, in: path, at: cell.position(record), field: cell.name,
                    reason:
                        "\(PlainText.quoted(cell.text(record) ?? "")) without a \(fieldCell.name): such a row only "
                        + "declares its snippet; leave this cell empty")
            }
            return
        }
        checkName(record, of: snippet, from: origin, &pass)
        guard let type = checkType(record, in: path, &pass) else { return }
        let schema = checkSchema(record, of: type, in: path, &pass)
        checkDefault(record, of: type, schema: schema, in: path, &pass)
        if let snippet, pass.keepsFields, let name = fieldCell.validText(record) {
            pass.snippetFields[snippet, default: SnippetFields()].add(
                name,
                SnippetFields.Field(
                    type: type, schema: schema ?? FieldSchema(),
                    isRequired: isTrue(SnippetColumns.required, in: record, else: false),
                    isLocalized: isTrue(SnippetColumns.localized, in: record, else: true)))
        }
    }

    /// The value of a boolean column; `absent` if the row gives none.
    private func isTrue(_ column: Column, in record: borrowing CSVRecord, else absent: Bool) -> Bool {
        let cell = columns[column]
        guard let field = cell.validField(record) else { return absent }
        return record.withField(field) { ColumnKind.isTrue($0) } ?? absent
    }

    /// A field has a name of its own in its snippet.
    private mutating func checkName(
        _ record: borrowing CSVRecord, of snippet: String?, from origin: EntityOrigin, _ pass: inout CheckPass
    ) {
        let cell = columns[SnippetColumns.field]
        guard let snippet, let field = cell.validText(record),
            let other = origins.updateValue(origin, forKey: "\(snippet).\(field)")
        else { return }
        origins["\(snippet).\(field)"] = other
        pass.log.add(
            .error, .duplicate, in: pass.paths[Int(origin.file)], at: cell.position(record), field: cell.name,
            reason:
                "the field \(PlainText.quoted(field)) of \(PlainText.quoted(snippet)) is defined already "
                + "at \(pass.place(other))")
    }

    /// The type of the field; `nil` if the cell does not name one.
    private func checkType(
        _ record: borrowing CSVRecord, in path: String, _ pass: inout CheckPass
    ) -> FieldType? {
        let cell = columns[SnippetColumns.type]
        do throws(FieldType.Problem) { return try pass.fieldTypes.type(cell.text(record) ?? "text") } catch {
            var reason = error.reason
            if error.code == .unknownType {
                let name = cell.text(record) ?? ""
                if pass.broken.contains(.fieldTypes) || pass.lostTexts.contains(name) { return nil }
                reason += pass.typeSuggestion(for: name, in: path)
            }
            pass.log.add(
                .error, error.code, in: path, at: cell.position(record), field: cell.name, reason: reason)
            return nil
        }
    }

    /// The schema of the field, reported at the character that is wrong; `nil` if there is none.
    private func checkSchema(
        _ record: borrowing CSVRecord, of type: FieldType, in path: String, _ pass: inout CheckPass
    ) -> FieldSchema? {
        let cell = columns[SnippetColumns.schema]
        guard let text = cell.text(record), let field = cell.field else { return nil }
        do throws(SchemaProblem) { return try FieldSchema(text, of: type, types: pass.fieldTypes) } catch {
            if let name = error.unknownType,
                pass.broken.contains(.fieldTypes) || pass.lostTexts.contains(name)
            {
                return nil
            }
            pass.log.add(
                .error, .invalidSchema, in: path, at: record.position(of: field, byte: error.offset),
                field: cell.name, excerpt: .byte,
                reason: error.reason
                    + (error.unknownType.map { pass.typeSuggestion(for: $0, in: path) } ?? ""))
            return nil
        }
    }

    /// A default is a value of the field's type that its schema accepts.
    private func checkDefault(
        _ record: borrowing CSVRecord, of type: FieldType, schema: FieldSchema?, in path: String,
        _ pass: inout CheckPass
    ) {
        let cell = columns[SnippetColumns.default]
        guard cell.givesDefault(record, of: type), let field = cell.field else { return }
        var reason: String?
        if !record.withField(field, type.acceptsDefault) {
            let name = columns[SnippetColumns.type].text(record) ?? "text"
            reason =
                "\(record.withField(field) { PlainText.quoted($0) }) is not \(type.expectedDefault), "
                + "as the type \(PlainText.quoted(name)) needs"
        } else if let schema {
            let fault = record.withField(field) { schema.fault(of: type.value(ofDefault: $0), of: type) }
            let text = columns[SnippetColumns.schema].text(record) ?? ""
            reason = fault.map { "\($0.text), by the schema \(PlainText.quoted(text))" }
        }
        guard let reason else { return }
        pass.log.add(
            .error, .invalidDefault, in: path, at: cell.position(record), field: cell.name, reason: reason)
    }
}
