/// The grammar of RFC 4180 as a state machine: bytes in, records out, no I/O.
///
/// The caller owns the input and passes it in chunks of any size; the
/// result does not depend on where one ends. `next` is called until it asks for
/// input, `finish` once after the last chunk.
struct CSVParser {
    enum Step {
        /// The record is complete.
        case record
        /// The chunk is used up.
        case needsInput
        /// An earlier fault made the rest of the file meaningless.
        case end
    }

    enum State {
        /// At the file's first byte, or after `matched` bytes of a byte-order mark.
        case fileStart(matched: Int)
        /// Behind a first byte 0xFE or 0xFF, half of a mark of UTF-16.
        case fileStartUTF16(first: UInt8)
        /// Behind a mark of UTF-16 that may be the first half of one of UTF-32: two zeros would follow.
        case fileStartUTF32(zeros: Int)
        case recordStart
        case comment
        /// Behind a CR at the start of a line, which is an empty line if LF follows.
        case emptyLineCR
        case fieldStart
        case unquoted
        case quoted
        /// Behind a quote in a quoted field: it closes the field, or is doubled.
        case quoteInQuoted
        /// Behind a CR after a field, which ends the record if LF follows.
        case recordCR
        case ended
    }

    let delimiter: UInt8
    let skipsLeadingComments: Bool
    /// Whether the line at hand is skipped, whatever it holds.
    var skipsLine: Bool
    let limits: CSVLimits
    /// What each byte may mean.
    let classes: InlineArray<256, ByteClass>

    var state = State.fileStart(matched: 0)
    var utf8 = UTF8Validator()
    var sequenceStart = 0
    /// The byte there.
    var sequenceLead: UInt8 = 0

    /// The file offset of the chunk's first byte.
    var base = 0
    private(set) var line = 1
    /// The file offset at which the current line begins.
    var lineStart = 0
    var fieldPosition = CSVPosition(line: 1, column: 1)
    var fieldIndex = 0
    var isFieldQuoted = false

    /// The number of fields that every record has; 0 before the first.
    var width = 0
    /// What a header of one field seems to be separated by.
    var likelierDelimiter: UInt8?
    var recordsBegun = 0
    /// The rest of a faulty record is read only to find its end.
    var isSkipping = false
    /// How much of it there was.
    var skippedBytes = 0

    init(dialect: CSVDialect, limits: CSVLimits) {
        delimiter = dialect.delimiter
        skipsLeadingComments = dialect.skipsLeadingComments
        skipsLine = dialect.skipsFirstLine
        self.limits = limits
        var classes = InlineArray<256, ByteClass>(repeating: [])
        for byte in [delimiter, .quote, .carriageReturn, .lineFeed] { classes[Int(byte)] = .endsUnquoted }
        classes[Int(UInt8.quote)].insert(.endsQuoted)
        classes[Int(UInt8.lineFeed)].formUnion([.endsQuoted, .endsComment])
        classes[0] = .needsCheck
        for byte in 0x80..<0x100 { classes[byte] = .needsCheck }
        self.classes = classes
    }

    /// Reads on in `input` from `cursor`, until a record is complete or the chunk is used up.
    ///
    /// After an error it may be called again: it goes on with the next record if
    /// the faulty one's end is certain, else it answers ``Step/end``.
    mutating func next(
        _ input: Span<UInt8>, at cursor: inout Int, into record: inout CSVRecord
    ) throws(CSVError) -> Step {
        while cursor < input.count {
            switch state {
            case .fileStart(let matched):
                try matchByteOrderMark(input, &cursor, &record, matched: matched)
            case .fileStartUTF16(let first):
                guard input[cursor] == first ^ 1 else { throw invalidStart(first) }
                guard first == 0xFF else { throw utf16(first) }
                cursor += 1
                state = .fileStartUTF32(zeros: 0)
            case .fileStartUTF32(let zeros):
                guard input[cursor] == 0 else { throw utf16(0xFF) }
                guard zeros == 0 else { throw utf32() }
                cursor += 1
                state = .fileStartUTF32(zeros: 1)
            case .recordStart:
                beginRecord(input, &cursor, &record)
            case .comment:
                try skipComment(input, &cursor)
            case .emptyLineCR:
                guard input[cursor] == .lineFeed else {
                    throw bareCarriageReturn(before: base + cursor, inField: false)
                }
                cursor += 1
                beginLine(at: base + cursor)
                state = .recordStart
            case .fieldStart:
                let isQuoted = input[cursor] == .quote
                try beginField(at: base + cursor, isQuoted: isQuoted, record)
                if isQuoted { cursor += 1 }
                state = isQuoted ? .quoted : .unquoted
            case .unquoted:
                if try scanUnquoted(input, &cursor, &record) { return .record }
            case .quoted:
                try scanQuoted(input, &cursor, &record)
            case .quoteInQuoted:
                if try closeOrDouble(input, &cursor, &record) { return .record }
            case .recordCR:
                guard input[cursor] == .lineFeed else { throw bareCarriageReturn(before: base + cursor) }
                if try endRecord(input, &cursor, &record) { return .record }
            case .ended:
                return .end
            }
        }
        base += input.count
        return .needsInput
    }

