import CSV
import UCG

/// The columns of a layout, found in the header of one file.
struct ColumnBinding {
    /// One known column, and where this file has it.
    struct Cell {
        let column: Column
        /// The number of the field; `nil` if the header lacks the column.
        let field: Int?
        /// The name in the header, or the column's own.
        let name: String

        /// Whether the row gives a value here.
        func isGiven(_ record: borrowing CSVRecord) -> Bool {
            guard let field, !record.isAbsent(field) else { return false }
            return column.kind.keepsEmpty || record.withField(field) { $0.count > 0 }
        }

        /// The value that the row gives here.
        func text(_ record: borrowing CSVRecord) -> String? {
            guard let field, isGiven(record) else { return nil }
            return record.string(field)
        }

        /// The value that the row gives here, if the column can hold it.
        func fitText(_ record: borrowing CSVRecord) -> String? {
            guard let field, isGiven(record), record.withField(field, column.kind.accepts) else { return nil }
            return record.string(field)
        }

        /// Where the row has the value; its beginning if the header lacks the column.
        func position(_ record: borrowing CSVRecord) -> CSVPosition {
            record.position(of: field ?? 0)
        }
    }

    /// One step of writing `data`.
    private enum Step {
        case open(JSONKey)
        case close
        case cell(Cell, JSONKey)
        case derived(DerivedMember, JSONKey)
    }

    private let path: String
    private let cells: [Cell]
    private var steps: [Step] = []
    /// Columns that are passed on under their header names.
    private(set) var passedOn: [Cell] = []

    /// Finds the columns of `layout` in the header, which is the reader's record.
    ///
    /// - Returns: `nil` if the file cannot be read with this header; the log says why.
    init?(_ layout: Layout, _ rows: borrowing RowReader, _ log: inout IssueLog) {
        path = rows.file.path
        let known = layout.columns
        var found: [String: (field: Int, name: String)] = [:]
        var unknown: [Cell] = []
        var isUsable = true
        var seen: [String: String] = [:]

        for (field, name) in rows.header.enumerated() {
            let lowered = name.asciiLowercased
            func refuse(_ code: IssueCode, _ reason: String) {
                isUsable = false
                log.add(
                    .error, code, rows.file.path, rows.headerPositions[field],
                    field: name.isEmpty ? nil : name, reason)
            }
            let column = known.first { $0.isCalled(lowered) }
            if name.isEmpty {
                refuse(.emptyColumn, "column \(field + 1) has no name")
            } else if seen[lowered] != nil {
                refuse(.repeatedColumn, "a second column of this name")
            } else if let column, let other = found[column.name] {
                refuse(.repeatedColumn, "means the same as the column \(PlainText.quoted(other.name))")
            } else if let column {
                found[column.name] = (field, name)
            } else if layout.memberNames.contains(lowered) {
                refuse(
                    .reservedColumn,
                    "not a column of this file, and a member of that name is written there; rename it")
            }
            seen[lowered] = name
            if column == nil {
                unknown.append(
                    Cell(column: Column(lowered, .text, as: name), field: field, name: name))
            } else if layout.passedOn.contains(where: { $0.isCalled(lowered) }), let column {
                unknown.append(
                    Cell(
                        column: Column(column.name, column.kind, as: name), field: field, name: name))
            }
        }
        for column in known where column.isRequired && found[column.name] == nil {
            isUsable = false
            var reason = "the header has no column \(PlainText.quoted(column.name))"
            if let delimiter = Self.likelyDelimiter(rows.header) {
                reason += "; it has one column, is the delimiter '\(delimiter.shown)'? (--delimiter \(delimiter.name))"
            } else {
                reason += Suggestion.reverseSuffix(
                    for: [column.name] + column.aliases, among: unknown.map(\.name))
            }
            log.add(.error, .missingColumn, path, rows.headerPositions[0], reason)
        }
        guard isUsable else { return nil }

        for cell in unknown where !known.contains(where: { $0.isCalled(cell.column.name) }) {
            let missing = known.filter { found[$0.name] == nil }.map(\.name)
            if let meant = Suggestion.closest(to: cell.column.name, among: missing) {
                log.add(
                    .warning, .similarColumn, path, rows.headerPositions[cell.field ?? 0],
                    field: cell.name,
                    "not a column of this file (did you mean \(PlainText.quoted(meant))?); kept as text")
            }
        }
        cells = known.map { column in
            Cell(column: column, field: found[column.name]?.field, name: found[column.name]?.name ?? column.name)
        }
        passedOn = unknown
        addSteps(layout.elements)
        for cell in passedOn { addStep(cell) }
    }

