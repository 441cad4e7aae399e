import GraphSync
import RedisProtocol
import SystemSupport
import UCG

/// A server as this user sees it: logging in, the look before the first write, and the look after the last.
struct RedisSession {
    private let address: RedisAddress
    private let keyPrefix: String
    private let options: RedisOptions

    init(_ address: RedisAddress, keyPrefix: String, _ options: RedisOptions) {
        self.address = address
        self.keyPrefix = keyPrefix
        self.options = options
    }

    /// A copy with shorter time-outs that ignores cancellation.
    func hurried(_ limit: Duration) -> RedisSession {
        var hurried = options
        hurried.connectTimeout = min(limit, options.connectTimeout)
        hurried.replyTimeout = min(limit, options.replyTimeout)
        hurried.wait = .zero
        hurried.retryFor = .zero
        hurried.cancellation = .never
        hurried.onNote = { _ in }
        return RedisSession(address, keyPrefix: keyPrefix, hurried)
    }

    /// A connection that is ready for use, and what was seen while it was made.
    struct Opened {
        let connection: RedisConnection
        let check: ServerCheck
    }

    /// What is looked at when a connection is opened, and what fails it.
    enum Look {
        /// Everything; whatever is found is for the caller to judge.
        case anyway
        /// Everything; what prevents reading is a failure.
        case fully
        /// Who the server is; what prevents reading is a failure.
        case briefly
    }

    /// Connects, logs in, chooses the database and looks at the server, in one round trip, or in two if fully.
    ///
    /// - Throws: If the server cannot be reached, does not let this user in, or is not Redis.
    func open(_ look: Look = .briefly) throws(RedisError) -> Opened {
        let deadline = ContinuousClock.now + options.connectTimeout
        let connection = try RedisConnection.open(
            address, within: options.connectTimeout, unless: options.cancellation)
        let exchange = Exchange(options.policy)
        let replies: [RedisReply]
        do throws(RedisError) {
            replies = try exchange.call(
                greeting.map(\.command), over: connection, within: max(.milliseconds(1), deadline - .now))
        } catch {
            throw explain(error)
        }
        var check = ServerCheck(address: address, options)
        for (question, reply) in zip(greeting, replies) { try check.receive(question, reply) }
        // Only now: a server hangs up on a user who has not logged in and sends long commands.
        if look != .briefly, check.delay == nil, check.readingFailure == nil {
            let replies = try exchange.call(requirements.map(\.command), over: connection)
            for (question, reply) in zip(requirements, replies) { try check.receive(question, reply) }
        }
        // Else the commands to come would go to another database, or be another user's.
        if look != .anyway, check.delay == nil, let failure = check.readingFailure { throw failure }
        return Opened(connection: connection, check: check)
    }

    /// Opens the first connection: again and again within `wait` if there is no answer, and within `retryFor` if
    /// the server says that it is not ready.
    func openFirst(_ look: Look = .briefly) throws(RedisError) -> Opened {
        let reconnection = Reconnection(
            waiting: options.wait, delay: options.retryFor, options.clock, unless: options.cancellation,
            onNote: options.onNote)
        return try reconnection.run { () throws(RedisError) in
            let opened = try open(look)
            if let delay = opened.check.delay { throw delay }
            return opened
        }
    }

    private func explain(_ error: RedisError) -> RedisError {
        switch error.code {
        case .timeout:
            RedisError(
                .timeout, "no reply to PING within \(options.connectTimeout.text)",
                advice: "is this a Redis server?")
        case .connectionLost:
            RedisError(
                .connectionLost, "\(error.message) before the first reply",
                advice: "does the server want TLS?")
        default: error
        }
    }

    /// One command of the greeting, and what its reply is for.
    struct Question {
        enum Purpose {
            case authentication, presence, database, name, information
            /// Which of the commands that are needed there are.
            case commands
            /// Whether the user may run a command.
            case right(ServerRequirement)
            /// The end of the questions about rights.
            case end
        }

