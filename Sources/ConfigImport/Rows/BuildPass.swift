/// The second pass over the files, which makes entities: the files were found valid, and if one is not any more, it has
/// changed.
struct BuildPass: RowPass {
    let options: ImportOptions
    /// The identities that the first pass has found.
    let identities: IdentityTable
    var log = IssueLog()
    var checksCells: Bool { true }
    var expectsNoErrors: Bool { true }

    init(_ options: ImportOptions, identities: IdentityTable) {
        self.options = options
        self.identities = identities
    }

    mutating func begin(_ reader: borrowing RowReader) {}
    mutating func abandon(_ reader: borrowing RowReader) {}
}
