import Foundation
import GraphSync
import RedisStore
import SystemSupport
import TestSupport
import Testing
import UCG

struct RESPFileTests {
    private static func write(_ count: Int, to path: String, batchSize: Int, finish: Bool = true) throws {
        let time = try #require(Timestamp(secondsSince1970: 0))
        var file = try RESPFile(
            ResultFile(path: path), keyPrefix: "p:", stamp: WriteStamp(time: time, author: "system"),
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
}
