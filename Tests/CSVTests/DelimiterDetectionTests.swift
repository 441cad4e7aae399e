import CSV
import TestSupport
import Testing

@Suite("Delimiter detection")
struct DelimiterDetectionTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var text: String
        var delimiter: Character
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ delimiter: Character) { (self.text, self.delimiter) = (text, delimiter) }
    }

    static let samples = [
        Sample("a,b\n1,2\n", ","),
        Sample("a;b;c\n1;2;3\n", ";"),
        Sample("a\tb\n1\t2\n", "\t"),
        Sample("a|b|c|d\n", "|"),
        Sample("a", ","),
        Sample("", ","),
        Sample("\n\r\n", ","),
        // The most frequent one in the header wins, whatever stands below.
        Sample("a;b,c;d\n1,2,3,4\n", ";"),
        Sample("a;b\n1,2,3,4,5,6,7\n", ";"),
        Sample("a\n1;2\n", ","),
        // Delimiters in quotes do not count, line breaks in quotes do not end the header.
        Sample("\"a,b,c\";d\n", ";"),
        Sample("\"a,\"\",,\";\"b,\"\n", ";"),
        Sample("\"a\n,,,\r\n,\";b\n", ";"),
        // Ties: comma before semicolon before tab before pipe.
        Sample("a,b;c\n", ","),
        Sample("a|b\tc;d,e\n", ","),
        Sample("a|b\tc;d\n", ";"),
        Sample("a|b\tc\n", "\t"),
        // What comes before the header does not count.
        Sample("# x,y,z\na;b\n", ";"),
        Sample("#,,,\"\r\n\r\n#,,,\r\na|b\r\n", "|"),
        Sample("\u{FEFF}# a,b\n\u{FEFF}a;b\n", ";"),
        Sample("\n\n\na;b\n1,2,3\n", ";"),
    ]

    /// Headers that begin with characters of two and three bytes.
    static let otherScripts = [
        Sample("\u{FEFF}ä;b\n", ";"),
        Sample("ü;b\n1,2,3\n", ";"),
        Sample("ü\n1;2\n", ","),
        Sample("鍵\n1;2\n", ","),
        Sample("é#;b\n1,2,3\n", ";"),
    ]

    static func dialect() throws -> CSVDialect {
        try #require(CSVDialect(delimiter: UInt8(ascii: ","), skipsLeadingComments: true))
    }

    @Test(
        "The delimiter is the one that stands most often in the header, outside quotes",
        arguments: samples, [1, 2, 3, ByteSource.defaultChunkSize])
    func detection(in sample: Sample, chunkSize: Int) throws {
        let reading = try CSVReading(
            sample.text, chunkSize: chunkSize, dialect: try Self.dialect(), detectsDelimiter: true)
        #expect(reading.dialect.delimiter == sample.delimiter.asciiValue)
        #expect(reading.dialect.skipsLeadingComments, "the rest of the dialect stays")
    }

    @Test("A header may begin with any character, of however many bytes", arguments: otherScripts)
    func firstCharacter(_ sample: Sample) throws {
        let reading = try CSVReading(sample.text, dialect: try Self.dialect(), detectsDelimiter: true)
        #expect(reading.dialect.delimiter == sample.delimiter.asciiValue)
    }

    @Test("Nothing is lost by looking ahead", arguments: [1, 2, 5, 64, ByteSource.defaultChunkSize])
    func records(chunkSize: Int) throws {
        let name = String(repeating: "long", count: 50)
        let reading = try CSVReading(
            "# comment, of course\n\(name);\"b\n;\"\n1;2\n\"3\n\";4", chunkSize: chunkSize,
            dialect: try Self.dialect(), detectsDelimiter: true)
        #expect(reading.records == [[name, "b\n;"], ["1", "2"], ["3\n", "4"]])
        #expect(reading.faults.isEmpty)
        let header = try CSVReading("a;b", chunkSize: chunkSize, detectsDelimiter: true)
        #expect(header.records == [["a", "b"]], "a header without a line end")
    }

    @Test("Without comments in the dialect `#` begins the header")
    func withoutComments() throws {
        let reading = try CSVReading("#a;b\n1,2,3\n", detectsDelimiter: true)
        #expect(reading.dialect.delimiter == UInt8(ascii: ";"))
        #expect(reading.records.first == ["#a", "b"])
    }

    @Test("Without detection the dialect's delimiter stands")
    func withoutDetection() throws {
        #expect(try CSVReading("a;b\n").records == [["a;b"]])
    }

    @Test("A header that never ends is looked at for a while only")
    func endlessHeader() throws {
        let header = String(repeating: "a;", count: 600_000)
        let reading = try CSVReading(header, detectsDelimiter: true, limits: CSVLimits(columns: 8))
        #expect(reading.dialect.delimiter == UInt8(ascii: ";"))
        #expect(reading.faults.map(\.code) == [.tooManyColumns])
    }
}
