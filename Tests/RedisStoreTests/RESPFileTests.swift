import Foundation
import GraphSync
import RedisStore
import TestSupport
import Testing
import UCG

struct RESPFileTests {
    private static func write(_ count: Int, to path: String, batchSize: Int, finish: Bool = true) throws {
        let time = try #require(Timestamp(secondsSince1970: 0))
        var file = try RESPFile(
            path: path, keyPrefix: "p:", stamp: EntityStamp(time: time, author: "system"),
            batchSize: batchSize)
        for number in 0..<count {
            var entity = Entity(
                type: .theme, id: EntityName.id(.theme, "t\(number)"), origin: EntityOrigin(file: 0, line: 1))
            entity.data.beginObject()
            entity.data.endObject()
            try file.write(entity)
        }
        if finish {
            try file.finish()
            #expect(file.written == count)
        }
    }

    @Test("The file is what redis-cli --pipe takes, one command a batch", arguments: [1, 2, 128])
    func pipe(batchSize: Int) throws {
        let folder = try TemporaryDirectory()
        try Self.write(1001, to: folder.path(of: "a.resp"), batchSize: batchSize)
        let server = try RedisServer()
        let result = try run(
            "/bin/sh", ["-c", "redis-cli -s '\(server.socket)' --pipe <'\(folder.path(of: "a.resp"))'"])
        #expect(result.output.contains("errors: 0, replies: \((1001 + batchSize - 1) / batchSize)"))
        #expect(try server.ask("dbsize") == "1001")
    }

    @Test("The same entities make the same bytes")
    func same() throws {
        let folder = try TemporaryDirectory()
        try Self.write(300, to: folder.path(of: "a"), batchSize: 128)
        try Self.write(300, to: folder.path(of: "b"), batchSize: 128)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.path(of: "a")))
        #expect(try bytes == Data(contentsOf: URL(fileURLWithPath: folder.path(of: "b"))))
        #expect(bytes.starts(with: Data("*257\r\n$4\r\nMSET\r\n$51\r\np:entity:theme:".utf8)))
    }

    @Test("What is not finished leaves the old file, and no other")
    func unfinished() throws {
        let folder = try TemporaryDirectory()
        try folder.write("old", to: "a")
        try Self.write(5000, to: folder.path(of: "a"), batchSize: 128, finish: false)
        #expect(try String(contentsOfFile: folder.path(of: "a"), encoding: .utf8) == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }

    @Test("A symbolic link stays one; the file that it names is written")
    func link() throws {
        let folder = try TemporaryDirectory()
        try folder.write("old", to: "a")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(of: "b"), withDestinationPath: folder.path(of: "a"))
        try Self.write(3, to: folder.path(of: "b"), batchSize: 1)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.path(of: "b"))
                == folder.path(of: "a"))
        #expect(
            try String(contentsOfFile: folder.path(of: "a"), encoding: .utf8).hasPrefix("*3\r\n$3\r\nSET\r\n")
        )
    }

    @Test("A folder that is not there and a full device are told apart")
    func faults() throws {
        let missing = #expect(throws: RESPFileError.self) {
            try Self.write(1, to: "/nonexistent/a", batchSize: 1)
        }
        #expect(missing?.code == .cannotCreate)
        let full = #expect(throws: RESPFileError.self) { try Self.write(1, to: "/dev/full", batchSize: 1) }
        #expect(full?.code == .inputOutput)
        try Self.write(1, to: "/dev/null", batchSize: 1)
    }
}
