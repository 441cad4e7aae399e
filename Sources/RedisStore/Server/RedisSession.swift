import GraphSync
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

    /// The same, but patient for no longer than `limit`, and deaf to interruptions.
    func hurried(_ limit: Duration) -> RedisSession {
        var hurried = options
        hurried.connectTimeout = min(limit, options.connectTimeout)
        hurried.replyTimeout = min(limit, options.replyTimeout)
        hurried.wait = .zero
        hurried.retryFor = .zero
        hurried.interruption = nil
        hurried.onNote = { _ in }
        return RedisSession(address, keyPrefix: keyPrefix, hurried)
    }

    /// A connection that is ready for use, and what was seen while it was made.
    struct Opened: ~Copyable {
        var connection: RedisConnection
        let survey: ServerSurvey
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
    /// - Throws: If the server cannot be reached, does not let this user in, or is none.
    func open(_ look: Look = .briefly) throws(RedisError) -> Opened {
        let deadline = ContinuousClock.now + options.connectTimeout
        var connection = try RedisConnection.open(
            address, within: options.connectTimeout, interruption: options.interruption)
        let replies: [RedisReply]
        do throws(RedisError) {
            replies = try connection.call(
                greeting.map(\.command), name: "PING", within: max(.milliseconds(1), deadline - .now))
        } catch {
            throw explain(error)
        }
        var survey = ServerSurvey(address: address, options)
        for (question, reply) in zip(greeting, replies) { try survey.enter(question, reply) }
        // Only now: a server hangs up on a user who has not logged in and sends long commands.
        if look != .briefly, survey.delay == nil, survey.readingFailure == nil {
            let replies = try connection.call(
                requirements.map(\.command), name: "COMMAND INFO", within: options.replyTimeout)
            for (question, reply) in zip(requirements, replies) { try survey.enter(question, reply) }
        }
        // Else the commands to come would go to another database, or be another user's.
        if look != .anyway, survey.delay == nil, let failure = survey.readingFailure { throw failure }
        return Opened(connection: connection, survey: survey)
    }

    /// Opens the first connection: again and again within `wait` if nobody answers, and within `retryFor` if
    /// the server says that it is not ready.
    func openFirst(_ look: Look = .briefly) throws(RedisError) -> Opened {
        var waiting = RedisRetry(limit: options.wait, options.clock)
        var delayed = RedisRetry(limit: max(options.wait, options.retryFor), options.clock)
        while true {
            let failure: RedisError
            var pause: Duration?
            do throws(RedisError) {
                let opened = try open(look)
                guard let delay = opened.survey.delay else { return opened }
                failure = delay
                if !delayed.isFailing {
                    options.onNote("\(delay.message); waiting up to \(delayed.limit.text)")
                }
                pause = delayed.pause()
            } catch {
                failure = error
                if !waiting.isFailing, waiting.limit > .zero, error.isOfConnection {
                    options.onNote("\(error.message); waiting up to \(waiting.limit.text)")
                }
                pause = error.isOfConnection ? waiting.pause() : nil
            }
            guard let pause else { throw failure }
            try options.clock.sleep(pause, unless: options.interruption)
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
        let command: [UInt8]
    }

    private var greeting: [Question] {
        var questions: [Question] = []
        if let password = address.password {
            let command: [UInt8] =
                if let user = address.user { .command("AUTH", user, password) } else {
                    .command("AUTH", password)
                }
            questions.append(Question(purpose: .authentication, command: command))
        }
        questions.append(Question(purpose: .presence, command: .command("PING")))
        if address.database != 0 {
            questions.append(
                Question(purpose: .database, command: .command("SELECT", String(address.database))))
        }
        questions.append(Question(purpose: .name, command: .command("CLIENT", "SETNAME", "reed-import")))
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
            let types: [EntityType] = requirement.command == "SET" ? RedisSession.types : [.snippet]
            for type in types {
                questions.append(
                    Question(
                        purpose: .right(requirement),
                        command: requirement.dryRun(user: user, entity: key(type), record: record)))
            }
        }
        questions.append(Question(purpose: .end, command: .command("PING")))
        return questions
    }

    private static let types: [EntityType] = [.snippet, .theme, .association, .translation]

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
        _ connection: inout RedisConnection, since epoch: ServerEpoch?, _ record: Record?
    ) throws(RedisError) {
        let token = "reed-import \(UInt64.random(in: .min ... .max))"
        var commands: [[UInt8]] = []
        switch record {
        case .lock(let key, _): commands.append(.command("GET", key))
        case .run(let key, _): commands.append(.command("HGET", key, "run"))
        case nil: break
        }
        if epoch != nil { commands.append(Self.information) }
        // Its argument comes back, so that it can be told from every other reply.
        commands.append(.command("PING", token))
        let replies = try connection.call(commands, name: "PING", within: options.replyTimeout)
        for case .error(let text) in replies { throw ServerError(text).asFailure }
        guard replies.last == .text(Array(token.utf8)) else {
            throw RedisError(.protocolViolation, "replies out of step at the end marker")
        }
        if let epoch {
            guard case .text(let info) = replies[replies.count - 2] else {
                throw RedisError(.protocolViolation, "an unexpected reply to INFO")
            }
            try ServerState(info: info).epoch.check(against: epoch)
        }
        switch record {
        case .lock(_, let value): guard replies[0] == .text(value) else { throw ImportLock.lost }
        case .run(_, let run):
            guard replies[0] == .text(Array(run.utf8)) else {
                throw RedisError(
                    .restarted, "the record of this import is gone, so the entities may be too",
                    advice: "run again")
            }
        case nil: break
        }
    }

    private static let information: [UInt8] = .command("INFO", "all")
}
