import CSV
import Glibc

/// Reads the rows of one file of the configuration: the records after its header.
///
/// It makes sure that the file is the one that was found, before the first row
/// and after the last.
struct RowReader: ~Copyable {
    let file: ConfigFile
    /// Holds the current row as its record.
    private(set) var csv: CSVReader
    /// The names in the header, as it has them.
    private(set) var header: [String] = []
    /// How long the names but the first one are: a bit for each length, of those below 64 bytes.
    private var laterLengths: UInt64 = 0
    /// Where the header has them.
    private(set) var headerPositions: [CSVPosition] = []
    /// The number of rows that were read.
    private(set) var rowCount = 0
    /// The delimiter that the file's first line names, if it does.
    let separator: UInt8?
    /// The number of rows of delimiters only, and the place of the first.
    private(set) var emptyRows: (count: Int, first: CSVPosition)?
    /// Whether columns are kept as text that a form of a file does not have.
    let keepsColumns: Bool
    private let onRows: @Sendable (Int) -> Void
    private let isInterrupted: @Sendable () -> Bool
    private static let reportInterval = 8192
    /// Whether rows were lost, and not even their texts are known.
    private(set) var isBroken = false
    /// The texts of the rows that were lost because of their number of fields.
    private(set) var lostTexts: Set<String> = []
    private static let mostLostTexts = 10_000
    /// A longer text names nothing.
    private static let longestName = 512

    private init(_ file: ConfigFile, source: consuming ByteSource, options: ImportOptions) {
        let separator = SeparatorLine.delimiter(of: file.path)
        let (dialect, detectsDelimiter) = file.dialect.reading(separator: separator)
        csv = CSVReader(
            source, dialect: dialect, detectsDelimiter: detectsDelimiter, limits: options.limits)
        self.file = file
        self.separator = separator
        keepsColumns = options.keepsColumns
        onRows = options.onRows
        isInterrupted = options.isInterrupted
    }

    /// Opens `file` and reads its header, if it has one: see ``hasHeader``.
    static func open(
        _ file: ConfigFile, options: ImportOptions, log: inout IssueLog
    ) throws(InputError) -> RowReader {
        var rows = RowReader(file, source: try source(file), options: options)
        try rows.checkInterruption()
        try rows.checkIdentity()
        try rows.readHeader(&log)
        return rows
    }

    private static func source(_ file: ConfigFile) throws(InputError) -> ByteSource {
        do throws(FileError) { return try ByteSource.file(file.path) } catch {
            // It was there when the directory was read.
            throw error == .system(ENOENT) ? .changed(file.path) : InputError(error, file.path)
        }
    }

    /// Whether there is a header.
    var hasHeader: Bool { !header.isEmpty }

    private mutating func readHeader(_ log: inout IssueLog) throws(InputError) {
        if try advance(&log) {
            for index in 0..<csv.record.count {
                header.append(csv.record.string(index))
                headerPositions.append(csv.record.position(of: index))
            }
            laterLengths = header.dropFirst().reduce(0) { $0 | 1 << UInt64($1.utf8.count) }
        } else {
            try checkIdentity()
        }
    }

    /// Reads the next row; false at the end of the file.
    ///
    /// Faulty rows are reported and passed over, as is the header when it comes again.
    mutating func next(_ log: inout IssueLog) throws(InputError) -> Bool {
        while try advance(&log) {
            switch shape(of: csv.record) {
            case .row: break
            case .empty:
                let count = (emptyRows?.count ?? 0) + 1
                emptyRows = (count, emptyRows?.first ?? csv.record.position(of: 0))
                continue
            case .header:
                log.add(
                    .warning, .repeatedHeader, in: file.path, at: csv.record.position(of: 0),
                    reason: "repeated header row; skipped")
                continue
            case .reorderedHeader:
                log.add(
                    .warning, .repeatedHeader, in: file.path, at: csv.record.position(of: 0),
                    reason:
                        "repeated header row in another order, read as a row; the rows after it may be in the wrong columns"
                )
            }
            rowCount += 1
            if rowCount % Self.reportInterval == 0 {
                onRows(Self.reportInterval)
                try checkInterruption()
            }
            return true
        }
        try checkIdentity()
        return false
    }

    private mutating func advance(_ log: inout IssueLog) throws(InputError) -> Bool {
        while true {
            do throws(CSVFailure) {
                return try csv.next()
            } catch {
                switch error {
                case .unreadable(let error): throw InputError(error, file.path)
                case .malformed(let error):
                    if error.code == .raggedRow, lostTexts.count < Self.mostLostTexts {
                        for index in 0..<csv.record.count {
                            let isName = csv.record.withField(index) { $0.count <= Self.longestName }
                            if isName { lostTexts.insert(csv.record.string(index)) }
                        }
                    } else {
                        isBroken = true
                    }
                    let field = error.field.flatMap { header.indices.contains($0) ? header[$0] : nil }
                    var issue = Issue(error, path: file.path, field: field)
                    if error.code == .raggedRow, csv.record.count == header.count + 1,
                        csv.record.isAbsent(header.count)
                    {
                        issue.help = "remove the delimiter at the end of the line"
                    }
                    log.add(issue)
                }
            }
        }
    }

    private func checkInterruption() throws(InputError) {
        if isInterrupted() { throw InputError(.interrupted, at: file.path, reason: "interrupted") }
    }

    /// What a record is, besides a row.
    private enum Shape {
        case row, empty, header, reorderedHeader
    }

    /// Looks at a record once: passing it on copies it.
    private func shape(of record: borrowing CSVRecord) -> Shape {
        if Self.isEmpty(record) { return .empty }
        if Self.isHeader(record, header) { return .header }
        return isReorderedHeader(record) ? .reorderedHeader : .row
    }

    /// Whether a record has no field with anything in it.
    private static func isEmpty(_ record: borrowing CSVRecord) -> Bool {
        guard record.isAbsent(0) else { return false }
        for index in 1..<max(1, record.count) where !record.isAbsent(index) { return false }
        return true
    }

    private static func isHeader(_ record: borrowing CSVRecord, _ header: [String]) -> Bool {
        for (index, name) in header.enumerated() {
            let isSame = record.withField(index) { text in
                // A file that was appended to another may have a byte-order mark of its own.
                let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
                let hasMark = index == 0 && text.count >= 3 && (0..<3).allSatisfy { text[$0] == mark[$0] }
                let rest = text.extracting((hasMark ? 3 : 0)..<text.count)
                return rest.count == name.utf8.count
                    && zip(rest.indices, name.utf8).allSatisfy { rest[$0] == $1 }
            }
            guard isSame else { return false }
        }
        return true
    }

    /// Whether a row has the names of the header in another order; whether its first field can be one is seen at once.
    private func isReorderedHeader(_ record: borrowing CSVRecord) -> Bool {
        let mayBeName = record.withField(0) { laterLengths >> UInt64($0.count) & 1 == 1 }
        guard mayBeName, header.dropFirst().contains(record.string(0)), record.count == header.count else {
            return false
        }
        return (0..<record.count).map { record.string($0) }.sorted() == header.sorted()
    }

    private func checkIdentity() throws(InputError) {
        do throws(FileError) {
            guard try csv.fileIdentity() == file.identity else { throw FileError.notRegular }
        } catch {
            throw .changed(file.path)
        }
    }
}
