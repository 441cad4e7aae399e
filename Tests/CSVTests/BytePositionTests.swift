import TestSupport
import Testing

@testable import CSV

/// Where the bytes of a field's text stand in the file.
struct BytePositionTests {
    @Test(
        "A byte of a field is found in the file, through quotes and line breaks, in any chunks",
        arguments: [1, 2, 7, 64, 65_536])
    func places(chunkSize: Int) throws {
        let file = try TemporaryDirectory()
        let text = "a,b,c\nx,\"p\"\"q\nr\",yz\n,\"\",\n"
        try file.write(text, to: "f.csv")
        var reader = CSVReader(try ByteSource.file(file.path(of: "f.csv"), chunkSize: chunkSize))
        #expect(try reader.next())
        #expect(try reader.next())
        // Unquoted: byte by byte, and the place after the last one.
        #expect((0...2).map { "\(reader.record.position(of: 2, byte: $0))" } == ["3:4", "3:5", "3:6"])
        // Quoted: p, the doubled quote, q, the line break, r, and what comes after it.
        #expect(
            (0...5).map { "\(reader.record.position(of: 1, byte: $0))" }
                == ["2:4", "2:5", "2:7", "2:8", "3:1", "3:2"])
        #expect("\(reader.record.position(of: 1, byte: 100))" == "3:2")
        #expect(try reader.next())
        #expect("\(reader.record.position(of: 0, byte: 0))" == "4:1")
        #expect("\(reader.record.position(of: 1, byte: 0))" == "4:3")
        #expect("\(reader.record.position(of: 2, byte: 0))" == "4:5")
    }
}
