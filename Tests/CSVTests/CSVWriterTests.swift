import CSV
import TestSupport
import Testing

@Suite("Writing")
struct CSVWriterTests {
    @Test("Only what needs quotes has them")
    func quoting() {
        var writer = CSVWriter()
        writer.append(["a b", "c,d", "e\"f", "g\nh", "i\rj", "", nil, "ü", "#", "x'y"])
        let line = "a b,\"c,d\",\"e\"\"f\",\"g\nh\",\"i\rj\",\"\",,ü,#,x'y\r\n"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == line)
    }

    @Test("Absent fields stay absent, empty texts stay empty, and no record becomes an empty line")
    func absence() throws {
        var writer = CSVWriter(lineEnd: .lf)
        writer.append([nil])
        writer.append([])
        writer.append([""])
        #expect(writer.bytes == Array("\"\"\n\"\"\n".utf8))
        writer.removeAll()
        writer.append(["", nil])
        var reader = CSVReader(try .bytes(writer.bytes))
        #expect(try reader.next())
        let absences = [reader.record.isAbsent(0), reader.record.isAbsent(1)]
        #expect(absences == [false, true])
    }

    @Test(
        "What would be a mark or a comment at the file's start is text",
        arguments: ["#a", "\u{FEFF}a", "\u{FEFF}"])
    func start(text: String) throws {
        let dialect = try #require(CSVDialect(delimiter: UInt8(ascii: ";"), skipsLeadingComments: true))
        var writer = CSVWriter(dialect: dialect)
        writer.append([text, "b;"])
        writer.append([text, ""])
        #expect(try CSVReading(writer.bytes, dialect: dialect).records == [[text, "b;"], [text, ""]])
    }

    @Test("Every case of the corpus is read as it was written", arguments: try CorpusCase.all.get())
    func roundTrip(of corpusCase: CorpusCase) throws {
        let dialect = try corpusCase.dialect()
        let records = try CSVReading(corpusCase.bytes, dialect: dialect, limits: CorpusTests.limits).records
        for lineEnd in [CSVWriter.LineEnd.crlf, .lf] {
            var writer = CSVWriter(dialect: dialect, lineEnd: lineEnd)
            for record in records { writer.append(record) }
            let reading = try CSVReading(writer.bytes, dialect: dialect, limits: CorpusTests.limits)
            #expect(reading.faults == [])
            #expect(reading.records == records)
        }
    }
}
