import CSV
import UCG

/// What the second pass over the files shares between the importers.
///
/// The files were found valid; if one is not any more, it has changed.
struct BuildPass {
    let options: ImportOptions
    private var log = IssueLog()

    init(_ options: ImportOptions) { self.options = options }

    /// Opens a file.
    mutating func open(_ file: ConfigFile) throws(InputError) -> RowReader {
        let rows = try RowReader.open(file, options: options, log: &log)
        guard log.errorCount == 0 else { throw .changed(file.path) }
        return rows
    }

    /// Binds the header of a file; `nil` if the file is empty.
    mutating func bind(
        _ rows: borrowing RowReader, _ layout: (borrowing RowReader, inout IssueLog) -> Layout?
    ) throws(InputError) -> ColumnBinding? {
        guard rows.hasHeader else { return nil }
        guard let layout = layout(rows, &log), let columns = ColumnBinding(layout, of: rows, log: &log) else {
            throw .changed(rows.file.path)
        }
        return columns
    }

    /// Reads the next row; false at the end of the file.
    mutating func next(_ rows: inout RowReader, _ columns: ColumnBinding) throws(InputError) -> Bool {
        let hasRow = try rows.next(&log)
        if hasRow { _ = columns.check(rows.reader.record, &log) }
        guard log.errorCount == 0 else { throw .changed(rows.file.path) }
        return hasRow
    }
}
