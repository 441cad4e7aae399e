import CSV

/// How a file separates its fields.
struct FileDialect: Hashable, Sendable {
    /// The delimiter; `nil` takes the one that its header shows.
    let delimiter: UInt8?

    /// The dialect for reading, and whether the header is to show the delimiter.
    ///
    /// - Parameter separator: The delimiter that the file's first line names, if it does.
    func reading(separator: UInt8?) -> (dialect: CSVDialect, detectsDelimiter: Bool) {
        let dialect = CSVDialect(
            delimiter: separator ?? delimiter ?? UInt8(ascii: ","), skipsLeadingComments: true,
            skipsFirstLine: separator != nil)
        return (dialect ?? .rfc4180, delimiter == nil && separator == nil)
    }
}
