/// Goes through files that the first pass has read already, and reports nothing a second time.
struct RereadPass: RowPass {
    let options: ImportOptions
    var log = IssueLog()
    var checksCells: Bool { false }
    var expectsNoErrors: Bool { false }

    init(_ options: ImportOptions) { self.options = options }

    mutating func begin(_ reader: borrowing RowReader) {}
    mutating func abandon(_ reader: borrowing RowReader) {}
}
