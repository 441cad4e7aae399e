import CSV
import TestSupport
import Testing

@Suite("Behind a fault")
struct RecoveryTests {
    static let chunkSizes = [1, 2, 3, ByteSource.defaultChunkSize]

    /// A faulty record of a file with two columns, its end certain.
    static let recoverable: [(record: [UInt8], code: CSVError.Code)] = [
        ([UInt8]("1".utf8), .raggedRow),
        ([UInt8]("1,2,3".utf8), .raggedRow),
        ([UInt8]("\"1\n\",2,3".utf8), .raggedRow),
        ([UInt8]("\0,2".utf8), .nul),
        ([UInt8]("1,\"\n\0\n\"".utf8), .nul),
        ([0xFF] + [UInt8](",2".utf8), .invalidUTF8),
        ([UInt8]("1,\"".utf8) + [0xE2, 0x82] + [UInt8]("\"\r".utf8), .invalidUTF8),
        ([UInt8]("1,2".utf8) + [0xC3], .invalidUTF8),
    ]

    @Test("Reading goes on with the next record", arguments: recoverable, chunkSizes)
    func nextRecord(after fault: (record: [UInt8], code: CSVError.Code), chunkSize: Int) throws {
        let text = [UInt8]("a,b\n".utf8) + fault.record + [UInt8]("\nx,\"y\nz\"\n".utf8)
        let reading = try CSVReading(text, chunkSize: chunkSize)
        #expect(reading.faults.map(\.code) == [fault.code])
        #expect(reading.records == [["a", "b"], ["x", "y\nz"]])
    }

    @Test("Places behind a faulty record are right", arguments: recoverable, chunkSizes)
    func placesBehind(_ fault: (record: [UInt8], code: CSVError.Code), chunkSize: Int) throws {
        let text = [UInt8]("a,b\n".utf8) + fault.record + [UInt8]("\n1,\"2\n\",3\n".utf8)
        let last = try #require(try CSVReading(text, chunkSize: chunkSize).faults.last)
        #expect(last.code == .raggedRow)
        #expect(last.position.line == 3 + fault.record.count { $0 == UInt8(ascii: "\n") })
    }

    @Test("Each faulty record is reported, once", arguments: chunkSizes)
    func severalRecords(chunkSize: Int) throws {
        let text = "a,b\n\0,\0\0\n1,2\n\0\n1\n1,2,\0,\0\n3,4\n"
        let reading = try CSVReading(text, chunkSize: chunkSize)
        #expect(reading.faults.map(\.position.description) == ["2:1", "4:1", "5:1", "6:5"])
        #expect(reading.faults.map(\.code) == [.nul, .nul, .raggedRow, .nul])
        #expect(reading.records == [["a", "b"], ["1", "2"], ["3", "4"]])
    }

    @Test("Several faults in one record are one error, the first", arguments: chunkSizes)
    func severalFaults(chunkSize: Int) throws {
        let bytes = [UInt8]("a,b\n1,".utf8) + [0xFF, 0x00, 0xC3] + [UInt8](",\0,4\n1,2\n".utf8)
        let reading = try CSVReading(bytes, chunkSize: chunkSize)
        #expect(reading.faults.map(\.code) == [.invalidUTF8])
        #expect(reading.records == [["a", "b"], ["1", "2"]])
    }

    @Test("A last record without a line end recovers as well", arguments: recoverable, chunkSizes)
    func lastRecord(_ fault: (record: [UInt8], code: CSVError.Code), chunkSize: Int) throws {
        guard fault.record.last != UInt8(ascii: "\r") else { return }  // a CR needs its LF
        let reading = try CSVReading([UInt8]("a,b\n".utf8) + fault.record, chunkSize: chunkSize)
        #expect(reading.faults.map(\.code) == [fault.code])
        #expect(reading.records == [["a", "b"]])
    }

    @Test(
        "A fault that ends reading is reported even in a record that has one already", arguments: chunkSizes)
    func fatalFaultInFaultyRecord(chunkSize: Int) throws {
        let reading = try CSVReading("a,b\n\0,x\"\n1,2\n", chunkSize: chunkSize)
        #expect(reading.faults.map(\.code) == [.nul, .quoteInUnquoted])
        #expect(reading.faults.map(\.endsReading) == [false, true])
        #expect(reading.records == [["a", "b"]])
    }

    @Test(
        "A fault in the header ends reading",
        arguments: [[0], [0xFF], [0xC3, 0x28]], chunkSizes)
    func faultInHeader(_ bytes: [UInt8], chunkSize: Int) throws {
        let reading = try CSVReading(
            [UInt8]("a,b".utf8) + bytes + [UInt8]("\n1,2\n".utf8), chunkSize: chunkSize)
        #expect(reading.faults.count == 1)
        #expect(reading.faults.first?.endsReading == true)
        #expect(reading.records.isEmpty)
    }

    /// A fault behind the header that makes the rest meaningless, by its code.
    static let fatal: [(text: String, code: CSVError.Code)] = [
        ("1,\"2", .unterminatedQuote),
        ("1,\"2\"x\n", .textAfterQuote),
        ("1,2\"\n", .quoteInUnquoted),
        ("1,2\r3,4\n", .bareCarriageReturn),
        ("\r3,4\n", .bareCarriageReturn),
        ("1,12345678\n", .fieldTooLong),
        ("1234567,1234567\n", .recordTooLong),
        ("1,2,3,4,5\n", .tooManyColumns),
    ]

    @Test("Nothing comes after a fault that ends reading", arguments: fatal, chunkSizes)
    func end(after fault: (text: String, code: CSVError.Code), chunkSize: Int) throws {
        // The open quote swallows the rest of the file, which must not be too long a field for it.
        let limits = CSVLimits(
            recordBytes: 12, fieldBytes: fault.code == .unterminatedQuote ? 12 : 7, columns: 4)
        let bytes = [UInt8]("a,b\n\(fault.text)1,2\n3,4\n".utf8)
        var reader = CSVReader(try .bytes(bytes, chunkSize: chunkSize), limits: limits)
        #expect(try reader.next())
        do {
            _ = try reader.next()
            Issue.record("the fault must be reported")
        } catch CSVFailure.malformed(let error) {
            #expect(error.code == fault.code)
            #expect(error.endsReading)
        }
        for _ in 0..<3 { #expect(try !reader.next()) }
    }

    @Test("The end of the file is answered again and again")
    func endOfFile() throws {
        var reader = CSVReader(try .bytes([UInt8]("a\n".utf8)))
        #expect(try reader.next())
        for _ in 0..<3 { #expect(try !reader.next()) }
    }
}
