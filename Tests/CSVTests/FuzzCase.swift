#if !FUZZING  // the fuzzer has both in one module
    @testable import CSV
#endif

/// What the fuzzer tries: two bytes say how a file is read, the others are the file.
struct FuzzCase {
    let chunkSize: Int
    let limits: CSVLimits
    let dialect: CSVDialect
    let detectsDelimiter: Bool
    let file: [UInt8]

    /// - Parameter input: The first byte is the chunk size, 0 the usual one. Of the second, bits 0 and 1
    ///   are limits (none, 40 bytes a record, 9 bytes a field, 3 columns), bit 2 detects the delimiter,
    ///   bit 3 skips comments, bits 4 and 5 are the delimiter.
    init?(_ input: [UInt8]) {
        guard input.count >= 2 else { return nil }
        chunkSize = input[0] == 0 ? ByteSource.defaultChunkSize : Int(input[0])
        let options = input[1]
        limits =
            switch options & 3 {
            case 1: CSVLimits(recordBytes: 40)
            case 2: CSVLimits(fieldBytes: 9)
            case 3: CSVLimits(columns: 3)
            default: CSVLimits()
            }
        detectsDelimiter = options & 4 != 0
        let delimiters: InlineArray<4, UInt8> = [
            UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
        ]
        let delimiter = delimiters[Int(options >> 4 & 3)]
        guard let dialect = CSVDialect(delimiter: delimiter, skipsLeadingComments: options & 8 != 0) else {
            return nil
        }
        self.dialect = dialect
        file = Array(input[2...])
    }

    /// Checks that the reader says what the byte-at-a-time parser says, and reads what the writer wrote.
    ///
    /// - Returns: What differs; `nil` if nothing does.
    func difference(_ source: ([UInt8], Int) throws -> ByteSource) throws -> String? {
        let found = try account(try source(file, chunkSize), usesIndex: true)
        let expected = try account(
            try source(file, ByteSource.defaultChunkSize), usesIndex: false)
        if found != expected {
            return "the reader says \(found.lines)\nthe parser says \(expected.lines)"
        }
        var writer = CSVWriter(dialect: found.dialect, lineEnd: chunkSize % 2 == 0 ? .lf : .crlf)
        for record in found.records { writer.append(record) }
        let copy = try ReaderAccount(
            try source(writer.bytes, chunkSize), dialect: found.dialect, most: writer.bytes.count,
            usesIndex: true)
        return copy.records == found.records
            ? nil : "written were \(found.records)\nread back were \(copy.records)"
    }

    private func account(_ source: consuming ByteSource, usesIndex: Bool) throws -> ReaderAccount {
        try ReaderAccount(
            source, dialect: dialect, detectsDelimiter: detectsDelimiter, limits: limits, most: file.count,
            usesIndex: usesIndex)
    }
}
