import CSV
import UCG

/// Columns of a translation file that are called by two letters, as a locale is, and hold nothing but numbers: one
/// called `id` is more often a number than Indonesian.
struct NumberColumns {
    /// For each column with texts, whether it may be one; false once it holds something else.
    private var areNumbers: [Bool]
    private var haveValues: [Bool]
    private let columns: TranslationColumns

    init(_ columns: TranslationColumns) {
        self.columns = columns
        areNumbers = columns.texts.map { columns.isWide && $0.cell.name.utf8.count == 2 }
        haveValues = columns.texts.map { _ in false }
    }

    /// Looks at a value.
    mutating func inspect(_ record: borrowing CSVRecord, _ index: Int) {
        guard areNumbers[index] else { return }
        haveValues[index] = true
        areNumbers[index] = record.withField(columns.texts[index].field) { JSONText.isNumber($0) }
    }

    /// Warns of those that are left.
    func warn(_ rows: borrowing RowReader, _ log: inout IssueLog) {
        for (index, text) in columns.texts.enumerated() where areNumbers[index] && haveValues[index] {
            log.add(
                .warning, .doubtfulLocale, in: rows.file.path, at: rows.headerPositions[text.field],
                field: text.cell.name,
                reason:
                    "taken for a locale, but all its cells are numbers; label_\(text.cell.name) says that it is one"
            )
        }
    }
}
