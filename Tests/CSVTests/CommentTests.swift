import CSV
import TestSupport
import Testing

@Suite("Leading comments")
struct CommentTests {
    static let chunkSizes = [1, 2, 3, ByteSource.defaultChunkSize]

    static func dialect() throws -> CSVDialect {
        try #require(CSVDialect(delimiter: UInt8(ascii: ","), skipsLeadingComments: true))
    }

    /// A file whose header comes after comments.
    static let commented = [
        "# themes.csv\na,b\n1,2\n",
        "#\n#\n\n#,\"open,\na,b\n1,2\n",
        "# CRLF\r\n\r\n# two\r\na,b\r\n1,2\r\n",
        "\u{FEFF}# Überschrift ✓\na,b\n1,2",
        "\n\n# after empty lines\na,b\n1,2\n",
        "#a CR\rin it\na,b\n1,2\n",
    ]

    @Test(
        "Comments before the header are skipped where the dialect says so", arguments: commented, chunkSizes)
    func leading(_ text: String, chunkSize: Int) throws {
        let reading = try CSVReading(text, chunkSize: chunkSize, dialect: try Self.dialect())
        #expect(reading.records == [["a", "b"], ["1", "2"]])
        #expect(reading.faults.isEmpty)
    }

    @Test("Lines count on through comments", arguments: chunkSizes)
    func lines(chunkSize: Int) throws {
        let reading = try CSVReading(
            "#\n\n# two\na,b\n1\n", chunkSize: chunkSize, dialect: try Self.dialect())
        #expect(reading.faults.map(\.position) == [CSVPosition(line: 5, column: 1)])
    }

    @Test("After the header `#` is data", arguments: chunkSizes)
    func later(chunkSize: Int) throws {
        let reading = try CSVReading(
            "# c\na#,b\n#1,2\n#\n", chunkSize: chunkSize, dialect: try Self.dialect())
        #expect(reading.records == [["a#", "b"], ["#1", "2"]])
        #expect(reading.faults.map(\.code) == [.raggedRow], "a line of `#` alone is a record of one field")
    }

    @Test("A quoted or indented `#` begins no comment", arguments: ["\"#a\",b\n", " #a,b\n"], chunkSizes)
    func header(_ text: String, chunkSize: Int) throws {
        #expect(try CSVReading(text, chunkSize: chunkSize, dialect: try Self.dialect()).records.count == 1)
    }

    @Test("A dialect without comments takes the first line for the header", arguments: chunkSizes)
    func off(chunkSize: Int) throws {
        #expect(try CSVReading("#a,b\n#1,2\n", chunkSize: chunkSize).records == [["#a", "b"], ["#1", "2"]])
    }

    @Test(
        "A file of comments alone has no records", arguments: ["#", "# a", "# a\n", "#\n\r\n#\n"], chunkSizes)
    func nothingElse(_ text: String, chunkSize: Int) throws {
        #expect(try CSVReading(text, chunkSize: chunkSize, dialect: try Self.dialect()).events.isEmpty)
    }

    @Test("A comment must be text as well", arguments: [([0x00], CSVError.Code.nul), ([0xE4], .invalidUTF8)])
    func notText(_ bytes: [UInt8], code: CSVError.Code) throws {
        let text = [UInt8]("#\n# ".utf8) + bytes + [UInt8]("\na,b\n".utf8)
        let reading = try CSVReading(text, dialect: try Self.dialect())
        #expect(reading.faults.map(\.code) == [code])
        #expect(reading.faults.first?.position == CSVPosition(line: 2, column: 3))
        #expect(reading.records.isEmpty)
    }
}
