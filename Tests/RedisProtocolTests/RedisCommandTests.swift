import Testing

@testable import RedisProtocol

/// Commands in the protocol, and the keys that they touch.
struct RedisCommandTests {
    private func keys(_ command: RedisCommand) -> [String] {
        command.keys.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("A command is an array of strings with their lengths, whatever they hold")
    func encoding() {
        let command = RedisCommand("SET", key: "a\r\nb", "$5\r\n", "")
        #expect(
            String(decoding: command.bytes, as: UTF8.self)
                == "*4\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$4\r\n$5\r\n\r\n$0\r\n\r\n")
        #expect(command.name == "SET")
        #expect(String(decoding: RedisCommand("PING").bytes, as: UTF8.self) == "*1\r\n$4\r\nPING\r\n")
    }

    @Test("Its keys are known, and nothing else is taken for one")
    func keyPositions() {
        #expect(keys(RedisCommand("PING", "text")) == [])
        #expect(keys(RedisCommand("HGET", key: "h", "field")) == ["h"])
        #expect(keys(RedisCommand("EXISTS", keys: ["a", "", "$1\r\nb\r\n"])) == ["a", "", "$1\r\nb\r\n"])
        let pairs = (0..<3).map { (key: Array("k\($0)".utf8), value: Array("v\($0)".utf8)) }
        #expect(keys(RedisCommand("MSET", pairs: pairs)) == ["k0", "k1", "k2"])
        let script = RedisCommand("EVAL", arguments: ["text", "2", "a", "b", "x"].map { Array($0.utf8) })
        let located = RedisCommand("EVAL", encoded: script.bytes, keys: .from(3, count: 2))
        #expect(keys(located) == ["a", "b"])
    }
}
