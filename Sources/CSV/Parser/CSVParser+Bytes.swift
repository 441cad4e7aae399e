// Bytes.
extension CSVParser {
    /// Moves `cursor` over text to a byte of class `end`, and checks that it is UTF-8 without NUL.
    mutating func skip(
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
                    .nul, at: position(of: base + cursor - 1), "NUL byte",
                    help: "CSV is text: remove it, or convert a file of UTF-16 with iconv")
            } else {
                (sequenceStart, sequenceLead) = (base + cursor, byte)
                cursor += 1
                if utf8.begin(with: byte) {
                    try continueSequence(input, &cursor)
                } else {
                    try reportInvalidUTF8(looksLikeWindows1252: byte.isWindows1252)
                }
            }
        }
    }

    mutating func continueSequence(_ input: Span<UInt8>, _ cursor: inout Int) throws(CSVError) {
        while utf8.isInsideSequence, cursor < input.count {
            let isSecond = base + cursor == sequenceStart + 1
            guard utf8.continue(with: input[cursor]) else {
                // A letter between letters of ASCII, as in one of the older encodings.
                return try reportInvalidUTF8(looksLikeWindows1252: isSecond && input[cursor] < 0x80)
            }
            cursor += 1
        }
    }

    func position(of offset: Int) -> CSVPosition {
        CSVPosition(line: line, column: offset - lineStart + 1)
    }
}

/// What a byte may mean, as a set: a delimiter of `;` ends only unquoted fields.
struct ByteClass: OptionSet {
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
