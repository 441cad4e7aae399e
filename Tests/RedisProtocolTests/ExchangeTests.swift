import Testing

@testable import RedisProtocol

/// The event loop, with connections in memory and a clock that only it moves.
struct ExchangeTests {
    private let network = MemoryNetwork()

    private func exchange(_ change: (inout Exchange.Policy) -> Void = { _ in }) -> Exchange {
        var policy = Exchange.Policy(replyTimeout: .seconds(30))
        policy.clock = network.clock
        change(&policy)
        return Exchange(policy)
    }

    private static let ping = RedisCommand("PING")
    private static let get = RedisCommand("GET", key: "a")

    @Test(
        "Replies come in the order of the commands, however few bytes are written at a time",
        arguments: [1, 7, .max])
    func partialWrites(room: Int) throws {
        let transport = network.connect { transport, _ in
            if transport.text == "*1\r\n$4\r\nPING\r\n*2\r\n$3\r\nGET\r\n$1\r\na\r\n" {
                for part in ["+PO", "NG\r\n$2\r\nx", "y\r\n"] { transport.arrive(.bytes(part)) }
            }
        }
        transport.room = room
        let replies = try exchange().call([Self.ping, Self.get], over: RedisConnection(over: transport))
        #expect(replies == [.simpleString("PONG"), .bulkString(Array("xy".utf8))])
    }

    @Test("A full connection is waited for, and bytes that were added meanwhile follow in order")
    func outputOrder() throws {
        let transport = network.connect()
        transport.room = 50_000
        let connection = try RedisConnection(over: transport)
        var client = Sender(connection, count: 400)
        try exchange().run(&client)
        #expect(transport.text == (0..<400).map { Sender.text($0) }.joined())
    }

    @Test("Without a reply it ends when the time is over, naming the command; bytes are no reply")
    func timeout() throws {
        let transport = network.connect()
        transport.arrive(.bytes("+PONG\r\n"), after: .seconds(20))
        transport.arrive(.bytes("$100\r\n"), after: .seconds(21))
        for second in 22..<80 { transport.arrive(.bytes("x"), after: .seconds(second)) }
        let start = network.now
        let connection = try RedisConnection(over: transport)
        var client = Asking(connection, [Self.ping, Self.get])
        let failure = #expect(throws: RedisError.self) { try exchange().run(&client) }
        #expect(failure?.message == "no reply to GET within 30 s")
        #expect(client.replies == [.simpleString("PONG")])
        #expect(network.now == start + .seconds(50))
        let silent = try RedisConnection(over: network.connect())
        let late = #expect(throws: RedisError.self) { try exchange().call([Self.get], over: silent) }
        #expect(late?.code == .timeout)
        #expect(late?.message == "no reply to GET within 30 s")
        #expect(network.now == start + .seconds(80))
    }

