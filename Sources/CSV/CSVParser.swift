/// The grammar of RFC 4180 as a state machine: bytes in, records out, no I/O.
///
/// The caller owns the input and hands it over in chunks of any size; the
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

    private enum State {
        /// At the file's first byte, or behind `matched` bytes of a byte-order mark.
        case fileStart(matched: Int)
        /// Behind a first byte 0xFE or 0xFF, half of a mark of UTF-16.
        case fileStartUTF16(first: UInt8)
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
    private let skipsLeadingComments: Bool
    private let limits: CSVLimits
    /// What each byte may mean.
    private let classes: InlineArray<256, ByteClass>

    private var state = State.fileStart(matched: 0)
    private var utf8 = UTF8Validator()
    private var sequenceStart = 0

    /// The file offset of the chunk's first byte.
    private var base = 0
    private(set) var line = 1
    /// The file offset at which the current line begins.
    private var lineStart = 0
    private var fieldPosition = CSVPosition(line: 1, column: 1)
    private var fieldIndex = 0
    private var isFieldQuoted = false

    /// How many fields every record has; 0 before the first.
    private var width = 0
    /// The rest of a faulty record is read only to find its end.
    private var isSkipping = false
    /// How much of it there was.
    private var skippedBytes = 0

    init(dialect: CSVDialect, limits: CSVLimits) {
        delimiter = dialect.delimiter
        skipsLeadingComments = dialect.skipsLeadingComments
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
                throw input[cursor] == first ^ 1 ? utf16(first) : invalidStart()
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
        let last = state
        state = .ended
        if utf8.isInsideSequence { try reportInvalidUTF8() }
        switch last {
        case .fileStart(let matched) where matched > 0:
            throw invalidStart()
        case .fileStartUTF16:
            throw invalidStart()
        case .fileStart, .recordStart, .comment, .ended:
            return false
        case .emptyLineCR:
            throw bareCarriageReturn(before: base, inField: false)
        case .recordCR:
            throw bareCarriageReturn(before: base)
        case .quoted:
            throw fatal(
                .unterminatedQuote, at: fieldPosition,
                "the quote opened here is never closed; double a quote that belongs to the text")
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
    /// How many fields each record has, if a record begins here and the header is known.
    var widthBetweenRecords: Int? {
        guard case .recordStart = state, width > 0 else { return nil }
        return width
    }

    /// How many bytes a record may have without a question of limits.
    var longestCertain: Int { min(limits.recordBytes, limits.fieldBytes) }

    /// Goes on behind sound records, at `cursor` in the chunk.
    mutating func skip(to cursor: Int, lines: Int) {
        guard lines > 0 else { return }
        line += lines
        lineStart = base + cursor
    }
}

// Between fields.
extension CSVParser {
    private mutating func matchByteOrderMark(
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
            record.begin(line: line)
            state = .unquoted
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

    private mutating func beginRecord(_ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord) {
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
            record.begin(line: line)
            state = .fieldStart
        }
    }

    private mutating func skipComment(_ input: Span<UInt8>, _ cursor: inout Int) throws(CSVError) {
        try skip(input, &cursor, until: .endsComment)
        if cursor < input.count {
            cursor += 1
            beginLine(at: base + cursor)
            state = .recordStart
        }
    }

    private mutating func beginField(
        at offset: Int, isQuoted: Bool, _ record: borrowing CSVRecord
    ) throws(CSVError) {
        fieldPosition = position(of: offset)
        fieldIndex = record.count
        isFieldQuoted = isQuoted
        guard fieldIndex < limits.columns else {
            throw fatal(
                .tooManyColumns, at: fieldPosition,
                "more than \(limits.columns) column\(limits.columns == 1 ? "" : "s"), the limit set by --max-columns"
            )
        }
    }

    private mutating func beginLine(at offset: Int) {
        line += 1
        lineStart = offset
    }
}

// Inside fields.
extension CSVParser {
    private mutating func scanUnquoted(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord
    ) throws(CSVError) -> Bool {
        let start = cursor
        let end = runEnd(input.count, from: start, record)
        try skip(input.extracting(0..<end), &cursor, until: .endsUnquoted)
        try append(input.extracting(start..<cursor), to: &record)
        guard cursor < input.count else { return false }
        switch input[cursor] {
        case .quote:
            throw fatal(
                .quoteInUnquoted, at: position(of: base + cursor),
                "quote inside an unquoted field; quote the whole field and double the quotes in it")
        default:
            return try endField(input, &cursor, &record)
        }
    }

    private mutating func scanQuoted(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord
    ) throws(CSVError) {
        let start = cursor
        let end = runEnd(input.count, from: start, record)
        try skip(input.extracting(0..<end), &cursor, until: .endsQuoted)
        if cursor < input.count, input[cursor] == .lineFeed {
            cursor += 1
            beginLine(at: base + cursor)
            try append(input.extracting(start..<cursor), to: &record)
            return
        }
        try append(input.extracting(start..<cursor), to: &record)
        if cursor < input.count {
            cursor += 1
            state = .quoteInQuoted
        }
    }

    private mutating func closeOrDouble(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord
    ) throws(CSVError) -> Bool {
        switch input[cursor] {
        case .quote:
            // The second quote is text: the next run begins with it.
            try append(input.extracting(cursor..<cursor + 1), to: &record)
            cursor += 1
            state = .quoted
            return false
        case delimiter, .carriageReturn, .lineFeed:
            return try endField(input, &cursor, &record)
        default:
            throw fatal(
                .textAfterQuote, at: position(of: base + cursor),
                "text after the closing quote; double a quote that belongs to the text")
        }
    }

    /// Ends a field at a delimiter, CR or LF; true if that completed the record.
    private mutating func endField(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord
    ) throws(CSVError) -> Bool {
        switch input[cursor] {
        case delimiter:
            record.endField(at: fieldPosition, isQuoted: isFieldQuoted)
            cursor += 1
            state = .fieldStart
            return false
        case .carriageReturn:
            cursor += 1
            state = .recordCR
            return false
        default:
            return try endRecord(input, &cursor, &record)
        }
    }

    /// Ends the record at the LF under `cursor`; true if it is whole and sound.
    private mutating func endRecord(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord
    ) throws(CSVError) -> Bool {
        cursor += 1
        beginLine(at: base + cursor)
        state = .recordStart
        return try completeRecord(&record)
    }

    private mutating func completeRecord(_ record: inout CSVRecord) throws(CSVError) -> Bool {
        record.endField(at: fieldPosition, isQuoted: isFieldQuoted)
        if isSkipping {
            isSkipping = false
            return false
        }
        if width == 0 { width = record.count }
        guard record.count == width else {
            throw CSVError(
                code: .raggedRow, position: placeOfWrongCount(record), field: nil, endsReading: false,
                reason: "expected \(width) field\(width == 1 ? "" : "s"), found \(record.count)"
                    + (record.count > width ? "; quote a text that holds the delimiter" : ""))
        }
        return true
    }

    /// The first surplus field if it stands on the record's first line, else the record's start.
    private func placeOfWrongCount(_ record: borrowing CSVRecord) -> CSVPosition {
        if record.count > width {
            let surplus = record.position(of: width)
            if surplus.line == record.line { return surplus }
        }
        return CSVPosition(line: record.line, column: 1)
    }

    /// Where a run from `start` ends at the latest: behind the first byte that breaks a
    /// limit, so that no fault behind that one is reported first.
    private func runEnd(_ count: Int, from start: Int, _ record: borrowing CSVRecord) -> Int {
        let allowance =
            isSkipping
            ? limits.recordBytes - skippedBytes
            : min(limits.fieldBytes - record.openFieldByteCount, limits.recordBytes - record.textByteCount)
        return count - start <= allowance ? count : start + allowance + 1
    }

    private mutating func append(_ run: Span<UInt8>, to record: inout CSVRecord) throws(CSVError) {
        if isSkipping {
            skippedBytes += run.count
            guard skippedBytes <= limits.recordBytes else { throw recordTooLong(record) }
            return
        }
        guard record.textByteCount + run.count <= limits.recordBytes else { throw recordTooLong(record) }
        guard record.openFieldByteCount + run.count <= limits.fieldBytes else {
            let question = isFieldQuoted ? "; is the quote opened here ever closed?" : ""
            throw fatal(
                .fieldTooLong, at: fieldPosition,
                "field of more than \(limits.fieldBytes) bytes, the limit set by --max-field\(question)")
        }
        record.append(run)
    }

    private mutating func recordTooLong(_ record: borrowing CSVRecord) -> CSVError {
        fatal(
            .recordTooLong, at: CSVPosition(line: record.line, column: 1), inField: false,
            "record of more than \(limits.recordBytes) bytes, the limit set by --max-record")
    }
}

// Bytes.
extension CSVParser {
    /// Moves `cursor` over text to a byte of class `end`, and checks that it is UTF-8 without NUL.
    private mutating func skip(
        _ input: Span<UInt8>, _ cursor: inout Int, until end: ByteClass
    ) throws(CSVError) {
        if utf8.isInsideSequence { try continueSequence(input, &cursor) }
        let stops = end.union(.needsCheck)
        while cursor < input.count {
            let byte = input[cursor]
            let found = classes[Int(byte)].intersection(stops)
            if found.isEmpty {
                cursor += 1
            } else if found != .needsCheck {
                return
            } else if byte == 0 {
                cursor += 1
                try report(
                    .nul, at: position(of: base + cursor - 1),
                    "NUL byte; CSV is text: remove it, or convert a file of UTF-16 with iconv")
            } else {
                sequenceStart = base + cursor
                cursor += 1
                if utf8.begin(with: byte) {
                    try continueSequence(input, &cursor)
                } else {
                    try reportInvalidUTF8()
                }
            }
        }
    }

    private mutating func continueSequence(_ input: Span<UInt8>, _ cursor: inout Int) throws(CSVError) {
        while utf8.isInsideSequence, cursor < input.count {
            guard utf8.continue(with: input[cursor]) else { return try reportInvalidUTF8() }
            cursor += 1
        }
    }

    private func position(of offset: Int) -> CSVPosition {
        CSVPosition(line: line, column: offset - lineStart + 1)
    }
}

// Faults.
extension CSVParser {
    /// An error after which nothing in the file is certain: reading ends.
    private mutating func fatal(
        _ code: CSVError.Code, at position: CSVPosition, inField: Bool = true, _ reason: String
    ) -> CSVError {
        state = .ended
        return CSVError(
            code: code, position: position, field: inField ? fieldIndex : nil, endsReading: true,
            reason: reason)
    }

    /// Reports a fault that leaves the record's end certain, the first one in the record only.
    private mutating func report(
        _ code: CSVError.Code, at position: CSVPosition, _ reason: String
    ) throws(CSVError) {
        if width == 0 { throw fatal(code, at: position, reason) }  // without a header nothing can go on
        if isSkipping { return }
        isSkipping = true
        skippedBytes = 0
        throw CSVError(
            code: code, position: position, field: fieldIndex, endsReading: false, reason: reason)
    }

    private mutating func reportInvalidUTF8() throws(CSVError) {
        utf8.reset()
        try report(.invalidUTF8, at: position(of: sequenceStart), Self.notUTF8)
    }

    /// The fault of a file whose very first bytes are neither a mark nor UTF-8.
    private mutating func invalidStart() -> CSVError {
        fatal(.invalidUTF8, at: position(of: 0), Self.notUTF8)
    }

    private mutating func utf16(_ first: UInt8) -> CSVError {
        let (name, code) = first == 0xFF ? ("little", "UTF-16LE") : ("big", "UTF-16BE")
        return fatal(
            .utf16, at: position(of: 0),
            "UTF-16 \(name) endian byte-order mark; convert the file with: iconv -f \(code) -t UTF-8")
    }

    private static let notUTF8 =
        "not UTF-8; convert the file, for example with: iconv -f WINDOWS-1252 -t UTF-8"

    private mutating func bareCarriageReturn(before offset: Int, inField: Bool = true) -> CSVError {
        fatal(
            .bareCarriageReturn, at: position(of: offset - 1), inField: inField,
            "CR without LF; end lines with LF or CRLF, and quote a field that holds a CR")
    }
}

/// What a byte may mean, as a set: a delimiter of `;` ends only unquoted fields.
private struct ByteClass: OptionSet {
    let rawValue: UInt8
    static let endsUnquoted = ByteClass(rawValue: 1)
    static let endsQuoted = ByteClass(rawValue: 2)
    static let endsComment = ByteClass(rawValue: 4)
    /// NUL, or part of a UTF-8 sequence.
    static let needsCheck = ByteClass(rawValue: 8)
}

extension UInt8 {
    static var quote: UInt8 { UInt8(ascii: "\"") }
    static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
}
