import TestSupport
import Testing

@testable import CSV

@Suite("What to do about a fault")
struct HelpTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        var bytes: [UInt8]
        var reason: String
        var help: String?
        var testDescription: String { String(decoding: bytes, as: UTF8.self).debugDescription }

        init(_ text: String, _ reason: String, _ help: String?) {
            self.init(Array(text.utf8), reason, help)
        }

        init(_ bytes: [UInt8], _ reason: String, _ help: String?) {
            (self.bytes, self.reason, self.help) = (bytes, reason, help)
        }
    }

    static let semicolon = "looks ;-delimited"
    static let windows = "convert the file with: iconv -f WINDOWS-1252 -t UTF-8"
    static let anyEncoding = "convert the file with: iconv -f ITS-ENCODING -t UTF-8"

    static let samples = [
        Sample(
            "a,b\nx\"y,2\n", "quote inside an unquoted field",
            "quote the whole field and double the quotes in it"),
        Sample("a,b\n\"x\"y,2\n", "text after the closing quote", "double a quote that belongs to the text"),
        Sample("a\n\"x", "the quote opened here is never closed", "double a quote that belongs to the text"),
        Sample("a,b\n1,2,3\n", "expected 2 fields, found 3", "quote a text that holds the delimiter"),
        Sample("a,b\n1\n", "expected 2 fields, found 1", nil),
        // Another delimiter, wherever that shows first.
        Sample("a;b\n1,5;2\n", "expected 1 field, found 2", semicolon),
        Sample("a;b\n1;\"2\"\n", "quote inside an unquoted field", semicolon),
        Sample("a;\"b\"\n", "quote inside an unquoted field", semicolon),
        Sample("\"a\";b\n", "text after the closing quote", semicolon),
        Sample("a\tb\n1,\t2\n", "expected 1 field, found 2", "looks tab-delimited"),
        Sample(
            "a|b\n\"1\"|2\n", "text after the closing quote", "looks |-delimited"),
        Sample(
            "a,b\n;\"2\",\n", "quote inside an unquoted field",
            "quote the whole field and double the quotes in it"),
        // Encodings.
        Sample(
            [0xFF, 0xFE, 0x61, 0], "UTF-16 little endian byte-order mark",
            "convert the file with: iconv -f UTF-16LE -t UTF-8"),
        Sample(
            [0xFE, 0xFF, 0, 0x61], "UTF-16 big endian byte-order mark",
            "convert the file with: iconv -f UTF-16BE -t UTF-8"),
        Sample(
            [0x61, 10, 0x4B, 0xE4, 0x73, 10], "not UTF-8: byte 0xE4 here looks like Windows-1252", windows),
        Sample([0x61, 10, 0x80, 10], "not UTF-8: byte 0x80 here looks like Windows-1252", windows),
        // No such character, a surrogate, a sequence that is cut off.
        Sample([0x61, 10, 0x81, 10], "not UTF-8: byte 0x81 here begins no whole character", anyEncoding),
        Sample(
            [0x61, 10, 0xED, 0xA0, 0x80], "not UTF-8: byte 0xED here begins no whole character", anyEncoding),
        Sample(
            [0x61, 10, 0xE2, 0x82, 0x62], "not UTF-8: byte 0xE2 here begins no whole character", anyEncoding),
        Sample([0x61, 10, 0xE2, 0x82], "not UTF-8: byte 0xE2 here begins no whole character", anyEncoding),
        Sample([0xEF, 0xBB], "not UTF-8: byte 0xEF here begins no whole character", anyEncoding),
    ]

    @Test("It is told apart from what is wrong", arguments: samples, [1, 2, 3, 4096])
    func help(sample: Sample, chunkSize: Int) throws {
        let fault = try #require(try Self.firstFault(in: sample.bytes, chunkSize: chunkSize))
        #expect(fault.reason == sample.reason)
        #expect(fault.help == sample.help)
    }

    @Test(
        "The record is counted, the header as 1, without comments and empty lines", arguments: [1, 7, 4096])
    func recordNumber(chunkSize: Int) throws {
        var text = "# comment\n\na,b\n"
        for _ in 0..<20 { text += "\"1\n\",2\n\n" }
        let fault = try #require(try Self.firstFault(in: Array((text + "3\n").utf8), chunkSize: chunkSize))
        #expect(fault.recordNumber == 22)
        #expect(fault.position == CSVPosition(line: 64, column: 1))
        let stray = try #require(try Self.firstFault(in: Array((text + "\rx").utf8), chunkSize: chunkSize))
        #expect(stray.recordNumber == 22)
    }

    static func firstFault(in bytes: [UInt8], chunkSize: Int) throws -> CSVError? {
        let dialect = try #require(CSVDialect(delimiter: UInt8(ascii: ","), skipsLeadingComments: true))
        var reader = CSVReader(try .bytes(bytes, chunkSize: chunkSize), dialect: dialect)
        do throws(CSVFailure) {
            while try reader.next() {}
        } catch {
            guard case .malformed(let fault) = error else { throw error }
            return fault
        }
        return nil
    }
}
