/// Why Redis could not take the entities.
public struct RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; it decides the exit code.
    public enum Code: Hashable, Sendable {
        /// Nothing can be reached at the address.
        case unavailable
        /// The connection broke.
        case connectionLost
        /// No reply came in time.
        case timeout
        /// What answers does not speak the protocol.
        case protocolViolation
        /// The server does not let this user do it.
        case permission
        /// The server cannot do it now.
        case tryLater
        /// The server's configuration does not allow it.
        case configuration
        /// The server refused a value.
        case refused
        /// The system cannot, for example open a socket.
        case system
        /// The run was asked to end.
        case interrupted
    }

    /// What kind of failure it is.
    public var code: Code
    /// What happened, in one line.
    ///
    /// It may hold words of the server, cut to 80 characters.
    public var message: String
    /// What to do about it.
    public var advice: String?

    init(_ code: Code, _ message: String, advice: String? = nil) {
        self.code = code
        self.message = message
        self.advice = advice
    }

    /// The message.
    public var description: String { message }
}

/// What an error reply of the server means.
struct ServerError {
    /// The server's words, cut to 80 characters.
    let words: String
    let code: RedisError.Code
    /// Whether every further command would be answered likewise.
    let isFinal: Bool
    let advice: String?

    /// The one table of the server's errors, by their first words.
    private static let classes: [(prefix: String, code: RedisError.Code, advice: String?)] = [
        ("NOAUTH", .permission, "give a password by REDISCLI_AUTH or in the URL"),
        ("WRONGPASS", .permission, "check user and password"),
        ("ERR invalid password", .permission, "check the password"),
        ("NOPERM", .permission, "grant the user SET, PING and ECHO on the keys entity:*"),
        ("DENIED", .permission, "give the server a password, or connect from its own host"),
        ("LOADING", .tryLater, "the server is still loading; run again"),
        ("BUSY", .tryLater, "a script keeps the server busy; run again"),
        ("OOM", .tryLater, "raise maxmemory and run again"),
        ("MISCONF", .tryLater, "the server cannot save to disk; mend that and run again"),
        ("READONLY", .tryLater, "this server is a replica; connect to its master"),
        ("MASTERDOWN", .tryLater, "the replica has lost its master; run again"),
        ("NOREPLICAS", .tryLater, "the server has too few replicas; run again"),
        ("CLUSTERDOWN", .tryLater, "the cluster is down; run again"),
        ("TRYAGAIN", .tryLater, "run again"),
        ("ERR max number of clients", .tryLater, "raise maxclients, or run again"),
        (
            "ERR Protocol error", .refused,
            "the server takes no value of that size; see its proto-max-bulk-len"
        ),
        ("MOVED", .configuration, "a Redis Cluster is not supported yet"),
        ("ERR unknown command", .configuration, "the server lacks a command that is needed"),
        ("ERR DB index is out of range", .configuration, "choose a lower database"),
        ("ERR AUTH", .configuration, "server has no password, the URL or REDISCLI_AUTH gives one"),
        (
            "ERR Client sent AUTH", .configuration,
            "server has no password, the URL or REDISCLI_AUTH gives one"
        ),
    ]

    init(_ text: String) {
        // Behind "with args" the server repeats what it was sent, which may be a password.
        let own = text.firstRange(of: ", with args").map { String(text[..<$0.lowerBound]) } ?? text
        words = own.count <= 80 ? own : String(own.prefix(79)) + "…"
        let match = Self.classes.first { text.hasPrefix($0.prefix) }
        code = match?.code ?? .refused
        isFinal = match != nil
        advice = match?.advice
    }

    /// The failure of a command that no configuration should refuse, such as PING or ECHO.
    var asFailure: RedisError {
        RedisError(code == .refused ? .configuration : code, words, advice: advice)
    }
}
