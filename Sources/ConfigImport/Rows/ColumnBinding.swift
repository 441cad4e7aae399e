import CSV
import SystemSupport
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
            guard let field else { return false }
            return ColumnBinding.isGiven(record, field, keepsEmpty: column.kind.keepsEmpty)
        }

        /// The value that the row gives here.
        func text(_ record: borrowing CSVRecord) -> String? {
            guard let field, isGiven(record) else { return nil }
            return record.string(field)
        }

        /// The value that the row gives here, if the column can hold it.
        func validText(_ record: borrowing CSVRecord) -> String? {
            validField(record).map { record.string($0) }
        }

        /// The number of the field, if the row gives a value there that the column can hold.
        func validField(_ record: borrowing CSVRecord) -> Int? {
            guard let field, isGiven(record), record.withField(field, column.kind.accepts) else { return nil }
            return field
        }

        /// Where the row has the value; its beginning if the header lacks the column.
        func position(_ record: borrowing CSVRecord) -> CSVPosition {
            record.position(of: field ?? 0)
        }
    }

    /// One step of writing `data`, resolved as far as the header allows.
    private struct Step {
        enum Action {
            case open, close, cell
            /// A member that the importer makes, by its number.
            case derived(Int)
        }

        let action: Action
        /// Where the key is in `encoded`.
        let key: Range<Int>
        /// The number of the field; -1 if the header lacks the column.
        var field = -1
        var form = ColumnKind.Form.string
        var keepsEmpty = false
        /// Where in `encoded` is what is written if the row gives no value; nothing if this is empty.
        var absent = 0..<0
    }

    /// One cell to check, if there is anything to find.
    private struct Test {
        let field: Int
        let cell: Int
        let keepsEmpty: Bool
        let isRequired: Bool
        let acceptsAnything: Bool
        let accepts: @Sendable (Span<UInt8>) -> Bool
    }

    private let path: String
    /// Columns at the end that have no name, and no cell with anything in it.
    private let nameless: Range<Int>
    private let cells: [Cell]
    /// The number of each column's cell.
    private let numbers: [String: Int]
    private var steps: [Step] = []
    /// The JSON that the steps write: in one piece, so that a row touches no other object.
    private var encoded: [UInt8] = []
    private var tests: [Test] = []
    /// Columns that are passed on under their header names.
    private(set) var passedOn: [Cell] = []

    /// Finds the columns of `layout` in the header of a file.
    ///
    /// - Returns: `nil` if the file cannot be read with this header; the log says why.
    init?(_ layout: Layout, of rows: borrowing RowReader, log: inout IssueLog) {
        guard let match = HeaderMatch(layout, of: rows, log: &log) else { return nil }
        path = rows.file.path
        nameless = match.nameless
        cells = match.cells
        numbers = Dictionary(cells.enumerated().map { ($1.column.name, $0) }) { first, _ in first }
        passedOn = match.passedOn
        for (index, cell) in cells.enumerated() {
            let kind = cell.column.kind
            guard let field = cell.field,
                cell.column.isRequired && !cell.column.mayBeAbsent || !kind.acceptsAnything
            else { continue }
            tests.append(
                Test(
                    field: field, cell: index, keepsEmpty: kind.keepsEmpty,
                    isRequired: cell.column.isRequired && !cell.column.mayBeAbsent,
                    acceptsAnything: kind.acceptsAnything, accepts: kind.accepts))
        }
        addSteps(layout.elements)
        for cell in passedOn { addStep(cell) }
    }

    private mutating func addSteps(_ elements: [Layout.Element]) {
        for element in elements {
            switch element {
            case .column(let column): addStep(self[column])
            case .derived(let name, let number):
                steps.append(Step(action: .derived(number), key: encode(JSONKey(name).encoded)))
            case .object(let name, let inner):
                steps.append(Step(action: .open, key: encode(JSONKey(name).encoded)))
                addSteps(inner)
                steps.append(Step(action: .close, key: 0..<0))
            }
        }
    }

    private mutating func addStep(_ cell: Cell) {
        guard let member = cell.column.member else { return }
        var absent = JSONWriter()
        switch cell.column.ifAbsent {
        case .omitted: if cell.field == nil { return }
        case .null: absent.null()
        case .value(let text): absent.write(text.utf8.span, as: cell.column.kind.form)
        }
        steps.append(
            Step(
                action: .cell, key: encode(JSONKey(member).encoded), field: cell.field ?? -1,
                form: cell.column.kind.form, keepsEmpty: cell.column.kind.keepsEmpty,
                absent: encode(absent.bytes)))
    }

    /// Keeps JSON that a step writes.
    private mutating func encode(_ json: [UInt8]) -> Range<Int> {
        let start = encoded.count
        encoded += json
        return start..<encoded.count
    }

    /// Where the file has a column; the cell has no field if its layout, or its header, lacks the column.
    subscript(column: Column) -> Cell {
        numbers[column.name].map { cells[$0] } ?? Cell(column: column, field: nil, name: column.name)
    }

    /// The cells of all columns but these, the passed-on ones too.
    func otherCells(than columns: Column...) -> [Cell] {
        cells.filter { cell in !columns.contains { $0.name == cell.column.name } }
            + passedOn.filter { numbers[$0.column.name] == nil }
    }

    /// Whether every cell of the row has a value its column can hold; the log names those that have not.
    func check(_ record: borrowing CSVRecord, _ log: inout IssueLog) -> Bool {
        var isValid = true
        for field in nameless where Self.isGiven(record, field, keepsEmpty: false) {
            isValid = false
            log.add(
                .error, .emptyColumn, in: path, at: record.position(of: field),
                reason:
                    "\(record.withField(field) { PlainText.quoted($0) }) in a column without a name; name the column, or empty the cell"
            )
        }
        for index in tests.indices {
            let field = tests[index].field
            guard Self.isGiven(record, field, keepsEmpty: tests[index].keepsEmpty) else {
                if tests[index].isRequired {
                    isValid = false
                    reportMissing(cells[tests[index].cell], in: record, log: &log)
                }
                continue
            }
            if tests[index].acceptsAnything || record.withField(field, tests[index].accepts) { continue }
            isValid = false
            reportInvalid(cells[tests[index].cell], in: record, log: &log)
        }
        return isValid
    }

    private func reportMissing(_ cell: Cell, in record: borrowing CSVRecord, log: inout IssueLog) {
        log.add(
            .error, .missingValue, in: path, at: cell.position(record), field: cell.name,
            reason: "empty; expected \(cell.column.kind.expected)")
    }

    private func reportInvalid(_ cell: Cell, in record: borrowing CSVRecord, log: inout IssueLog) {
        log.add(
            .error, .invalidValue, in: path, at: cell.position(record), field: cell.name,
            reason: record.withField(cell.field ?? 0) { cell.column.kind.refusal(of: $0) })
    }

    /// Whether the row gives a value in a field.
    fileprivate static func isGiven(_ record: borrowing CSVRecord, _ field: Int, keepsEmpty: Bool) -> Bool {
        guard !record.isAbsent(field) else { return false }
        return keepsEmpty || record.withField(field) { $0.count > 0 }
    }

    /// Writes the members of `data`; `derive` writes those that the importer makes, key and all.
    ///
    /// The row must have passed ``check(_:_:)``. The members are those of the layout.
    func write<Member: DerivedMember>(
        _ record: borrowing CSVRecord, to json: inout JSONWriter,
        derive: (Member, Span<UInt8>, inout JSONWriter) -> Void
    ) {
        let encoded = encoded.span
        for index in steps.indices {
            switch steps[index].action {
            case .open:
                json.key(encoded.extracting(steps[index].key))
                json.beginObject()
            case .close:
                json.endObject()
            case .derived(let number):
                guard let member = Member(rawValue: number) else { continue }
                derive(member, encoded.extracting(steps[index].key), &json)
            case .cell:
                let field = steps[index].field
                if field >= 0, Self.isGiven(record, field, keepsEmpty: steps[index].keepsEmpty) {
                    json.key(encoded.extracting(steps[index].key))
                    record.withField(field) { json.write($0, as: steps[index].form) }
                } else if !steps[index].absent.isEmpty {
                    json.key(encoded.extracting(steps[index].key))
                    json.value(encoded.extracting(steps[index].absent))
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
}

extension String {
    /// The text with the letters A to Z in lower case.
    var asciiLowercased: String { String(decoding: utf8.map(\.lowercased), as: UTF8.self) }
}
