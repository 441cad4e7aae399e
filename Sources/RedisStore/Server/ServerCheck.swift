package import RedisProtocol

/// The result of looking at a server: whether it can be read and written to, and what the user should know.
///
///     for finding in sync.check.findings { print(finding) }
///     if let failure = sync.check.failure { throw failure }
package struct ServerCheck {
    /// One thing that was looked at.
    package struct Finding: Sendable {
        /// What follows from what was seen.
        package enum Verdict: Sendable {
            /// It is as an import needs it.
            case fine
            /// An import goes through all the same, but it is worth a thought.
            case warning
            /// The server does not say, or not to this user.
            case unknown
            /// Nothing can be written; reading may go through.
            case preventsWriting(RedisError)
            /// Nothing can be read either.
            case preventsReading(RedisError)
        }

        /// What was looked at, in a word or two.
        package let subject: String
        /// What was seen.
        package let text: String
        /// What follows from it.
        package let verdict: Verdict

        /// Why an import cannot go through; `nil` if it can.
        package var failure: RedisError? {
            switch verdict {
            case .preventsWriting(let error), .preventsReading(let error): error
            case .fine, .warning, .unknown: nil
            }
        }
    }

    /// What was looked at, in the order in which it matters.
    package private(set) var findings: [Finding] = []
    var state: ServerState?
    /// Why the server takes nothing at the moment.
    private var notReady: ServerError?
    /// Commands that the server, or this user, does without.
    private var missingCommands: Set<String> = []
    /// Why graph keys cannot be written; `nil` if nothing is known to be in the way.
    private(set) var graphKeyFailure: RedisError?
    /// What the server does not say, so that it is unknown whether it kept what was written.
    private(set) var doubts: [String] = []
    /// The number of the user's rights that the server has told.
    private var rightCount = 0
    private let address: RedisAddress
    let options: RedisOptions

    init(address: RedisAddress, _ options: RedisOptions) {
        self.address = address
        self.options = options
    }

    /// Connects to a server, logs in and looks at it, without writing anything.
    ///
    /// - Parameter keyPrefix: What the keys would begin with.
    /// - Throws: If the server cannot be reached, or is not Redis.
    package static func run(
        of address: RedisAddress, keyPrefix: String, options: RedisOptions
    ) throws(RedisError) -> ServerCheck {
        try RedisSession(address, keyPrefix: keyPrefix, options).openFirst(.anyway).check
    }

    /// The command that gives a user all rights that an import needs, and no other.
    ///
    /// - Parameters:
    ///   - user: The user's name.
    ///   - keyPrefix: What every key begins with.
    package static func aclCommand(user: String, keyPrefix: String) -> String {
        ServerRequirement.aclCommand(user: user, keyPrefix: keyPrefix)
    }

    /// Why nothing can be written; the first reason.
    package var failure: RedisError? { findings.lazy.compactMap(\.failure).first }

    /// Why nothing can be read; the first reason.
    var readingFailure: RedisError? {
        findings.lazy.compactMap { finding in
            if case .preventsReading(let error) = finding.verdict { error } else { nil }
        }.first
    }

    /// Why nothing can be written at the moment, though it may pass.
    var delay: RedisError? {
        guard let error = notReady?.failure(of: "PING") else { return nil }
        guard let loaded = state?.loaded else { return error }
        var failure = error
        failure.message = "LOADING server is loading (\(loaded))"
        return failure
    }

    /// Whether each entity has to be sent for itself.
    var sendsSingly: Bool { !missingCommands.isDisjoint(with: ["MSET", "MSETNX"]) }

    mutating func add(
        _ subject: String, saying text: String, _ verdict: Finding.Verdict = .fine
    ) {
        findings.append(Finding(subject: subject, text: text, verdict: verdict))
    }

    /// Adds what the server keeps to itself, and what that leads to.
    mutating func doubt(_ subject: String, lacking member: String, so consequence: String) {
        let text = "the server does not say (\(member)): \(consequence)"
        add(subject, saying: text, .unknown)
        doubts.append("\(subject): \(text)")
    }

    // MARK: - Replies

    /// Takes the reply to one of the questions.
    ///
    /// - Throws: If what answers is no Redis.
    mutating func receive(_ question: RedisSession.Question, _ reply: RedisReply) throws(RedisError) {
        switch (question.purpose, reply) {
        case (.authentication, .ok): add("login", saying: address.user.map { "as \($0)" } ?? "by password")
        case (.authentication, .error(let text)): refuseLogin(ServerError(text))
        case (.presence, .simpleString("PONG")): add("reply", saying: "answers PING")
        case (.presence, .error(let text)):
            let error = ServerError(text)
            if case .delay = error.effect { notReady = error }
            add("reply", saying: error.words, .preventsReading(error.failure(of: "PING")))
        case (.database, .ok): add("database", saying: "\(address.database)")
        case (.database, .error(let text)):
            let error = ServerError(text)
            add("database", saying: error.words, .preventsReading(error.failure(of: "SELECT")))
        case (.name, .ok), (.name, .error): break  // without a name it works as well
        case (.information, .bulkString(let info)):
            let state = ServerState(info: info)
            guard state.isPlausible else {
                throw RedisError(
                    .protocolViolation, "the reply to INFO says nothing", advice: "is this a Redis server?")
            }
            inspect(state)
        case (.information, .error(let text)): refuseInformation(ServerError(text))
        case (.commands, .array(let replies)) where replies.count == ServerRequirement.commands.count:
            inspectCommands(replies)
        case (.commands, .error(let text)):
            add("commands", saying: "the server does not say (\(ServerError(text).words))", .unknown)
        case (.right, .ok): rightCount += 1
        case (.right(let requirement), .bulkString(let words)):
            reportMissingRight(requirement, String(decoding: words, as: UTF8.self))
        case (.right, .error): break  // an older server, a user who may not ask, or a command that is missing
        case (.end, .ok), (.end, .error), (.end, .simpleString): endRights()
        default: throw RedisError.unexpectedReply(to: question.command.name)
        }
    }

    private mutating func refuseLogin(_ error: ServerError) {
        var failure = error.failure(of: "AUTH")
        if let last = address.password?.last, last.isWhitespace {
            failure.advice = "the password ends with white space; " + (failure.advice ?? "check the password")
        }
        add("login", saying: error.words, .preventsReading(failure))
    }

    private mutating func refuseInformation(_ error: ServerError) {
        var failure = error.failure(of: "INFO")
        if case .delay = error.effect { return add("state", saying: error.words, .preventsWriting(failure)) }
        if case .missingRight = error.effect {
            failure.message = "INFO not permitted, cannot check eviction and restarts"
            failure.advice = "grant the user +info, or do without"
            failure.setting = .serverCheck
        } else if failure.code == .configuration {
            failure.advice =
                "without INFO restarts, flushes and evictions go unnoticed, which can be accepted"
            failure.setting = .serverCheck
        }
        add("state", saying: failure.message, .preventsWriting(failure))
    }

    private mutating func inspectCommands(_ replies: ReplyList) {
        let absent = replies.indices.filter { replies.isNull(at: $0) }.map { ServerRequirement.commands[$0] }
        missingCommands = Set(absent)
        let missing = ServerRequirement.all.filter { missingCommands.contains($0.command) }
        let needed = missing.filter {
            $0.use != .largeTransactions && $0.use != .graphKeys
                && !($0.use == .batching && options.batchSize == 1)
        }
        if needed.isEmpty {
            add("commands", saying: "has all that an import needs")
        } else {
            let names = needed.map { "\($0.command) (\($0.purpose))" }.joined(separator: ", ")
            let failure = RedisError(
                .configuration, "the server lacks \(names)",
                advice: "a proxy or rename-command may hide it; connect to the server itself")
            let isForReading = needed.contains { $0.use == .reading }
            add(
                "commands", saying: failure.message,
                isForReading ? .preventsReading(failure) : .preventsWriting(failure))
        }
        for requirement in missing where requirement.use == .batching && options.batchSize == 1 {
            add("commands", saying: "lacks \(requirement.command): each entity is sent for itself", .warning)
        }
        if let first = missing.first(where: { $0.use == .graphKeys }) {
            let failure = RedisError(
                .configuration, "the server lacks \(first.command) (\(first.purpose))",
                advice: "do without graph keys")
            lackGraphKeys(failure, "lacks \(first.command)", of: "commands")
        }
        for requirement in missing where requirement.use == .largeTransactions {
            add("commands", saying: "lacks \(requirement.command): \(Self.withoutScripts)", .warning)
        }
    }

    private static let withoutScripts =
        "more than \(AtomicWrite.mostWatchedKeys) changes go in batches instead of one transaction"

    private mutating func reportMissingRight(_ requirement: ServerRequirement, _ words: String) {
        rightCount += 1
        let text = ServerError(words).words
        let failure = RedisError(
            .permission, text,
            advice:
                "grant the user +\(requirement.command.lowercased()) on the keys (it \(requirement.purpose))")
        switch requirement.use {
        case .largeTransactions: add("rights", saying: "no +eval: \(Self.withoutScripts)", .warning)
        case .batching:
            missingCommands.insert(requirement.command)
            add("rights", saying: "\(text): each entity is sent for itself", .warning)
        case .graphKeys: lackGraphKeys(failure, text, of: "rights")
        case .reading: add("rights", saying: text, .preventsReading(failure))
        case .writing: add("rights", saying: text, .preventsWriting(failure))
        }
    }

    /// Notes that graph keys cannot be written.
    private mutating func lackGraphKeys(_ failure: RedisError, _ text: String, of subject: String) {
        if graphKeyFailure == nil { add(subject, saying: "\(text): no graph keys", .warning) }
        graphKeyFailure = graphKeyFailure ?? failure
    }

    private mutating func endRights() {
        if findings.contains(where: { $0.subject == "rights" && $0.failure != nil }) { return }
        if rightCount == 0 {
            add(
                "rights", saying: "the server does not say (ACL DRYRUN is not available to this user)",
                .unknown)
        } else {
            add("rights", saying: "has all that an import needs")
        }
    }
}
