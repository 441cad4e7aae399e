import CSV
import UCG

extension Kind {
    /// `field_types.csv`: types that fields of snippets can have, one a row; no entities are made of them.
    package static let fieldTypes = Kind(
        name: "field_types", types: [], files: .table("field_types.csv"), isOptional: true,
        layouts: [FieldTypesImporter.layout], makeImporter: { FieldTypesImporter() })
}

/// Field types: a name, a built-in type, and a pattern that its values match.
struct FieldTypesImporter: KindImporter {
    private static let name = Column("name", .fieldTypeName, isRequired: true)
    private static let base = Column("base_type", .word, isRequired: true)
    private static let pattern = Column("validation_pattern", .word)
    private static let message = Column("error_message", .text)
    static let layout = Layout([.column(name), .column(base), .column(pattern), .column(message)])

    private(set) var counts = KindCounts()

    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
        let (nameCell, baseCell) = (rows.columns[Self.name], rows.columns[Self.base])
        let (patternCell, messageCell) = (rows.columns[Self.pattern], rows.columns[Self.message])
        while try pass.next(&rows) {
            let base = Self.base(rows.record, in: baseCell, of: file.path, &pass)
            let pattern = Self.pattern(rows.record, in: patternCell, on: base, of: file.path, &pass)
            guard let name = nameCell.validText(rows.record) else { continue }
            guard let base else {
                pass.recordLost(name)
                continue
            }
            let type = DeclaredType(
                name, base: base, pattern: pattern, message: messageCell.text(rows.record))
            if pass.fieldTypes.add(type) { continue }
            pass.log.add(
                .error, .duplicate, in: file.path, at: nameCell.position(rows.record), field: nameCell.name,
                reason: "the field type \(PlainText.quoted(name)) is declared already")
        }
        pass.finish(rows, counting: &counts)
    }

    /// The built-in type that a row names.
    private static func base(
        _ record: borrowing CSVRecord, in cell: ColumnBinding.Cell, of path: String, _ pass: inout CheckPass
    ) -> FieldType? {
        guard let text = cell.text(record) else { return nil }
        if let base = FieldType.plainNames[text] { return base }
        pass.log.add(
            .error, .unknownType, in: path, at: cell.position(record), field: cell.name,
            reason: "no built-in field type is named \(PlainText.quoted(text))"
                + FieldType.suggestion(for: text))
        return nil
    }

    /// The pattern that a row gives, reported at the character that is wrong.
    private static func pattern(
        _ record: borrowing CSVRecord, in cell: ColumnBinding.Cell, on base: FieldType?, of path: String,
        _ pass: inout CheckPass
    ) -> Pattern? {
        guard let text = cell.text(record), let field = cell.field else { return nil }
        if let base, base.hasMembers {
            pass.log.add(
                .error, .unexpectedValue, in: path, at: cell.position(record), field: cell.name,
                reason: "a pattern is for text and numbers; leave this cell empty")
            return nil
        }
        do throws(PatternProblem) { return try Pattern(text) } catch {
            pass.log.add(
                .error, .invalidSchema, in: path, at: record.position(of: field, byte: error.offset),
                field: cell.name, excerpt: .byte, reason: error.reason)
            return nil
        }
    }
}
