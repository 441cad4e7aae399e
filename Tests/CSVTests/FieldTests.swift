import CSV
import TestSupport
import Testing

@Suite("Fields")
struct FieldTests {
    static let chunkSizes = [1, 2, 3, ByteSource.defaultChunkSize]

    @Test("An empty field is absent, a quoted empty one is there", arguments: chunkSizes)
    func absence(chunkSize: Int) throws {
        let text = "a,b,c,d,e\n,\"\",x,\"\"\"\",\n\"\",,,,\"\"\n ,\"y\",,\"\","
        var reader = CSVReader(try .bytes([UInt8](text.utf8), chunkSize: chunkSize))
        var absent: [[Bool]] = []
        while try reader.next() {
            absent.append((0..<reader.record.count).map { reader.record.isAbsent($0) })
        }
        #expect(
            absent == [
                [false, false, false, false, false],
                [true, false, false, false, true],
                [false, true, true, true, false],
                [false, false, true, false, true],
            ])
    }

    @Test("A record that is only a quoted empty field is no empty line")
    func quotedEmptyRecord() throws {
        #expect(try CSVReading("a\n\"\"\n\nb\n\"\"").records == [["a"], [""], ["b"], [""]])
    }

    @Test("Each field knows the line and column of its first byte or quote", arguments: chunkSizes)
    func positions(chunkSize: Int) throws {
        let text = "\u{FEFF}a,bc,,\"d\"\r\n\"1\r\n2\n\",ä,\"x\n\"\"\ny\",\"\"\n\n,,,z"
        var reader = CSVReader(try .bytes([UInt8](text.utf8), chunkSize: chunkSize))
        var positions: [[String]] = []
        var lines: [Int] = []
        while try reader.next() {
            positions.append((0..<reader.record.count).map { reader.record.position(of: $0).description })
            lines.append(reader.record.line)
        }
        #expect(
            positions == [
                ["1:1", "1:3", "1:6", "1:7"],
                ["2:1", "4:3", "4:6", "6:4"],
                ["8:1", "8:2", "8:3", "8:4"],
            ])
        #expect(lines == [1, 2, 8])
    }

    @Test("Line breaks, delimiters and doubled quotes in quotes are text", arguments: chunkSizes)
    func quotedText(chunkSize: Int) throws {
        let reading = try CSVReading(
            "a;b\n\"1\r\n;\"\"\";\"\n\r\"\n", chunkSize: chunkSize,
            dialect: try #require(CSVDialect(delimiter: UInt8(ascii: ";"))))
        #expect(reading.records == [["a", "b"], ["1\r\n;\"", "\n\r"]])
        #expect(reading.faults.isEmpty)
    }

    @Test("The text of a record counts as many bytes as its fields have")
    func textByteCount() throws {
        var reader = CSVReader(try .bytes([UInt8]("\"a\"\"b\",ä,,\"\"\n".utf8)))
        try #require(try reader.next())
        #expect(reader.record.textByteCount == 5)
        #expect((0..<4).map { reader.record.withField($0) { $0.count } } == [3, 2, 0, 0])
    }

    @Test("A delimiter is any ASCII character but NUL, CR, LF and the quote")
    func delimiters() {
        let accepted = (UInt8.min...UInt8.max).filter { CSVDialect(delimiter: $0) != nil }
        #expect(Set(0..<128).subtracting([0, 10, 13, 34]) == Set(accepted))
    }
}
