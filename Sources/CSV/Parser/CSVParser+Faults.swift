// Faults.
extension CSVParser {
    /// An error after which nothing in the file is certain: reading ends.
    mutating func fatal(
        _ code: CSVError.Code, at position: CSVPosition, inField: Bool = true, _ reason: String,
        help: Help? = nil
    ) -> CSVError {
        defer {
            state = .ended
            // A character that was begun is not a fault of its own any more.
            utf8.reset()
        }
        return CSVError(
            code: code, position: position, recordNumber: recordNumber, field: inField ? fieldIndex : nil,
            endsReading: true, reason: reason, help: help?.text, likelyDelimiter: help?.delimiter)
    }

    /// A suggested fix.
    struct Help: ExpressibleByStringLiteral {
        var text: String
        /// The delimiter that the file seems to have.
        var delimiter: UInt8?

        init(_ text: String) { self.text = text }
        init(stringLiteral text: String) { self.text = text }

        /// Another delimiter fits the file better.
        init(delimiter: UInt8) {
            let name = delimiter == UInt8(ascii: "\t") ? "tab" : String(UnicodeScalar(delimiter))
            text = "looks \(name)-delimited"
            self.delimiter = delimiter
        }
    }

    /// Reports a fault that leaves the record's end certain, the first one in the record only.
    mutating func report(
        _ code: CSVError.Code, at position: CSVPosition, _ reason: String, help: Help
    ) throws(CSVError) {
        // Without a header nothing can go on.
        if width == 0 { throw fatal(code, at: position, reason, help: help) }
        if isSkipping { return }
        isSkipping = true
        skippedBytes = 0
        throw CSVError(
            code: code, position: position, recordNumber: recordNumber, field: fieldIndex, endsReading: false,
            reason: reason, help: help.text, likelyDelimiter: help.delimiter)
    }

    /// The record that was begun, or the next if there is none.
    private var recordNumber: Int {
        switch state {
        case .fileStart, .fileStartUTF16, .fileStartUTF32, .comment, .emptyLineCR: recordsBegun + 1
        default: recordsBegun
        }
    }

    mutating func reportInvalidUTF8(looksLikeWindows1252: Bool = false) throws(CSVError) {
        utf8.reset()
        let byte = Self.shown(sequenceLead)
        try report(
            .invalidUTF8, at: position(of: sequenceStart),
            looksLikeWindows1252
                ? "not UTF-8: byte \(byte) here looks like Windows-1252"
                : "not UTF-8: byte \(byte) here begins no whole character",
            help: looksLikeWindows1252
                ? "convert the file with: iconv -f WINDOWS-1252 -t UTF-8" : Self.convertToUTF8)
    }

    /// The fault of a file whose very first bytes are neither a mark nor UTF-8.
    mutating func invalidStart(_ byte: UInt8) -> CSVError {
        fatal(
            .invalidUTF8, at: position(of: 0),
            "not UTF-8: byte \(Self.shown(byte)) here begins no whole character", help: Self.convertToUTF8)
    }

    mutating func utf16(_ first: UInt8) -> CSVError {
        let (name, code) = first == 0xFF ? ("little", "UTF-16LE") : ("big", "UTF-16BE")
        return fatal(
            .utf16, at: position(of: 0), "UTF-16 \(name) endian byte-order mark",
            help: Help("convert the file with: iconv -f \(code) -t UTF-8"))
    }

    mutating func utf32() -> CSVError {
        fatal(
            .utf16, at: position(of: 0), "UTF-32 little endian byte-order mark",
            help: "convert the file with: iconv -f UTF-32LE -t UTF-8")
    }

    mutating func bareCarriageReturn(before offset: Int, inField: Bool = true) -> CSVError {
        fatal(
            .bareCarriageReturn, at: position(of: offset - 1), inField: inField, "CR without LF",
            help: "end lines with LF or CRLF, and quote a field that holds a CR")
    }

    /// What to do if the file seems to have another delimiter.
    func delimiterHelp(_ record: borrowing CSVRecord) -> Help? {
        let likelier =
            width == 0 && record.count == 0
            ? DelimiterDetection.candidate(in: record, except: delimiter) : likelierDelimiter
        return likelier.map(Help.init(delimiter:))
    }

    static let doubleQuotes: Help = "double a quote that belongs to the text"
    private static let convertToUTF8: Help = "convert the file with: iconv -f ITS-ENCODING -t UTF-8"

    private static func shown(_ byte: UInt8) -> String { "0x" + String(byte, radix: 16, uppercase: true) }
}

extension UInt8 {
    /// Whether Windows-1252 has a character for this byte that ASCII does not.
    var isWindows1252: Bool {
        self >= 0x80 && ![0x81, 0x8D, 0x8F, 0x90, 0x9D].contains(self)
    }
}