    @Test("Each reply begins the time anew, but not the total")
    func progress() throws {
        let start = network.now
        func asking() throws -> Asking {
            let transport = network.connect()
            for number in 1...3 { transport.arrive(.bytes(":1\r\n"), after: .seconds(20 * number)) }
            return Asking(try RedisConnection(over: transport), [Self.get, Self.get, Self.get])
        }
        var patient = try asking()
        try exchange().run(&patient)
        #expect(patient.replies.count == 3)
        #expect(network.now == start + .seconds(60))
        var limited = try asking()
        let failure = #expect(throws: RedisError.self) {
            try exchange().run(&limited, within: .seconds(50))
        }
        #expect(failure?.message == "no reply to GET within 50 s")
        #expect(limited.replies.count == 2)
        #expect(network.now == start + .seconds(110))
    }

    @Test("The heartbeat comes at least once a second, and its failure ends the exchange")
    func heartbeat() throws {
        let transport = network.connect()
        transport.arrive(.bytes("+PONG\r\n"), after: .seconds(10))
        var beats: [ContinuousClock.Instant] = []
        let lost = RedisError(.lockLost, "lost")
        let start = network.now
        let network = network
        let exchange = exchange {
            $0.heartbeat = { () throws(RedisError) in
                beats.append(network.now)
                if network.now >= start + .seconds(15) { throw lost }
            }
        }
        let connection = try RedisConnection(over: transport)
        _ = try exchange.call([Self.ping], over: connection)
        #expect(beats.count >= 10)
        #expect(zip(beats, beats.dropFirst()).allSatisfy { $1 - $0 <= .seconds(1) })
        #expect(throws: lost) { try exchange.call([Self.ping], over: connection) }
        #expect(network.now == start + .seconds(15))
    }

    @Test("A run that is to end waits no longer, unless the command must not be left half done")
    func cancellation() throws {
        let transport = network.connect()
        transport.arrive(.bytes("+PONG\r\n"), after: .seconds(10))
        let start = network.now
        network.end = start + .seconds(3)
        let exchange = exchange { $0.cancellation = network.cancellation }
        let connection = try RedisConnection(over: transport)
        let failure = #expect(throws: RedisError.self) { try exchange.call([Self.ping], over: connection) }
        #expect(failure?.code == .interrupted)
        #expect(network.now == start + .seconds(3))
        var answer = Asking(connection, [Self.ping], isSent: true)
        try Exchange(exchange.policy.uninterrupted).run(&answer)
        #expect(answer.replies == [.simpleString("PONG")])
        #expect(network.now == start + .seconds(10))
    }

    @Test("The last words of a server that hangs up are the failure", arguments: [true, false])
    func lastWords(failsToWrite: Bool) throws {
        let transport = network.connect()
        if failsToWrite { transport.writeFailure = "Broken pipe" }
        transport.arrive(.bytes("-ERR max number of clients reached\r\n"))
        transport.arrive(.end)
        let failure = #expect(throws: RedisError.self) {
            try exchange().call([Self.ping, Self.get], over: RedisConnection(over: transport))
        }
        #expect(failure?.code == .tryLater)
        #expect(failure?.message == "ERR max number of clients reached")
        #expect(failure?.command == "PING")
    }

    @Test("Without last words the cause is named", arguments: [false, true])
    func lost(isReset: Bool) throws {
        let transport = network.connect()
        transport.arrive(isReset ? .failure("Connection reset by peer") : .end)
        let failure = #expect(throws: RedisError.self) {
            try exchange().call([Self.ping], over: RedisConnection(over: transport))
        }
        #expect(failure?.code == .connectionLost)
        let cause = isReset ? "Connection reset by peer" : "Server closed the connection"
        #expect(failure?.message == "connection lost: \(cause)")
    }

    @Test("More replies than commands end it")
    func outOfStep() throws {
        let transport = network.connect { transport, _ in transport.arrive(.bytes("+PONG\r\n+PONG\r\n")) }
        let failure = #expect(throws: RedisError.self) {
            try exchange().call([Self.ping], over: RedisConnection(over: transport))
        }
        #expect(failure?.message == RedisError.outOfStep.message)
    }

    @Test(
        "What does not speak the protocol is found at once",
        arguments: [
            ("HTTP/1.1 400\r\n", "got byte 0x48 'H'"), ("$600000000\r\n", "it begins like one"),
            ("+\u{1}", "it begins"),
        ])
    func notRedis(bytes: String, words: String) throws {
        let transport = network.connect { transport, _ in transport.arrive(.bytes(bytes)) }
        let start = network.now
        let failure = #expect(throws: RedisError.self) {
            try exchange().call([Self.ping], over: RedisConnection(over: transport))
        }
        #expect(failure?.code == .protocolViolation)
        #expect(failure?.message.contains(words) == true)
        #expect(network.now == start)
    }

    @Test("An error among the replies ends what is asked, and not what is called")
    func errors() throws {
        func connection() throws -> RedisConnection {
            try RedisConnection(
                over: network.connect { transport, _ in
                    transport.arrive(.bytes("+PONG\r\n-WRONGTYPE Operation against a key\r\n"))
                })
        }
        let replies = try exchange().call([Self.ping, Self.get], over: connection())
        #expect(replies[1] == .error("WRONGTYPE Operation against a key"))
        let failure = #expect(throws: RedisError.self) {
            try exchange().ask([Self.ping, Self.get], over: connection())
        }
        #expect(failure?.code == .configuration)
        #expect(failure?.command == "GET")
    }

    @Test("Of two connections the one that breaks is named, and the other goes on")
    func twoConnections() throws {
        let (first, second) = (network.connect(), network.connect())
        first.arrive(.end, after: .seconds(2))
        second.arrive(.bytes(":1\r\n"), after: .seconds(1))
        second.arrive(.bytes(":2\r\n"), after: .seconds(3))
        var pair = Pair(try [RedisConnection(over: first), RedisConnection(over: second)])
        let failure = #expect(throws: RedisError.self) { try exchange().run(&pair) }
        #expect(failure?.code == .connectionLost)
        #expect(pair.lost == 0)
        #expect(pair.replies == [.integer(1)])
        try exchange().run(&pair)
        #expect(pair.replies == [.integer(1), .integer(2)])
    }

    @Test("A client without a connection has lost it, and one that is done does not wait")
    func nothingToDo() throws {
        var alone = Pair([])
        let failure = #expect(throws: RedisError.self) { try exchange().run(&alone) }
        #expect(failure?.code == .connectionLost)
        let start = network.now
        var done = Asking(try RedisConnection(over: network.connect()), [])
        try exchange().run(&done)
        #expect(network.now == start)
    }
}

