import CSV
import TestSupport
import Testing

@Suite("Malformed input")
struct MalformedInputTests {
    /// A fault, what stands in the file, and where the fault is reported.
    struct Fault: Sendable, CustomTestStringConvertible {
        var bytes: [UInt8]
        var code: CSVError.Code
        var position: CSVPosition
        var field: Int?
        var endsReading: Bool
        /// The texts of the first fields of the records before the fault.
        var before: [String]

        init(
            _ text: [Byte], _ code: CSVError.Code, _ line: Int, _ column: Int, field: Int?,
            endsReading: Bool = true, before: [String] = []
        ) {
            bytes = text.flatMap(\.bytes)
            self.code = code
            position = CSVPosition(line: line, column: column)
            (self.field, self.endsReading, self.before) = (field, endsReading, before)
        }

        var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }
    }

    /// Text, or one byte that no text has.
    enum Byte: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case text(String)
        case byte(UInt8)

        init(stringLiteral value: String) { self = .text(value) }
        init(integerLiteral value: UInt8) { self = .byte(value) }

        var bytes: [UInt8] {
            switch self {
            case .text(let text): [UInt8](text.utf8)
            case .byte(let byte): [byte]
            }
        }
    }

    static let faults = [
        // Quotes.
        Fault(["a,b\n1,\"x\n"], .unterminatedQuote, 2, 3, field: 1, before: ["a"]),
        Fault(["a,b\n\"x\ny\",\"\"\"\n\n"], .unterminatedQuote, 3, 4, field: 1, before: ["a"]),
        Fault(["\""], .unterminatedQuote, 1, 1, field: 0),
        Fault(["\"\"\""], .unterminatedQuote, 1, 1, field: 0),
        Fault(["a\n\"b\"c\n"], .textAfterQuote, 2, 4, field: 0, before: ["a"]),
        Fault(["a\n\"x\ny\" \n"], .textAfterQuote, 3, 3, field: 0, before: ["a"]),
        Fault(["a,b\n1,\"\"x\n"], .textAfterQuote, 2, 5, field: 1, before: ["a"]),
        Fault(["a,b\nc,d\"e\"\n"], .quoteInUnquoted, 2, 4, field: 1, before: ["a"]),
        Fault(["a, \"b\"\n"], .quoteInUnquoted, 1, 4, field: 1),
        Fault(["ä\"\n"], .quoteInUnquoted, 1, 3, field: 0),
        Fault(["\u{FEFF}ab\"c\n"], .quoteInUnquoted, 1, 3, field: 0),
        // Line ends.
        Fault(["a\rb\r"], .bareCarriageReturn, 1, 2, field: 0),
        Fault(["a,b\n1,2\r"], .bareCarriageReturn, 2, 4, field: 1, before: ["a"]),
        Fault(["a,b\n\"1\"\r,2\n"], .bareCarriageReturn, 2, 4, field: 0, before: ["a"]),
        Fault(["a,b\n1,\r\r\n"], .bareCarriageReturn, 2, 3, field: 1, before: ["a"]),
        Fault(["\ra\n"], .bareCarriageReturn, 1, 1, field: nil),
        Fault(["a,b\n\n\r1,2\n"], .bareCarriageReturn, 3, 1, field: nil, before: ["a"]),
        Fault(["a,b\n1,2\n\r"], .bareCarriageReturn, 3, 1, field: nil, before: ["a", "1"]),
        // Bytes that are no text.
        Fault(["a,b\n1,x", 0, "y\n"], .nul, 2, 4, field: 1, endsReading: false, before: ["a"]),
        Fault(["a,b\n\"1\n", 0, "\",2\n"], .nul, 3, 1, field: 0, endsReading: false, before: ["a"]),
        Fault(["a", 0, "\n"], .nul, 1, 2, field: 0),
        Fault(["a,b\n1,x", 0xE9, "y\n"], .invalidUTF8, 2, 4, field: 1, endsReading: false, before: ["a"]),
        Fault(
            ["a,b\n\"\nä", 0xE2, 0x82, "\",2\n"], .invalidUTF8, 3, 3, field: 0, endsReading: false,
            before: ["a"]),
        Fault(["a,b\n1,", 0xC3], .invalidUTF8, 2, 3, field: 1, endsReading: false, before: ["a"]),
        Fault(["a,", 0xFF, "\n1,2\n"], .invalidUTF8, 1, 3, field: 1),
        Fault(
            ["a,b\n", 0xEF, 0xBB, "x,2\n"], .invalidUTF8, 2, 1, field: 0, endsReading: false, before: ["a"]),
        // Numbers of fields.
        Fault(["a,b\n1\n"], .raggedRow, 2, 1, field: nil, endsReading: false, before: ["a"]),
        Fault(["a,b\n1,2,,4\n"], .raggedRow, 2, 5, field: nil, endsReading: false, before: ["a"]),
        Fault(["a,b\n1,2,"], .raggedRow, 2, 5, field: nil, endsReading: false, before: ["a"]),
        Fault(["a,b\n1,2\n\n \n"], .raggedRow, 4, 1, field: nil, endsReading: false, before: ["a", "1"]),
        Fault(["a,b\n\"x\ny\",2,3\n"], .raggedRow, 2, 1, field: nil, endsReading: false, before: ["a"]),
    ]

    @Test(
        "A fault names its kind, its place and its field, and comes behind the records before it",
        arguments: faults, [1, 2, 3, ByteSource.defaultChunkSize])
    func place(of fault: Fault, chunkSize: Int) throws {
        let reading = try CSVReading(fault.bytes, chunkSize: chunkSize)
        let error = try #require(reading.faults.first)
        #expect(error.code == fault.code)
        #expect(error.position == fault.position)
        #expect(error.field == fault.field)
        #expect(error.endsReading == fault.endsReading)
        #expect(reading.recordsBeforeFault.map { $0[0] } == fault.before)
        #expect(reading.faults.count == 1)
    }

    @Test("A fault is printed with its place, its reason and its code")
    func description() throws {
        let fault = try #require(try CSVReading("a,b\n1,2,3\n").faults.first)
        #expect(
            fault.description
                == "2:5: expected 2 fields, found 3 [ragged-row]")
        let single = try #require(try CSVReading("a\n1,2\n").faults.first)
        #expect(
            single.description
                == "2:3: expected 1 field, found 2 [ragged-row]")
    }

    @Test("Places are ordered as they stand in the file")
    func order() {
        let places = [(1, 1), (1, 9), (2, 1), (10, 1)].map { CSVPosition(line: $0.0, column: $0.1) }
        #expect(places.shuffled().sorted() == places)
        #expect(places.map(\.description) == ["1:1", "1:9", "2:1", "10:1"])
    }
}