    /// The delimiter that a header of one column seems to be separated by.
    private static func likelyDelimiter(_ header: [String]) -> (shown: String, name: String)? {
        guard header.count == 1 else { return nil }
        return [(";", ";", "semicolon"), ("\t", "\\t", "tab"), ("|", "|", "pipe"), (",", ",", "comma")]
            .first { header[0].contains($0.0) }.map { ($0.1, $0.2) }
    }

    private mutating func addSteps(_ elements: [Layout.Element]) {
        for element in elements {
            switch element {
            case .column(let column): addStep(self[column.name])
            case .derived(let member): steps.append(.derived(member, JSONKey(member.rawValue)))
            case .object(let key, let inner):
                steps.append(.open(JSONKey(key)))
                addSteps(inner)
                steps.append(.close)
            }
        }
    }

    private mutating func addStep(_ cell: Cell) {
        guard let member = cell.column.member else { return }
        if cell.field == nil, case .omitted = cell.column.ifAbsent { return }
        steps.append(.cell(cell, JSONKey(member)))
    }

    /// The column called `name`, which the layout must have.
    subscript(name: String) -> Cell {
        cells.first { $0.column.name == name }
            ?? Cell(column: Column(name, .text), field: nil, name: name)
    }

    /// The cells of all columns but those called `names`, the passed-on ones too.
    func otherCells(than names: [String]) -> [Cell] {
        cells.filter { !names.contains($0.column.name) }
            + passedOn.filter { cell in !cells.contains { $0.column.name == cell.column.name } }
    }

    /// Whether every cell of the row has a value its column can hold; the log names those that have not.
    func check(_ record: borrowing CSVRecord, _ log: inout IssueLog) -> Bool {
        var isFit = true
        for cell in cells {
            guard let field = cell.field else { continue }
            if !cell.isGiven(record) {
                guard cell.column.isRequired else { continue }
                isFit = false
                log.add(
                    .error, .missingValue, path, cell.position(record), field: cell.name,
                    "empty; expected \(cell.column.kind.expected)")
            } else if !record.withField(field, cell.column.kind.accepts) {
                isFit = false
                log.add(
                    .error, .invalidValue, path, cell.position(record), field: cell.name,
                    record.withField(field) { cell.column.kind.refusal(of: $0) })
            }
        }
        return isFit
    }

    /// Writes the members of `data`; `derive` writes those that the importer makes, key and all.
    ///
    /// The row must have passed ``check(_:_:)``.
    func write(
        _ record: borrowing CSVRecord, to json: inout JSONWriter,
        derive: (DerivedMember, JSONKey, inout JSONWriter) -> Void
    ) {
        for step in steps {
            switch step {
            case .open(let key):
                json.key(key)
                json.beginObject()
            case .close:
                json.endObject()
            case .derived(let member, let key):
                derive(member, key, &json)
            case .cell(let cell, let key):
                if let field = cell.field, cell.isGiven(record) {
                    json.key(key)
                    record.withField(field) { json.write($0, as: cell.column.kind.form) }
                } else {
                    json.writeAbsent(cell.column, key)
                }
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func write(_ text: Span<UInt8>, as form: ColumnKind.Form) {
        switch form {
        case .string: string(text)
        case .boolean: boolean(ColumnKind.isTrue(text) ?? false)
        case .number: number(text)
        }
    }

    fileprivate mutating func writeAbsent(_ column: Column, _ key: JSONKey) {
        switch column.ifAbsent {
        case .omitted: return
        case .null:
            self.key(key)
            null()
        case .value(let text):
            self.key(key)
            write(text.utf8.span, as: column.kind.form)
        }
    }
}

extension String {
    /// The text with the letters A to Z in lower case.
    var asciiLowercased: String { String(decoding: utf8.map(\.lowercased), as: UTF8.self) }
}