/// A client that sends commands at once.
private struct Asking: ExchangeClient {
    let connection: RedisConnection
    let commands: [RedisCommand]
    var isSent: Bool
    var replies: [RedisReply] = []

    init(_ connection: RedisConnection, _ commands: [RedisCommand], isSent: Bool = false) {
        self.connection = connection
        self.commands = commands
        self.isSent = isSent
    }

    var connections: [RedisConnection] { [connection] }
    var isAwaiting: Bool { isSent && !isDone }
    var isDone: Bool { replies.count == commands.count }
    var awaitedCommand: String { commands[replies.count].name }

    mutating func send() {
        if !isSent { for command in commands { connection.queue(command) } }
        isSent = true
    }

    mutating func receive(_ reply: RedisReply, from index: Int) { replies.append(reply) }
}

/// A client that sends so many commands, some at a time, and waits for none of the replies.
private struct Sender: ExchangeClient {
    let connection: RedisConnection
    let count: Int
    var next = 0

    init(_ connection: RedisConnection, count: Int) {
        self.connection = connection
        self.count = count
    }

    static func text(_ number: Int) -> String {
        String(decoding: command(number).bytes, as: UTF8.self)
    }

    private static func command(_ number: Int) -> RedisCommand {
        RedisCommand("SET", key: "\(number)", String(repeating: "x", count: 1000))
    }

    var connections: [RedisConnection] { [connection] }
    var isAwaiting: Bool { false }
    var isDone: Bool { next == count && connection.outputCount == 0 }
    var awaitedCommand: String { "SET" }

    mutating func send() {
        while next < count, connection.outputCount < 150_000 {
            connection.queue(Self.command(next))
            next += 1
        }
    }

    mutating func receive(_ reply: RedisReply, from index: Int) {}
}

/// A client of several connections that waits for one more reply.
private struct Pair: ExchangeClient {
    var connections: [RedisConnection]
    var replies: [RedisReply] = []
    var lost: Int?

    init(_ connections: [RedisConnection]) { self.connections = connections }

    var isAwaiting: Bool { true }
    var isDone: Bool { replies.count == 2 }
    var awaitedCommand: String { "GET" }

    mutating func send() {}
    mutating func receive(_ reply: RedisReply, from index: Int) { replies.append(reply) }
    mutating func lose(_ index: Int) {
        lost = index
        connections.remove(at: index)
    }
}
