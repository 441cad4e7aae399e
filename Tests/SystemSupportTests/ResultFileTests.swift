import Foundation
import SystemSupport
import TestSupport
import Testing

/// Where results may be written, and what is there afterwards.
struct ResultFileTests {
    private func write(_ text: String, to path: String, finishes: Bool = true) throws {
        let file = try ResultFile(path: path, patience: .milliseconds(200))
        try file.write(Array(text.utf8))
        if finishes { try file.finish() }
    }

    private func content(_ path: String) throws -> String {
        try String(contentsOfFile: path, encoding: .utf8)
    }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("A file appears when it is complete; an old one keeps its mode, and stays if it is not finished")
    func regular() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path(of: "a")
        try write("one", to: path)
        #expect(try content(path) == "one")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        try write("two", to: path, finishes: false)
        #expect(try content(path) == "one")
        try write("two", to: path)
        #expect(try content(path) == "two")
        #expect(try mode(path) == 0o640)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }

    @Test(
        "A symbolic link is followed and stays, also if what it leads to does not exist",
        arguments: [true, false])
    func link(exists: Bool) throws {
        let folder = try TemporaryDirectory()
        let (link, file) = (folder.path(of: "link"), folder.path(of: "file"))
        if exists { try folder.write("old", to: "file") }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "file")
        try write("new", to: link)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file")
        #expect(try content(file) == "new")
    }

    @Test("A FIFO is written to and stays one; without a reader it is given up")
    func fifo() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path(of: "fifo")
        try folder.makeFIFO("fifo")
        let error = #expect(throws: ResultFileError.self) { try write("x", to: path) }
        #expect(error?.code == .cannotCreate)
        let reader = try RunningProcess("/bin/cat", [path])
        let file = try ResultFile(path: path, patience: .seconds(120))
        try file.write(Array("through".utf8))
        try file.finish()
        close(consume: file)
        #expect(try reader.finish().output == "through")
        #expect(FileStatus(path: path)?.isFIFO == true)
    }

    /// Lets a file go, so that its reader sees the end.
    private func close(consume file: consuming ResultFile) {}

    @Test("A FIFO whose reader takes nothing is given up")
    func stuckReader() throws {
        let folder = try TemporaryDirectory()
        let path = folder.path(of: "fifo")
        try folder.makeFIFO("fifo")
        let reader = unsafe open(path, O_RDONLY | O_NONBLOCK)
        defer { Glibc.close(reader) }
        let file = try ResultFile(path: path, patience: .milliseconds(200))
        let error = #expect(throws: ResultFileError.self) {
            try file.write([UInt8](repeating: 0, count: 1 << 20))
        }
        #expect(error?.code == .inputOutput)
    }

    @Test("An interruption ends the wait for a reader")
    func interrupted() throws {
        let folder = try TemporaryDirectory()
        try folder.makeFIFO("fifo")
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        defer { for end in ends { Glibc.close(end) } }
        #expect(unsafe Glibc.write(ends[1], "x", 1) == 1)
        let error = #expect(throws: ResultFileError.self) {
            _ = try ResultFile(
                path: folder.path(of: "fifo"), cancellation: CancellationSignal(descriptor: ends[0]),
                patience: .seconds(3600))
        }
        #expect(error?.code == .interrupted)
    }

    @Test("A folder that does not exist, a folder itself and a full device are failures")
    func faults() throws {
        for path in ["/nonexistent/a", "/tmp"] {
            let error = #expect(throws: ResultFileError.self) { try write("x", to: path) }
            #expect(error?.code == .cannotCreate)
            #expect(error?.message.contains(path) == true)
        }
        let full = #expect(throws: ResultFileError.self) { try write("x", to: "/dev/full") }
        #expect(full?.code == .inputOutput)
    }

    @Test("A whole file is read, a FIFO too; one that nobody writes to is given up")
    func whole() throws {
        let folder = try TemporaryDirectory()
        try folder.write("text", to: "a")
        #expect(try WholeFile.read(folder.path(of: "a")) == Array("text".utf8))
        #expect(try WholeFile.read(folder.path(of: "a"), limit: 2) == Array("te".utf8))
        try folder.makeFIFO("fifo")
        #expect(throws: WholeFile.Failure.unreadable("a FIFO that nobody writes to")) {
            try WholeFile.read(folder.path(of: "fifo"), patience: .milliseconds(100))
        }
        let writer = try RunningProcess("/bin/sh", ["-c", "echo secret >'\(folder.path(of: "fifo"))'"])
        #expect(
            try WholeFile.read(folder.path(of: "fifo"), patience: .seconds(120)) == Array("secret\n".utf8))
        #expect(try writer.finish().status == 0)
        #expect(throws: WholeFile.Failure.self) { try WholeFile.read(folder.path) }
        #expect(throws: WholeFile.Failure.self) { try WholeFile.read(folder.path(of: "missing")) }
    }
}
