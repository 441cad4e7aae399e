import CSV
import UCG

/// The names of a header, matched with the columns of a layout; the log says what does not fit.
struct HeaderMatch {
    /// The known columns, in the order of the layout.
    let cells: [ColumnBinding.Cell]
    /// The columns that are written under their header names.
    let passedOn: [ColumnBinding.Cell]
    /// Columns at the end without a name.
    let nameless: Range<Int>

    /// Matches a header.
    ///
    /// - Returns: `nil` if the file cannot be read with it.
    init?(_ layout: Layout, of rows: borrowing RowReader, log: inout IssueLog) {
        nameless = Self.nameless(of: rows, log: &log)
        var names = NameMatcher(layout)
        for (field, name) in rows.header.enumerated() where !nameless.contains(field) {
            guard let (code, reason) = names.match(name, field) else { continue }
            log.add(
                .error, code, in: rows.file.path, at: rows.headerPositions[field],
                field: name.isEmpty ? nil : name, reason: reason)
        }
        let hasRequired = Self.hasRequired(names, layout, of: rows, log: &log)
        guard names.isUsable, hasRequired else { return nil }
        Self.warnOfSimilar(names, layout, of: rows, log: &log)
        passedOn = names.unknown
        cells = layout.columns.map { column in
            let found = names.found[column.name]
            return ColumnBinding.Cell(column: column, field: found?.field, name: found?.name ?? column.name)
        }
    }

    private static func nameless(of rows: borrowing RowReader, log: inout IssueLog) -> Range<Int> {
        let named = (rows.header.lastIndex { !$0.isEmpty } ?? -1) + 1
        let nameless = named..<rows.header.count
        if !nameless.isEmpty {
            log.add(
                .warning, .emptyColumn, in: rows.file.path, at: rows.headerPositions[named],
                reason: nameless.count == 1
                    ? "the last column has no name; dropped"
                    : "the last \(nameless.count) columns have no name; dropped")
        }
        return nameless
    }

    /// Whether the header has every column that it must have.
    private static func hasRequired(
        _ names: NameMatcher, _ layout: Layout, of rows: borrowing RowReader, log: inout IssueLog
    ) -> Bool {
        var hasAll = true
        for column in layout.columns where column.isRequired && names.found[column.name] == nil {
            hasAll = false
            var reason = "the header has no column \(PlainText.quoted(column.name))"
            let delimiter = likelyDelimiter(rows.header)
            if let delimiter {
                let shown = delimiter == UInt8(ascii: "\t") ? "\\t" : String(UnicodeScalar(delimiter))
                reason += "; it has one column, is the delimiter '\(shown)'?"
            } else {
                reason += Suggestion.reverseSuffix(
                    for: [column.name] + column.aliases, among: names.unknown.map(\.name))
            }
            log.add(
                Issue(
                    severity: .error, code: .missingColumn, path: rows.file.path,
                    position: rows.headerPositions[0], field: nil, reason: reason,
                    setting: delimiter.map { .delimiter($0) }))
        }
        return hasAll
    }

    /// Warns of unknown columns whose names are nearly those of known ones.
    private static func warnOfSimilar(
        _ names: NameMatcher, _ layout: Layout, of rows: borrowing RowReader, log: inout IssueLog
    ) {
        let missing = layout.columns.filter { names.found[$0.name] == nil }.map(\.name)
        for cell in names.unknown where names.known[cell.column.name] == nil {
            guard let meant = Suggestion.closest(to: cell.column.name, among: missing) else { continue }
            log.add(
                .warning, .similarColumn, in: rows.file.path, at: rows.headerPositions[cell.field ?? 0],
                field: cell.name,
                reason: "not a column of this file (did you mean \(PlainText.quoted(meant))?); kept as text")
        }
    }

    /// The delimiter that a header of one column seems to be separated by.
    private static func likelyDelimiter(_ header: [String]) -> UInt8? {
        guard header.count == 1 else { return nil }
        return ";\t|,".utf8.first(where: header[0].utf8.contains)
    }
}

/// Takes the names of a header one by one.
private struct NameMatcher {
    /// The columns of the layout, by name and alias.
    let known: [String: Column]
    /// Where the header has known columns.
    private(set) var found: [String: (field: Int, name: String)] = [:]
    /// Columns that are written under their header names.
    private(set) var unknown: [ColumnBinding.Cell] = []
    /// Whether every name could be taken.
    private(set) var isUsable = true
    private let layout: Layout
    private let memberNames: Set<String>
    private var seen: Set<String> = []

    init(_ layout: Layout) {
        self.layout = layout
        memberNames = Set(layout.memberNames)
        var known: [String: Column] = [:]
        for column in layout.columns {
            for name in [column.name] + column.aliases where known[name] == nil { known[name] = column }
        }
        self.known = known
    }

    /// Takes a name; returns what is wrong with it.
    mutating func match(_ name: String, _ field: Int) -> (IssueCode, reason: String)? {
        let lowered = name.asciiLowercased
        let column = known[lowered]
        var problem: (IssueCode, reason: String)?
        if name.isEmpty {
            problem = (.emptyColumn, "column \(field + 1) has no name")
        } else if seen.contains(name.lowercased()) {
            problem = (.repeatedColumn, "a second column of this name")
        } else if let column, let other = found[column.name] {
            problem = (.repeatedColumn, "means the same as the column \(PlainText.quoted(other.name))")
        } else if let column {
            found[column.name] = (field, name)
        } else if memberNames.contains(lowered) {
            problem = (
                .reservedColumn,
                "not a column of this file, and a member of that name is written there; rename it"
            )
        }
        seen.insert(name.lowercased())
        if column == nil {
            unknown.append(.init(column: Column(lowered, .text, as: name), field: field, name: name))
        } else if layout.passedOn.contains(where: { $0.isCalled(lowered) }), let column {
            unknown.append(
                .init(column: Column(column.name, column.kind, as: name), field: field, name: name))
        }
        if problem != nil { isUsable = false }
        return problem
    }
}
