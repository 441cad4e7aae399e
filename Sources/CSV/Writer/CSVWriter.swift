/// Writes records that a ``CSVReader`` of the same dialect reads back, byte for byte.
///
/// Fields are quoted only where RFC 4180 asks for it: if they hold the delimiter, a quote, CR or LF.
///
///     var writer = CSVWriter()
///     writer.append(["name", "text"])
///     writer.append(["greeting", "Say \"hello\""])
///     // name,text
///     // greeting,"Say ""hello"""
public struct CSVWriter: Sendable {
    /// What ends a record.
    public enum LineEnd: Sendable {
        /// CR and LF, as in RFC 4180.
        case crlf
        /// LF alone, as files under version control mostly have it.
        case lf
    }

    /// The delimiter, and whether a first `#` would be taken for a comment.
    public let dialect: CSVDialect
    /// What ends each record.
    public let lineEnd: LineEnd

    /// What has been written since the last ``removeAll()``.
    public private(set) var bytes: [UInt8] = []

    private var isFirstRecord = true

    /// A writer that has written nothing.
    public init(dialect: CSVDialect = .rfc4180, lineEnd: LineEnd = .crlf) {
        self.dialect = dialect
        self.lineEnd = lineEnd
    }

    /// Adds a record.
    ///
    /// A field that is `nil` is absent: nothing stands in its place. An empty text is written as `""`,
    /// so that it can be told from that. A record without any field is not written, and one whose only
    /// field is absent becomes `""`, since an empty line is not a record.
    ///
    /// A reader refuses NUL and records of different lengths, no matter who has written them.
    ///
    /// - Complexity: O(*n*) in the bytes of text.
    public mutating func append(_ record: some Collection<String?>) {
        guard !record.isEmpty else { return }
        var isFirstField = true
        for field in record {
            if !isFirstField { bytes.append(dialect.delimiter) }
            if let field {
                append(field, opensFile: isFirstRecord && isFirstField)
            } else if record.count == 1 {
                append("", opensFile: false)
            }
            isFirstField = false
        }
        if lineEnd == .crlf { bytes.append(.carriageReturn) }
        bytes.append(.lineFeed)
        isFirstRecord = false
    }

    /// Empties ``bytes``, after they were written to a file for example; the next record follows them.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    private mutating func append(_ field: String, opensFile: Bool) {
        let text = field.utf8
        guard mustQuote(text, opensFile: opensFile) else {
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(.quote)
        for byte in text {
            if byte == .quote { bytes.append(.quote) }
            bytes.append(byte)
        }
        bytes.append(.quote)
    }

    private func mustQuote(_ text: String.UTF8View, opensFile: Bool) -> Bool {
        if text.isEmpty { return true }
        // A byte-order mark or a comment would not be read as text there.
        if opensFile, text.first == UInt8(ascii: "#") || text.starts(with: [0xEF, 0xBB, 0xBF]) {
            return true
        }
        return text.contains {
            $0 == dialect.delimiter || $0 == .quote || $0 == .lineFeed || $0 == .carriageReturn
        }
    }
}
