import CSV
import Foundation
import TestSupport
import Testing

@Suite("Documentation")
struct DocumentationTests {
    static let pages = [
        "CSV", "ReadAFile", "ReadStandardInput", "BindColumnsByName", "HandleErrors", "ChooseLimits",
        "WriteAFile",
    ]

    @Test("The examples of a page are those that are compiled here", arguments: pages)
    func areCompiled(page: String) throws {
        let compiled = try Self.text("Tests/CSVTests/DocumentationExamples.swift")
        let parts = try Self.text("Sources/CSV/CSV.docc/\(page).md").components(separatedBy: "```")
        #expect(parts.count > 2)
        for index in stride(from: 1, to: parts.count, by: 2) {
            #expect(
                compiled.contains(parts[index].dropFirst("swift\n".count)),
                "\(page), example \(index / 2 + 1)")
        }
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(Fixtures.root)/\(path)", encoding: .utf8)
    }

    @Test("The examples do what their pages say")
    func work() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(Array("key,value\na,\"one, two\"\nb,three\n".utf8), to: "a.csv")
        #expect(try firstColumn(of: path) == ["key", "a", "b"])
        #expect(try countWords(in: path) == 7)
        #expect(try countCommas(in: path) == 1)
        #expect(try translations(in: path) == ["a": "one, two", "b": "three"])
        #expect(try isModest(path))
        #expect(try faults(in: path).isEmpty)

        // Sound: the path is passed as a NUL-terminated copy that lives during the call.
        let descriptor = unsafe open(path, O_RDONLY)
        defer { close(descriptor) }
        #expect(try countRecords(of: descriptor) == 3)

        let faulty = try folder.write(Array("a,b\n1\n\0,2\n3,4\n\"5".utf8), to: "b.csv")
        #expect(try faults(in: faulty).map(\.code) == [.raggedRow, .nul, .unterminatedQuote])
        #expect(throws: MissingColumn.self) { try translations(in: faulty) }
        let large = try folder.write(Array(repeating: UInt8(ascii: "x"), count: 65 << 10), to: "c.csv")
        #expect(try !isModest(large))

        #expect(table() == Array("name,text\ngreeting,\"Say \"\"hello\"\"\"\nfarewell,\n".utf8))
    }

    @Test("A header finds the first column of a name")
    func header() throws {
        var reader = CSVReader(try .bytes(Array("a,b,a,\n1,2,3,4\n".utf8)))
        #expect(try reader.next())
        let header = CSVHeader(reader.record)
        #expect(header.names == ["a", "b", "a", ""])
        #expect([header.index(of: "a"), header.index(of: "b"), header.index(of: "A")] == [0, 1, nil])
        #expect(header.hasRepeatedNames)
    }
}