    /// Ends the file; true if that completed a last record.
    mutating func finish(into record: inout CSVRecord) throws(CSVError) -> Bool {
        defer { state = .ended }
        if utf8.isInsideSequence { try reportInvalidUTF8() }
        switch state {
        case .fileStart(let matched) where matched > 0:
            throw invalidStart(0xEF)
        case .fileStartUTF16(let first):
            throw invalidStart(first)
        case .fileStartUTF32:
            throw utf16(0xFF)
        case .fileStart, .recordStart, .comment, .ended:
            return false
        case .emptyLineCR:
            throw bareCarriageReturn(before: base, inField: false)
        case .recordCR:
            throw bareCarriageReturn(before: base)
        case .quoted:
            throw fatal(
                .unterminatedQuote, at: fieldPosition, "the quote opened here is never closed",
                help: Self.doubleQuotes)
        case .fieldStart:
            try beginField(at: base, isQuoted: false, record)
            return try completeRecord(&record)
        case .unquoted, .quoteInQuoted:
            return try completeRecord(&record)
        }
    }
}

// Records that were found without this parser.
extension CSVParser {
    /// The number of fields that each record has, if a record begins here and the header is known.
    var widthBetweenRecords: Int? {
        guard case .recordStart = state, width > 0 else { return nil }
        return width
    }

    /// The bytes that a record may have without a question of limits.
    var longestCertain: Int { min(limits.recordBytes, limits.fieldBytes) }

    /// Goes on after sound records, at `cursor` in the chunk.
    mutating func skip(to cursor: Int, records: Int, lines: Int) {
        guard records > 0 else { return }
        recordsBegun += records
        line += lines
        lineStart = base + cursor
    }
}

// Between fields.
extension CSVParser {
    mutating func matchByteOrderMark(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord, matched: Int
    ) throws(CSVError) {
        let mark: InlineArray<3, UInt8> = [0xEF, 0xBB, 0xBF]
        let byte = input[cursor]
        if byte == mark[matched] {
            cursor += 1
            state = .fileStart(matched: matched + 1)
            if matched == 2 {
                lineStart = 3
                state = .recordStart
            }
        } else if matched > 0 {
            // Not a mark after all: its bytes begin the first field.
            beginRecord(&record)
            state = .unquoted
            sequenceLead = mark[0]
            _ = utf8.begin(with: mark[0])
            if matched == 2 { _ = utf8.continue(with: mark[1]) }
            for index in 0..<matched { record.append(mark[index]) }
        } else if byte >= 0xFE {
            cursor += 1
            state = .fileStartUTF16(first: byte)
        } else {
            state = .recordStart
        }
    }

    mutating func beginRecord(_ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord) {
        if skipsLine {
            skipsLine = false
            state = .comment
            return
        }
        switch input[cursor] {
        case .lineFeed:
            cursor += 1
            beginLine(at: base + cursor)
        case .carriageReturn:
            cursor += 1
            state = .emptyLineCR
        case UInt8(ascii: "#") where skipsLeadingComments && width == 0:
            state = .comment
        default:
            beginRecord(&record)
            state = .fieldStart
        }
    }

    mutating func beginRecord(_ record: inout CSVRecord) {
        recordsBegun += 1
        record.begin(line: line)
    }

    mutating func skipComment(_ input: Span<UInt8>, _ cursor: inout Int) throws(CSVError) {
        try skip(input, &cursor, until: .endsComment)
        if cursor < input.count {
            cursor += 1
            beginLine(at: base + cursor)
            state = .recordStart
        }
    }

    mutating func beginField(
        at offset: Int, isQuoted: Bool, _ record: borrowing CSVRecord
    ) throws(CSVError) {
        fieldPosition = position(of: offset)
        fieldIndex = record.count
        isFieldQuoted = isQuoted
        guard fieldIndex < limits.columns else {
            throw fatal(
                .tooManyColumns, at: fieldPosition,
                "more than \(limits.columns) column\(limits.columns == 1 ? "" : "s"), the limit"
            )
        }
    }

    mutating func beginLine(at offset: Int) {
        line += 1
        lineStart = offset
    }
}
