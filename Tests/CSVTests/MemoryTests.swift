import CSV
import Foundation
import TestSupport
import Testing

/// Each test runs in a process of its own, so that nothing else uses memory in it.
@Suite("Memory")
struct MemoryTests {
    /// The most memory this process had so far, in bytes.
    static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kilobytes = try #require(
            line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first)
        return try #require(Int(kilobytes)) << 10
    }

    /// A file that begins with `head` and goes on with `block`, many times.
    static func write(_ head: String, then block: String, bytes: Int, to path: String) throws {
        try #require(FileManager.default.createFile(atPath: path, contents: Data(head.utf8)))
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        let run = Data(String(repeating: block, count: (64 << 10) / block.utf8.count).utf8)
        for _ in 0..<bytes / run.count { try file.write(contentsOf: run) }
        try file.close()
    }

    @Test("It does not grow with the file")
    func largeFile() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = directory.path(of: "large.csv")
            try MemoryTests.write(
                "a,b,c\n", then: "12345678,\"x\"\"\n\",abcdefgh\n", bytes: 4 << 20, to: path)
            var reader = CSVReader(try .file(path))
            for _ in 0..<1000 { try #require(try reader.next()) }
            let before = try MemoryTests.peak()
            var count = 1000
            while try reader.next() { count += 1 }
            #expect(count > 100_000)
            let growth = try MemoryTests.peak() - before
            #expect(growth < 1 << 20, "grew by \(growth) bytes")
        }
    }

    @Test("It does not grow with a faulty record whose quote is never closed")
    func faultyRecord() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = directory.path(of: "faulty.csv")
            try MemoryTests.write("a,b\n\0,\"", then: "\n", bytes: 4 << 20, to: path)
            var reader = CSVReader(try .file(path))
            try #require(try reader.next())
            let before = try MemoryTests.peak()
            var faults: [CSVError.Code] = []
            for _ in 0..<2 {
                do { _ = try reader.next() } catch CSVFailure.malformed(let error) {
                    faults.append(error.code)
                }
            }
            #expect(faults == [.nul, .unterminatedQuote])
            let growth = try MemoryTests.peak() - before
            #expect(growth < 8 << 20, "grew by \(growth) bytes")
        }
    }
}
