import RedisProtocol
import Testing
import UCG

@testable import GraphSync
@testable import RedisStore

/// What the replies say that graph keys hold, and which commands bring them up to date.
struct GraphLookTests {
    private static let id = EntityName.id(.theme, "a")
    private static let other = EntityName.id(.theme, "b")
    private static let name = GraphSlot.name(.theme, Array("a".utf8))
    private static let association = GraphValue.Association(
        id: id, parent: nil, child: other, type: Array("contains".utf8), weight: "-1")

    private func finding(_ entry: GraphEntry, _ reply: RedisReply) throws -> GraphLook.Finding {
        try GraphLook(for: entry, GraphKeyNames(prefix: "")).finding(reply)
    }

    @Test("A name holds what it should, another id, something else, or nothing")
    func names() throws {
        let entry = GraphEntry(Self.name, .id(Self.id))
        #expect(try finding(entry, .bulkString(Self.id.text)) == .asWanted)
        #expect(try finding(entry, .bulkString(Self.other.text)) == .other(Self.other))
        #expect(try finding(entry, .bulkString([1])) == .different)
        #expect(try finding(entry, .null) == .absent)
        #expect(try finding(entry, .error("WRONGTYPE no string")) == .wrongType)
        #expect(throws: RedisError.self) { try finding(entry, .integer(1)) }
        #expect(throws: RedisError.self) { try finding(entry, .error("NOPERM no")) }
    }

    @Test("A weight is a number, however it is written")
    func weights() throws {
        let entry = GraphEntry(.child(Self.id, of: Self.other), .weight("1.50"))
        #expect(try finding(entry, .bulkString(Array("1.5".utf8))) == .asWanted)
        #expect(try finding(entry, .bulkString(Array("2".utf8))) == .different)
        #expect(try finding(entry, .null) == .absent)
    }

    @Test("A path is compared field by field")
    func paths() throws {
        let entry = GraphEntry(.path(Array("a.b".utf8)), .association(Self.association))
        func reply(_ id: EntityID?, weight: String) -> RedisReply {
            .array([
                id.map { .bulkString($0.text) } ?? .null, .bulkString([]), .bulkString(Self.other.text),
                .bulkString(Array("contains".utf8)), .bulkString(Array(weight.utf8)),
            ])
        }
        #expect(try finding(entry, reply(Self.id, weight: "-1")) == .asWanted)
        #expect(try finding(entry, reply(Self.id, weight: "1")) == .different)
        #expect(try finding(entry, reply(Self.other, weight: "-1")) == .other(Self.other))
        #expect(try finding(entry, .array([.null, .null, .null, .null, .null])) == .absent)
    }

    @Test("Removals come first, and what is said of one key is one command")
    func commands() {
        var commands = GraphCommands(GraphKeyNames(prefix: "p:"))
        let old = [
            GraphEntry(.type(.theme, Self.id)), GraphEntry(.type(.theme, Self.other)),
            GraphEntry(Self.name, .id(Self.id)),
        ]
        let new = [
            GraphEntry(.child(Self.id, of: Self.other), .weight("1")),
            GraphEntry(.child(Self.other, of: Self.other), .weight("2")),
            GraphEntry(.path(Array("a.b".utf8)), .association(Self.association)),
        ]
        commands.append(GraphChange(from: [], to: new))
        commands.append(GraphChange(from: old, to: []))
        let texts = commands.all.map { command in
            ([Array(command.name.utf8), command.key] + command.arguments)
                .map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
        }
        #expect(
            texts == [
                "SREM p:type_index:theme \(Self.id) \(Self.other)", "DEL p:semantic:theme:a",
                "ZADD p:children:\(Self.other) 1 \(Self.id) 2 \(Self.other)",
                "HSET p:assoc:a.b id \(Self.id) parent_id  child_id \(Self.other) type contains weight -1",
            ])
    }

    @Test("No command has more arguments than a script can pass on")
    func bounded() {
        var commands = GraphCommands(GraphKeyNames(prefix: ""))
        for number in 0..<5000 {
            let id = EntityName.id(.theme, "t\(number)")
            commands.append(GraphChange(from: [], to: [GraphEntry(.child(id, of: Self.id), .weight("0"))]))
        }
        #expect(commands.all.count == 10)
        #expect(commands.all.allSatisfy { $0.arguments.count <= 1001 })
        #expect(commands.all.reduce(0) { $0 + $1.arguments.count } == 10_000)
    }
}
