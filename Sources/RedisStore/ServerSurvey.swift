import UCG

/// What the greeting has shown of a server: whether it can be written to, and what a person should know.
public struct ServerSurvey {
    /// One thing that was looked at.
    public struct Finding: Sendable {
        /// What was looked at, in a word or two.
        public let subject: String
        /// What was seen.
        public let text: String
        /// Why the server cannot be used; `nil` if this is no reason.
        public let failure: RedisError?
        /// Whether a person should think about it all the same.
        public var isWarning = false
    }

    /// What was looked at, in the order in which it matters.
    public private(set) var findings: [Finding] = []
    private(set) var state: ServerState?
    /// Why the server takes nothing at the moment.
    private var notReady: ServerError?
    private let address: RedisAddress
    private let options: RedisOptions

    init(address: RedisAddress, _ options: RedisOptions) {
        self.address = address
        self.options = options
    }

    /// Connects to a server, logs in and looks at it, without writing anything.
    ///
    /// - Parameter keyPrefix: What the keys would begin with.
    /// - Throws: If the server cannot be reached, or is none.
    public static func take(
        of address: RedisAddress, keyPrefix: String, options: RedisOptions
    ) throws(RedisError) -> ServerSurvey {
        try RedisSession(address, keyPrefix: keyPrefix, options).openFirst().survey
    }

    /// Why nothing can be written; the first reason.
    public var failure: RedisError? { findings.lazy.compactMap(\.failure).first }

    /// Why nothing can be written at the moment, though it may pass.
    var delay: RedisError? {
        guard let error = notReady?.asFailure else { return nil }
        guard let loaded = state?.loaded else { return error }
        var failure = error
        failure.message = "LOADING server is loading (\(loaded))"
        return failure
    }

    /// Enters the reply to one of the questions.
    ///
    /// - Throws: If what answers is no Redis.
    mutating func enter(_ question: RedisSession.Question, _ reply: RedisReply) throws(RedisError) {
        switch (question.purpose, reply) {
        case (.authentication, .ok): add("login", address.user.map { "as \($0)" } ?? "by password")
        case (.presence, .status("PONG")): add("reply", "answers PING")
        case (.database, .ok): add("database", "\(address.database)")
        case (.name, .ok), (.name, .error): break  // without a name it works as well
        case (.information, .text(let info)): look(at: ServerState(info: info))
        case (.information, .error(let text)):
            let error = ServerError(text)
            guard case .missingRight = error.effect else { return refuse("state", error) }
            let failure = RedisError(
                .permission, "INFO not permitted, cannot check eviction and restarts",
                advice: "grant the user +info, or give --no-server-check")
            findings.append(Finding(subject: "state", text: failure.message, failure: failure))
        case (.right(_, let type), .ok): add("rights", "may write \(type) entities")
        case (.right(let command, let type), .text(let words)):
            let text = String(decoding: words, as: UTF8.self)
            let failure = RedisError(
                .permission, text, advice: "grant the user \(command) on the keys of \(type) entities")
            findings.append(Finding(subject: "rights", text: text, failure: failure))
        case (.right, .error):  // an older server, or a user who may not ask
            if !findings.contains(where: { $0.subject == "rights" }) {
                add("rights", "unknown until the first write (ACL DRYRUN is not to be had)")
            }
        case (.authentication, .error(let text)): refuse("login", ServerError(text))
        case (.presence, .error(let text)):
            let error = ServerError(text)
            if case .delay = error.effect { notReady = error }
            refuse("reply", error)
        case (.database, .error(let text)): refuse("database", ServerError(text))
        default: throw RedisError(.protocolViolation, "an unexpected reply to a command of the greeting")
        }
    }

    private mutating func add(_ subject: String, _ text: String) {
        findings.append(Finding(subject: subject, text: text, failure: nil))
    }

    private mutating func refuse(_ subject: String, _ error: ServerError) {
        findings.append(Finding(subject: subject, text: error.words, failure: error.asFailure))
    }

    private mutating func refuse(_ subject: String, _ failure: RedisError) {
        findings.append(Finding(subject: subject, text: failure.message, failure: failure))
    }

    private mutating func look(at state: ServerState) {
        self.state = state
        add("server", state.version)
        if state.isSentinel {
            refuse(
                "mode",
                RedisError(
                    .configuration, "a Sentinel answers, which keeps no data",
                    advice: "connect to the master that it names"))
        } else if state.isCluster {
            refuse(
                "mode",
                RedisError(
                    .configuration, "server runs in cluster mode, which this version does not support",
                    advice: "connect to a server that is no cluster"))
        } else {
            add("mode", "standalone")
        }
        if state.isReplica {
            refuse(
                "role",
                RedisError(
                    .tryLater,
                    "READONLY You can't write against a read only replica; its master is \(state.master)",
                    advice: "connect to that"))
        } else {
            add("role", "master")
        }
        if state.mayEvict, !options.allowsEviction {
            refuse(
                "eviction",
                RedisError(
                    .configuration,
                    "policy \(state.policy) may evict entities (use noeviction or volatile-*, or --allow-eviction)"
                ))
        } else {
            findings.append(
                Finding(
                    subject: "eviction", text: "policy \(state.policy)", failure: nil,
                    isWarning: state.mayEvict))
        }
        let used = Self.megabytes(state.usedMemory)
        add(
            "memory",
            state.maxMemory == 0
                ? "\(used) used, no limit" : "\(used) of \(Self.megabytes(state.maxMemory)) used")
    }

    /// What a person should know before so many bytes are written.
    public func warning(beforeWriting bytes: Int) -> String? {
        guard let state, state.maxMemory > 0, state.usedMemory + bytes > state.maxMemory else { return nil }
        return "about \(Self.megabytes(bytes)) to be written, unless they are there already; "
            + "the server has \(Self.megabytes(max(0, state.maxMemory - state.usedMemory))) left of its maxmemory"
    }

    private static func megabytes(_ bytes: Int) -> String { "\((bytes + 524_288) >> 20) MiB" }
}
