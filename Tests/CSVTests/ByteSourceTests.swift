import CSV
import Foundation
import TestSupport
import Testing

@Suite("Byte source")
struct ByteSourceTests {
    /// All that is left of `source`, chunk by chunk.
    static func chunks(of source: inout ByteSource) throws -> [[UInt8]] {
        var chunks: [[UInt8]] = []
        while try source.refill() {
            chunks.append(source.withChunk { chunk in chunk.indices.map { chunk[$0] } })
        }
        return chunks
    }

    @Test("A file comes in chunks of the size asked for, the last one smaller")
    func chunks() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(1...10, to: "bytes")
        var source = try ByteSource.file(path, chunkSize: 4)
        #expect(try Self.chunks(of: &source) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
        #expect(try !source.refill())
        #expect(source.withChunk { $0.isEmpty })
    }

    @Test("Before the first read there is no chunk")
    func beforeReading() throws {
        let source = try ByteSource.bytes([1, 2, 3])
        #expect(source.withChunk { $0.isEmpty })
    }

    @Test("A chunk has at least one byte, whatever is asked for", arguments: [0, -1, Int.min])
    func smallestChunk(size: Int) throws {
        var source = try ByteSource.bytes([1, 2], chunkSize: size)
        #expect(try Self.chunks(of: &source) == [[1], [2]])
    }

    @Test("A file that shrinks while it is read ends early")
    func shrinkingFile() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(1...10, to: "bytes")
        var source = try ByteSource.file(path, chunkSize: 4)
        #expect(try source.refill())
        try #require(unsafe truncate(path, 6) == 0)
        #expect(try Self.chunks(of: &source) == [[5, 6]])
    }

    @Test("A missing file and a directory are refused, with the system's words", arguments: [false, true])
    func unopenable(acceptsPipes: Bool) throws {
        let directory = try TemporaryDirectory()
        let missing = #expect(throws: FileError.self) {
            _ = try ByteSource.file(directory.path(of: "missing"), acceptsPipes: acceptsPipes).withChunk {
                $0.count
            }
        }
        #expect(missing == .system(ENOENT))
        #expect(missing?.description == "No such file or directory")
        let folder = #expect(throws: FileError.self) {
            _ = try ByteSource.file(directory.path, acceptsPipes: acceptsPipes).withChunk { $0.count }
        }
        #expect(folder == .system(EISDIR))
        #expect(folder?.description == "is not a regular file but a directory")
    }

    @Test("A FIFO is refused at once unless pipes are accepted")
    func refusedFIFO() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "fifo")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let error = #expect(throws: FileError.self) { _ = try ByteSource.file(path).withChunk { $0.count } }
        #expect(error == .notRegular)
        #expect(error?.description == "is not a regular file")
    }

    @Test("A FIFO is read until its writer closes it, however it is written")
    func readFIFO() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path(of: "fifo")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let writer = Thread {
            let file = FileHandle(forWritingAtPath: path)
            for piece in ["a;\"", "b\n", "\"\r", "\n1", ";2"] {
                file?.write(Data(piece.utf8))
                Thread.sleep(forTimeInterval: 0.002)
            }
            try? file?.close()
        }
        writer.start()
        var reader = CSVReader(try .file(path, acceptsPipes: true), detectsDelimiter: true)
        #expect(try reader.next())
        #expect(reader.record.strings == ["a", "b\n"])
        #expect(try reader.next())
        #expect(reader.record.strings == ["1", "2"])
        #expect(try !reader.next())
    }

    @Test("A descriptor that cannot be read is an error that says so")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        let descriptor = unsafe open(directory.path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        var reader = CSVReader(ByteSource(descriptor: descriptor, closing: true))
        do {
            _ = try reader.next()
            Issue.record("reading a directory must fail")
        } catch CSVFailure.unreadable(let error) {
            #expect(error.errno == EISDIR)
            #expect(error.byteOffset == 0)
            #expect(ReadError.text(of: error.errno) == "Is a directory")
        }
    }

    @Test("A descriptor is closed with its source if the source shall close it", arguments: [false, true])
    func closing(_ closes: Bool) throws {
        let pipe = Pipe()
        let reading = dup(pipe.fileHandleForReading.fileDescriptor)
        try pipe.fileHandleForReading.close()
        do {
            let source = ByteSource(descriptor: reading, closing: closes)
            #expect(source.withChunk { $0.isEmpty })
        }
        // Without a reader, the writing end of a pipe is in error.
        var state = pollfd(fd: pipe.fileHandleForWriting.fileDescriptor, events: Int16(POLLOUT), revents: 0)
        try #require(unsafe poll(&state, 1, 0) == 1)
        #expect((state.revents & Int16(POLLERR) != 0) == closes)
        if !closes { close(reading) }
    }

    @Test("A file is the same until it is written or replaced")
    func identity() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write([1, 2], to: "bytes")
        let first = try ByteSource.file(path).identity()
        #expect(try ByteSource.file(path).identity() == first)
        #expect(try CSVReader(.file(path)).fileIdentity() == first)
        try directory.write([1, 2, 3], to: "bytes")
        let longer = try ByteSource.file(path).identity()
        #expect(longer != first)
        let other = try directory.write([1, 2, 3], to: "other")
        #expect(try ByteSource.file(other).identity() != longer)
    }
}
