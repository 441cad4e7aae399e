// Inside fields.
extension CSVParser {
    mutating func scanUnquoted(
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
                .quoteInUnquoted, at: position(of: base + cursor), "quote inside an unquoted field",
                help: delimiterHelp(record) ?? "quote the whole field and double the quotes in it")
        default:
            return try endField(input, &cursor, &record)
        }
    }

    mutating func scanQuoted(
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

    mutating func closeOrDouble(
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
            let looksDelimited =
                width == 0 && record.count == 0 && DelimiterDetection.isCandidate(input[cursor])
            throw fatal(
                .textAfterQuote, at: position(of: base + cursor), "text after the closing quote",
                help: looksDelimited
                    ? Help(delimiter: input[cursor]) : delimiterHelp(record) ?? Self.doubleQuotes)
        }
    }

    /// Ends a field at a delimiter, CR or LF; true if that completed the record.
    mutating func endField(
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
    mutating func endRecord(
        _ input: Span<UInt8>, _ cursor: inout Int, _ record: inout CSVRecord
    ) throws(CSVError) -> Bool {
        cursor += 1
        beginLine(at: base + cursor)
        state = .recordStart
        return try completeRecord(&record)
    }

    mutating func completeRecord(_ record: inout CSVRecord) throws(CSVError) -> Bool {
        record.endField(at: fieldPosition, isQuoted: isFieldQuoted)
        if isSkipping {
            isSkipping = false
            return false
        }
        if width == 0 {
            width = record.count
            if width == 1 { likelierDelimiter = DelimiterDetection.candidate(in: record, except: delimiter) }
        }
        guard record.count == width else {
            let help = delimiterHelp(record)
            throw CSVError(
                code: .raggedRow, position: placeOfWrongCount(record), recordNumber: recordsBegun,
                endsReading: false,
                reason: "expected \(width) field\(width == 1 ? "" : "s"), found \(record.count)",
                help: help?.text ?? (record.count > width ? "quote a text that holds the delimiter" : nil),
                likelyDelimiter: help?.delimiter)
        }
        return true
    }

    /// The first surplus field if it stands on the record's first line, else the record's start.
    func placeOfWrongCount(_ record: borrowing CSVRecord) -> CSVPosition {
        if record.count > width {
            let surplus = record.position(of: width)
            if surplus.line == record.line { return surplus }
        }
        return CSVPosition(line: record.line, column: 1)
    }

    /// Where a run from `start` ends at the latest: after the first byte that breaks a
    /// limit, so that no fault after that one is reported first.
    func runEnd(_ count: Int, from start: Int, _ record: borrowing CSVRecord) -> Int {
        let allowance =
            isSkipping
            ? limits.recordBytes - skippedBytes
            : min(limits.fieldBytes - record.openFieldByteCount, limits.recordBytes - record.textByteCount)
        return count - start <= allowance ? count : start + allowance + 1
    }

    mutating func append(_ run: Span<UInt8>, to record: inout CSVRecord) throws(CSVError) {
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
                "field of more than \(limits.fieldBytes) bytes, the limit\(question)")
        }
        record.append(run)
    }

    mutating func recordTooLong(_ record: borrowing CSVRecord) -> CSVError {
        fatal(
            .recordTooLong, at: CSVPosition(line: record.line, column: 1), inField: false,
            "record of more than \(limits.recordBytes) bytes, the limit")
    }
}
