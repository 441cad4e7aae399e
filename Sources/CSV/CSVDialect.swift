/// How fields are separated, and what may come before the header.
///
/// Everything else is fixed by RFC 4180: the quote is `"`, a quote inside a
/// quoted field is doubled, a record ends with CRLF or LF.
///
///     let semicolons = CSVDialect(delimiter: UInt8(ascii: ";"))
///     CSVDialect(delimiter: UInt8(ascii: "\n")) == nil  // a line break cannot separate fields
public struct CSVDialect: Hashable, Sendable {
    /// The byte between two fields: any ASCII character but NUL, CR, LF and `"`.
    public let delimiter: UInt8

    /// Whether lines that begin with `#` are skipped before the first record.
    ///
    /// After the first record `#` is data, whatever this says.
    public let skipsLeadingComments: Bool

    /// Whether the first line is skipped, whatever it holds, for example a spreadsheet's `sep=;`.
    public let skipsFirstLine: Bool

    /// Comma-separated, without comments: RFC 4180 to the letter.
    public static let rfc4180 = CSVDialect()

    private init() {
        delimiter = UInt8(ascii: ",")
        skipsLeadingComments = false
        skipsFirstLine = false
    }

    /// A dialect, or `nil` if `delimiter` cannot separate fields.
    public init?(delimiter: UInt8, skipsLeadingComments: Bool = false, skipsFirstLine: Bool = false) {
        guard delimiter < 0x80, ![0x00, 0x0A, 0x0D, UInt8(ascii: "\"")].contains(delimiter) else {
            return nil
        }
        self.delimiter = delimiter
        self.skipsLeadingComments = skipsLeadingComments
        self.skipsFirstLine = skipsFirstLine
    }
}

extension CSVDialect: CustomStringConvertible {
    /// Such as `comma-delimited`, or `%-delimited` for a delimiter without a name here.
    public var description: String {
        let name =
            switch delimiter {
            case UInt8(ascii: ","): "comma"
            case UInt8(ascii: ";"): "semicolon"
            case UInt8(ascii: "\t"): "tab"
            case UInt8(ascii: "|"): "pipe"
            default: String(UnicodeScalar(delimiter))
            }
        return "\(name)-delimited"
    }
}
