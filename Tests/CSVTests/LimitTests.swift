import CSV
import TestSupport
import Testing

@Suite("Limits")
struct LimitTests {
    static let chunkSizes = [1, 2, 5, ByteSource.defaultChunkSize]

    @Test("The limits are 64 MiB a record, 16 MiB a field and 4,096 columns unless given")
    func defaults() {
        let limits = CSVLimits()
        #expect(limits.recordBytes == 67_108_864)
        #expect(limits.fieldBytes == 16_777_216)
        #expect(limits.columns == 4096)
    }

    @Test(
        "A field as long as the limit passes, counted unescaped and in bytes",
        arguments: ["12345", "\"12345\"", "\"1\"\"\"\"45\"", "\"1\r\n\n5\"", "1ä45"], chunkSizes)
    func longestField(_ field: String, chunkSize: Int) throws {
        let reading = try CSVReading(
            "a,b\n\(field),\(field)\n", chunkSize: chunkSize, limits: CSVLimits(fieldBytes: 5))
        #expect(reading.faults.isEmpty)
        #expect(reading.records.count == 2)
    }

    @Test(
        "A field one byte longer than the limit is refused where it begins",
        arguments: ["123456", "\"123456\"", "\"1\"\"\"\"456\"", "\"1\r\n\n56\"", "1ä€"], chunkSizes)
    func fieldTooLong(_ field: String, chunkSize: Int) throws {
        let reading = try CSVReading(
            "a,b\nx,\(field)\ny,z\n", chunkSize: chunkSize, limits: CSVLimits(fieldBytes: 5))
        let fault = try #require(reading.faults.first)
        #expect(fault.code == .fieldTooLong)
        #expect(fault.position == CSVPosition(line: 2, column: 3))
        #expect(fault.field == 1)
        #expect(reading.records == [["a", "b"]])
        #expect(reading.faults.count == 1)
    }

    @Test(
        "A record as long as the limit passes, one byte more is refused where the record begins",
        arguments: chunkSizes)
    func recordBytes(chunkSize: Int) throws {
        let limits = CSVLimits(recordBytes: 6)
        let reading = try CSVReading(
            "a,b\n123,456\n\"1\n3\",456\n\"1\n3\",4567\n1,2\n", chunkSize: chunkSize, limits: limits)
        #expect(reading.records == [["a", "b"], ["123", "456"], ["1\n3", "456"]])
        let fault = try #require(reading.faults.first)
        #expect(fault.code == .recordTooLong)
        #expect(fault.position == CSVPosition(line: 5, column: 1))
        #expect(reading.faults.count == 1)
    }

    @Test("As many columns as the limit pass, one more is refused where it begins", arguments: chunkSizes)
    func columns(chunkSize: Int) throws {
        let limits = CSVLimits(columns: 3)
        #expect(try CSVReading("a,b,c\n1,2,\n", chunkSize: chunkSize, limits: limits).records.count == 2)
        let header = try #require(
            try CSVReading("a,bb,c,\n1\n", chunkSize: chunkSize, limits: limits).faults.first)
        #expect(header.code == .tooManyColumns)
        #expect(header.position == CSVPosition(line: 1, column: 8))
        #expect(header.endsReading)
        let row = try CSVReading("a,b,c\n1,2,3,4\n1,2,3\n", chunkSize: chunkSize, limits: limits)
        #expect(row.faults.map(\.code) == [.tooManyColumns])
        #expect(row.faults.map(\.position) == [CSVPosition(line: 2, column: 7)])
        #expect(row.records == [["a", "b", "c"]])
    }

    @Test(
        "A quote that is never closed is reported at the quote when the field is too long",
        arguments: chunkSizes)
    func unterminatedQuoteBeyondLimit(chunkSize: Int) throws {
        let rows = String(repeating: "1,2\n", count: 40)
        let reading = try CSVReading(
            "a,b\n1,2\n3,\"4\n\(rows)", chunkSize: chunkSize, limits: CSVLimits(fieldBytes: 100))
        let fault = try #require(reading.faults.first)
        #expect(fault.code == .fieldTooLong)
        #expect(fault.position == CSVPosition(line: 3, column: 3))
        #expect(fault.reason.contains("quote"), "the reason points at the quote")
        #expect(fault.endsReading)
    }

    /// A field of ten bytes that breaks two rules, and the limits it breaks.
    struct Race: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var field: String
        var limits: CSVLimits

        init(_ name: String, _ field: String, _ limits: CSVLimits) {
            (testDescription, self.field, self.limits) = (name, field, limits)
        }
    }

    static let races = [
        Race("both limits", "0123456789", CSVLimits(recordBytes: 6, fieldBytes: 8)),
        Race("both limits, in quotes", "\"0123456789\"", CSVLimits(recordBytes: 6, fieldBytes: 8)),
        Race("the field's limit, a NUL", "0123456789\0", CSVLimits(fieldBytes: 8)),
        Race("the record's limit, a NUL, in quotes", "\"0123456789\0\"", CSVLimits(recordBytes: 8)),
        Race("the field's limit, a quote", "0123456789\"", CSVLimits(fieldBytes: 8)),
        Race("the field's limit, text after the quote", "\"0123456789\"x", CSVLimits(fieldBytes: 8)),
    ]

    @Test("Which of two faults is reported does not depend on the chunk size", arguments: races)
    func independence(of race: Race) throws {
        let found = try (1...16).map {
            try CSVReading("a\n\(race.field)\n", chunkSize: $0, limits: race.limits).faults.first?.code
        }
        let names = found.map { $0?.rawValue ?? "none" }
        #expect(Set(names).count == 1, "in chunks of 1, 2, 3 ... bytes: \(names)")
    }
}
