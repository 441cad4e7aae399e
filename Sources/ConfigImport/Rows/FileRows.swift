import CSV
import UCG

/// The rows of one file while a pass goes through them, with the columns that its header has.
struct FileRows: ~Copyable {
    /// The columns.
    let columns: ColumnBinding
    /// Reads the rows.
    private(set) var reader: RowReader
    /// Whether every cell of the current row has a value that its column can hold.
    private(set) var isValid = true

    init(_ reader: consuming RowReader, _ columns: ColumnBinding) {
        self.reader = reader
        self.columns = columns
    }

    /// The file.
    var file: ConfigFile { reader.file }

    /// The current row.
    ///
    /// Pass it on as it is: what reaches into its owner for it again and again copies a part of it each time. As an
    /// argument of a call that throws, `reader.csv.record` is faster: this accessor is not inlined there.
    var record: CSVRecord { @inline(__always) _read { yield reader.csv.record } }

    /// Where the current row stands.
    var origin: EntityOrigin { EntityOrigin(file: reader.file.index, line: reader.csv.record.line) }

    /// Reads the next row, and checks its cells if that is asked for; false at the end of the file.
    mutating func advance(_ log: inout IssueLog, checksCells: Bool) throws(InputError) -> Bool {
        guard try reader.next(&log) else { return false }
        isValid = !checksCells || columns.check(reader.csv.record, &log)
        return true
    }
}
