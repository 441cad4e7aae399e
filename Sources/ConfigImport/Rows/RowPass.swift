/// Finds the layout that the header of a file has; the log says why if it has none.
typealias LayoutChoice = (borrowing RowReader, inout IssueLog) -> Layout?

/// One way to go through files: all of them open a file, find its columns, and read row after row; they differ in what
/// they do about problems.
///
///     guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
///     while try pass.next(&rows) { … rows.record … }
protocol RowPass {
    /// How files are read.
    var options: ImportOptions { get }
    /// The problems that were found.
    var log: IssueLog { get set }
    /// Whether the cells of each row are checked.
    var checksCells: Bool { get }

    /// A file was opened, and has a header or not.
    mutating func begin(_ reader: borrowing RowReader)
    /// A file has no header, or one that it cannot be read with.
    mutating func abandon(_ reader: borrowing RowReader)
    /// Whether an error means that the file has changed, so that the pass cannot go on.
    var expectsNoErrors: Bool { get }
}

extension RowPass {
    /// Opens a file and finds its columns; `nil` if it cannot be read, or is empty.
    ///
    /// - Throws: ``InputError`` if it is not the file that was found.
    mutating func open(_ file: ConfigFile, _ layout: LayoutChoice) throws(InputError) -> FileRows? {
        let reader = try RowReader.open(file, options: options, log: &log)
        begin(reader)
        guard reader.hasHeader, LookAlike.check(reader, &log), let layout = layout(reader, &log),
            let columns = ColumnBinding(layout, of: reader, log: &log)
        else {
            abandon(reader)
            guard mayContinue else { throw .changed(file.path) }
            return nil
        }
        guard mayContinue else { throw .changed(file.path) }
        return FileRows(reader, columns)
    }

    /// Reads the next row; false at the end of the file.
    ///
    /// - Throws: ``InputError`` if the file cannot be read, or is not the one that was found.
    mutating func next(_ rows: inout FileRows) throws(InputError) -> Bool {
        let hasRow = try rows.advance(&log, checksCells: checksCells)
        guard mayContinue else { throw .changed(rows.file.path) }
        return hasRow
    }

    private var mayContinue: Bool { !expectsNoErrors || log.errorCount == 0 }
}
