import CSV
import TestSupport
import Testing

@Suite("The start of a file")
struct FileStartTests {
    static let chunkSizes = [1, 2, 3, 4, ByteSource.defaultChunkSize]

    @Test("A UTF-8 byte-order mark is skipped, wherever a chunk ends in it", arguments: chunkSizes)
    func mark(chunkSize: Int) throws {
        #expect(
            try CSVReading("\u{FEFF}a,b\n1,2\n", chunkSize: chunkSize).records == [["a", "b"], ["1", "2"]])
        #expect(try CSVReading("\u{FEFF}\"a,b\"\n", chunkSize: chunkSize).records == [["a,b"]])
        #expect(try CSVReading("\u{FEFF}", chunkSize: chunkSize).events.isEmpty)
        #expect(try CSVReading("\u{FEFF}\r\n\na\n", chunkSize: chunkSize).records == [["a"]])
    }

    @Test("Only the first byte-order mark is one; later ones are text", arguments: chunkSizes)
    func laterMarks(chunkSize: Int) throws {
        let reading = try CSVReading("\u{FEFF}\u{FEFF}a\n\u{FEFF}\n", chunkSize: chunkSize)
        #expect(reading.records.map { Array($0[0].unicodeScalars) } == [["\u{FEFF}", "a"], ["\u{FEFF}"]])
    }

    @Test(
        "Text that begins like a byte-order mark is text", arguments: ["\u{FEC0}", "\u{F8FF}", "\u{FEFE}"],
        chunkSizes)
    func almostMark(_ character: String, chunkSize: Int) throws {
        #expect(try CSVReading("\(character),b\n", chunkSize: chunkSize).records == [[character, "b"]])
        #expect(try CSVReading(character, chunkSize: chunkSize).records == [[character]])
    }

    @Test(
        "Half a byte-order mark is not UTF-8",
        arguments: [
            [0xEF], [0xEF, 0xBB], [0xEF, 0xBB, 0x61], [0xEF, 0x2C], [0xEF, 0xBB, 0x0A], [0xFE], [0xFF, 0x61],
        ],
        chunkSizes)
    func halfMark(_ bytes: [UInt8], chunkSize: Int) throws {
        let reading = try CSVReading(bytes, chunkSize: chunkSize)
        #expect(reading.faults.map(\.code) == [.invalidUTF8])
        #expect(reading.faults.first?.position == CSVPosition(line: 1, column: 1))
        #expect(reading.records.isEmpty)
    }

    @Test(
        "A byte-order mark of UTF-16 is named, with what to do",
        arguments: [([0xFF, 0xFE, 0x61, 0x00], "UTF-16LE"), ([0xFE, 0xFF, 0x00, 0x61], "UTF-16BE")],
        chunkSizes)
    func utf16(_ mark: (bytes: [UInt8], name: String), chunkSize: Int) throws {
        let reading = try CSVReading(mark.bytes, chunkSize: chunkSize)
        #expect(reading.faults.map(\.code) == [.utf16])
        let fault = try #require(reading.faults.first)
        #expect(fault.position == CSVPosition(line: 1, column: 1))
        #expect(fault.endsReading)
        #expect(fault.help?.contains("iconv -f \(mark.name) -t UTF-8") == true)
        #expect(reading.records.isEmpty)
    }

    @Test("Empty lines are no records", arguments: ["\n", "\r\n"], chunkSizes)
    func emptyLines(lineEnd: String, chunkSize: Int) throws {
        let text = ["", "", "a,b", "", "1,2", "", "", "3,4", "", ""].joined(separator: lineEnd)
        let reading = try CSVReading(text, chunkSize: chunkSize)
        #expect(reading.records == [["a", "b"], ["1", "2"], ["3", "4"]])
        #expect(reading.faults.isEmpty)
        #expect(try CSVReading(lineEnd + lineEnd, chunkSize: chunkSize).events.isEmpty)
    }

    @Test("A file without bytes has no records")
    func emptyFile() throws {
        #expect(try CSVReading("").events.isEmpty)
        #expect(try CSVReading("", detectsDelimiter: true).events.isEmpty)
    }
}