        let purpose: Purpose
        let command: RedisCommand
    }

    private var greeting: [Question] {
        var questions: [Question] = []
        if let password = address.password {
            let command =
                if let user = address.user { RedisCommand("AUTH", user, password) } else {
                    RedisCommand("AUTH", password)
                }
            questions.append(Question(purpose: .authentication, command: command))
        }
        questions.append(Question(purpose: .presence, command: RedisCommand("PING")))
        if address.database != 0 {
            questions.append(
                Question(purpose: .database, command: RedisCommand("SELECT", String(address.database))))
        }
        questions.append(Question(purpose: .name, command: RedisCommand("CLIENT", "SETNAME", "reed-import")))
        if options.checksServer {
            questions.append(Question(purpose: .information, command: Self.information))
        }
        return questions
    }

    /// The questions about commands and rights, by the one table of them.
    private var requirements: [Question] {
        guard options.checksServer else { return [] }
        var questions = [Question(purpose: .commands, command: ServerRequirement.existence)]
        let user = address.user ?? "default"
        let record = ImportSource(keyPrefix: keyPrefix).lastKey
        func key(_ type: EntityType) -> String {
            EntityKey(prefix: keyPrefix, type: type, id: .namespace).description
        }
        for requirement in ServerRequirement.all {
            // The right to each command on one type's keys, and to SET on every type's.
            let isSet = requirement.command == "SET" && requirement.use == .writing
            let types: [EntityType] = isSet ? EntityType.builtIn : [.snippet]
            for type in types {
                questions.append(
                    Question(
                        purpose: .right(requirement),
                        command: requirement.dryRun(
                            user: user, entity: key(type), record: record, keyPrefix: keyPrefix)))
            }
        }
        questions.append(Question(purpose: .end, command: RedisCommand("PING")))
        return questions
    }

    /// Something that this run has written, by which the last round trip sees that it is still there.
    enum Record {
        /// The lock.
        case lock(key: String, value: [UInt8])
        /// The run, as the record of the last import has it.
        case run(key: String, run: String)
    }

    /// Makes sure that replies were in step up to the last one, that the server is the one it was, and that it has what
    /// this run has written.
    ///
    /// - Throws: ``RedisError/Code/incomplete`` if entities were lost meanwhile, ``RedisError/Code/restarted`` if they may
    ///   have been, ``RedisError/Code/lockLost``.
    func confirm(
        _ connection: RedisConnection, since epoch: ServerEpoch?, _ record: Record?
    ) throws(RedisError) {
        let token = "reed-import \(UInt64.random(in: .min ... .max))"
        var commands: [RedisCommand] = []
        switch record {
        case .lock(let key, _): commands.append(RedisCommand("GET", key: key))
        case .run(let key, _): commands.append(RedisCommand("HGET", key: key, "run"))
        case nil: break
        }
        if epoch != nil { commands.append(Self.information) }
        // Its argument comes back, so that it can be told from every other reply.
        commands.append(RedisCommand("PING", token))
        let replies = try Exchange(options.policy).ask(commands, over: connection)
        guard replies.last == .bulkString(Array(token.utf8)) else {
            throw RedisError(.protocolViolation, "replies out of step at the end marker")
        }
        if let epoch {
            guard case .bulkString(let info) = replies[replies.count - 2] else {
                throw RedisError.unexpectedReply(to: "INFO")
            }
            try ServerState(info: info).epoch.check(against: epoch)
        }
        switch record {
        case .lock(_, let value): guard replies[0] == .bulkString(value) else { throw ImportLock.lost }
        case .run(_, let run):
            guard replies[0] == .bulkString(Array(run.utf8)) else {
                throw RedisError(
                    .restarted, "the record of this import is gone, so the entities may be too",
                    advice: "run again")
            }
        case nil: break
        }
    }

    private static let information = RedisCommand("INFO", "all")
}
