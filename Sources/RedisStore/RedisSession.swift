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

    /// Connects, logs in, chooses the database and looks at the server, all in one round trip.
    ///
    /// - Throws: If the server cannot be reached, does not let this user in, or is none.
    func open() throws(RedisError) -> Opened {
        let deadline = ContinuousClock.now + options.connectTimeout
        var connection = try RedisConnection.open(
            address, within: options.connectTimeout, interruption: options.interruption)
        let questions = self.questions
        let replies: [RedisReply]
        do throws(RedisError) {
            replies = try connection.call(
                questions.map(\.command), name: "PING", within: max(.milliseconds(1), deadline - .now))
        } catch {
            throw explain(error)
        }
        var survey = ServerSurvey(address: address, options)
        for (question, reply) in zip(questions, replies) { try survey.enter(question, reply) }
        return Opened(connection: connection, survey: survey)
    }

    /// Opens the first connection: again and again within `wait` if nobody answers, and within `retryFor` if
    /// the server says that it is not ready.
    func openFirst() throws(RedisError) -> Opened {
        var waiting = RedisRetry(limit: options.wait)
        var delayed = RedisRetry(limit: max(options.wait, options.retryFor))
        while true {
            let failure: RedisError
            var pause: Duration?
            do throws(RedisError) {
                let opened = try open()
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
            try RedisRetry.sleep(pause, options.interruption)
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
            /// Whether the user may run this command on entities of this type.
            case right(String, EntityType)
        }

        let purpose: Purpose
        let command: [UInt8]
    }

    private var questions: [Question] {
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
        guard options.checksServer else { return questions }
        questions.append(Question(purpose: .information, command: Self.information))
        let user = address.user ?? "default"
        for type in [EntityType.snippet, .theme, .association, .translation] {
            let key = EntityKey(prefix: keyPrefix, type: type, id: .namespace).description
            questions.append(
                Question(
                    purpose: .right("SET", type), command: .command("ACL", "DRYRUN", user, "SET", key, "")))
        }
        return questions
    }

    /// Makes sure that replies were in step up to the last one, and that the server is the one it was.
    ///
    /// - Throws: ``RedisError/Code/incomplete`` if entities may have been lost meanwhile.
    func confirm(_ connection: inout RedisConnection, since epoch: ServerState.Epoch?) throws(RedisError) {
        let token = "reed-import \(UInt64.random(in: .min ... .max))"
        var commands: [[UInt8]] = [.command("ECHO", token)]
        if epoch != nil { commands.append(Self.information) }
        let replies = try connection.call(commands, name: "ECHO", within: options.replyTimeout)
        if case .error(let text) = replies[0] { throw ServerError(text).asFailure }
        guard replies[0] == .text(Array(token.utf8)) else {
            throw RedisError(.protocolViolation, "replies out of step at the end marker")
        }
        guard let epoch else { return }
        guard case .text(let info) = replies[1] else {
            if case .error(let text) = replies[1] { throw ServerError(text).asFailure }
            throw RedisError(.protocolViolation, "an unexpected reply to INFO")
        }
        try Self.compare(epoch, ServerState(info: info).epoch)
    }

    private static let information: [UInt8] = .command("INFO", "all")

    /// Says what happened between two looks at the server, if anything did.
    private static func compare(
        _ before: ServerState.Epoch, _ now: ServerState.Epoch
    ) throws(RedisError) {
        if now == before { return }
        if now.runID != before.runID { throw restarted }
        let advice = "run again"
        if now.evicted < before.evicted || now.flushes < before.flushes {
            throw RedisError(
                .incomplete,
                "the server's statistics were reset during the import, so nobody can tell what it lost",
                advice: advice)
        }
        if now.flushes > before.flushes {
            throw RedisError(.incomplete, "the database was flushed during the import", advice: advice)
        }
        throw RedisError(
            .incomplete, "\(now.evicted - before.evicted) keys evicted during the import",
            advice: "raise maxmemory and run again")
    }

    /// The server is not the one that confirmed what was written before.
    static let restarted = RedisError(.restarted, "server restarted (run_id changed)", advice: "run again")
}
