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
        if let snippet, let field = fieldCell.validText(record),
            let other = origins.updateValue(origin, forKey: "\(snippet).\(field)")
        {
            origins["\(snippet).\(field)"] = other
            pass.log.add(
                .error, .duplicate, in: path, at: fieldCell.position(record), field: fieldCell.name,
                reason:
                    "the field \(PlainText.quoted(field)) of \(PlainText.quoted(snippet)) is defined already "
                    + "at \(pass.place(other))")
        }
        let typeCell = columns[SnippetColumns.type]
        do throws(FieldType.Problem) {
            let type = try FieldType(typeCell.text(record) ?? "text")
            let defaultCell = columns[SnippetColumns.default]
            if defaultCell.givesDefault(record, of: type), let number = defaultCell.field,
                !record.withField(number, type.acceptsDefault)
            {
                pass.log.add(
                    .error, .invalidDefault, in: path, at: defaultCell.position(record),
                    field: defaultCell.name,
                    reason:
                        "\(record.withField(number) { PlainText.quoted($0) }) is not \(type.expectedDefault), "
                        + "as the type \(PlainText.quoted(typeCell.text(record) ?? "text")) needs")
            }
        } catch {
            var reason = error.reason
            if error.code == .unknownType {
                reason += FieldType.suggestion(for: typeCell.text(record) ?? "")
                if pass.laterFiles.contains("field_types.csv") {
                    reason += "; field_types.csv may declare it, but this version does not read that file"
                }
            }
            pass.log.add(
                .error, error.code, in: path, at: typeCell.position(record), field: typeCell.name,
                reason: reason)
        }
    }
}
