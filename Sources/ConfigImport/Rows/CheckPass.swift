import SystemSupport
import CSV
import UCG

/// What the first pass over the files shares between the importers.
struct CheckPass {
    let options: ImportOptions
    /// The paths of all files, by the numbers that origins have.
    let paths: [String]
    /// Files that only a later version imports, by name.
    let laterFiles: Set<String>
    var log: IssueLog
    /// One more thread for the whole pass: one for each file would be too many.
    let worker = WorkerThread()
    var identities = IdentityTable()
    /// Kinds of which rows could not be read, so that references to them prove nothing.
    var broken: Set<EntityKind> = []
    /// The texts of rows with a wrong number of fields: what they name is defined all the same.
    private(set) var lostTexts: Set<String> = []
    /// Informational messages.
    var notes: [String]

    init(_ options: ImportOptions, _ directory: ConfigDirectory) {
        self.options = options
        paths = directory.files.map(\.path)
        laterFiles = directory.laterFiles
        notes = directory.notes
        broken = directory.misnamedKinds
        log = IssueLog(strict: options.isStrict)
        for issue in directory.issues { log.add(issue) }
    }

    /// `PATH:LINE`, for naming the other place.
    func place(_ origin: EntityOrigin) -> String {
        "\(PlainText.escaped(paths[Int(origin.file)])):\(origin.line)"
    }

    /// What somebody may have meant; nothing if the issue would not be shown anyway.
    func suggestion(for word: String, among names: some Sequence<String>, in path: String) -> String {
        log.showsMoreErrors(of: path) ? Suggestion.suffix(for: word, among: names) : ""
    }

    /// Adds an identity; says so if it is there already.
    ///
    /// - Returns: Whether it is new.
    mutating func define(
        _ id: EntityID, _ origin: EntityOrigin, at position: @autoclosure () -> CSVPosition, field: String,
        what: @autoclosure () -> String
    ) -> Bool {
        guard let other = identities.insert(id, origin) else { return true }
        log.add(
            .error, .duplicate, in: paths[Int(origin.file)], at: position(), field: field,
            reason: "\(what()) is defined already at \(place(identities.origin(of: other)))")
        return false
    }

    /// Opens a file.
    mutating func open(_ file: ConfigFile) throws(InputError) -> RowReader {
        let rows = try RowReader.open(file, options: options, log: &log)
        if options.delimiter == nil, rows.hasHeader {
            notes.append("\(PlainText.escaped(file.path)): \(rows.reader.dialect)")
        }
        if let separator = rows.separator {
            log.add(
                .warning, .separatorLine, in: file.path, at: CSVPosition(line: 1, column: 1),
                reason:
                    "a spreadsheet's line; skipped, and \(PlainText.quoted(String(UnicodeScalar(separator)))) taken as the delimiter of this file"
            )
        }
        return rows
    }

    /// Binds the header of a file, if it has one that can be used.
    mutating func bind(
        _ rows: borrowing RowReader, _ layout: (borrowing RowReader, inout IssueLog) -> Layout?
    ) -> ColumnBinding? {
        guard rows.hasHeader else {
            if rows.isBroken {
                broken.insert(rows.file.entityKind)
            } else {
                noteEmpty(rows.file, "is empty")
            }
            return nil
        }
        guard LookAlike.check(rows, &log), let layout = layout(rows, &log),
            let columns = ColumnBinding(layout, of: rows, log: &log)
        else {
            broken.insert(rows.file.entityKind)
            return nil
        }
        return columns
    }

    /// Notes that a faulty row names something.
    mutating func noteLost(_ text: String) { lostTexts.insert(text) }

    /// Notes how reading a file ended.
    mutating func finish(_ rows: borrowing RowReader) {
        if rows.isBroken { broken.insert(rows.file.entityKind) }
        lostTexts.formUnion(rows.lostTexts)
        if let empty = rows.emptyRows {
            log.add(
                .warning, .emptyRow, in: rows.file.path, at: empty.first,
                reason: empty.count == 1
                    ? "a row of delimiters only; skipped" : "\(empty.count) rows of delimiters only; skipped")
        }
        if rows.rowCount == 0, !rows.isBroken {
            noteEmpty(rows.file, "has a header and no rows")
        }
    }

    private mutating func noteEmpty(_ file: ConfigFile, _ words: String) {
        notes.append("\(PlainText.escaped(file.path)) \(words)")
    }
}
