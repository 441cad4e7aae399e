import SystemSupport

/// The meaning of a server's error reply.
///
///     let error = ServerError("OOM command not allowed when used memory > 'maxmemory'.")
///     throw error.failure(of: "SET")  // tryLater, with what to do
package struct ServerError {
    /// What follows from it.
    package enum Effect {
        /// It is about the one command.
        case refusal
        /// It is about the one command's user: another key or command may fare better.
        case missingRight
        /// It may pass: the command is to be sent again.
        case delay
        /// Every further command would be answered likewise.
        case stop
    }

    /// The server's words without a final full stop, cut to 80 characters.
    package let words: String
    package let effect: Effect
    package let code: RedisError.Code
    package let advice: String?
    /// The setting of the program that can mend it.
    package let setting: RedisError.Setting?

    private struct Class {
        /// The first word; for `ERR`, which is the first of many, more of them.
        let beginning: String
        let effect: Effect
        let code: RedisError.Code
        let advice: String
        let setting: RedisError.Setting?

        init(
            _ beginning: String, _ effect: Effect, code: RedisError.Code, advice: String,
            setting: RedisError.Setting? = nil
        ) {
            self.beginning = beginning
            self.effect = effect
            self.code = code
            self.advice = advice
            self.setting = setting
        }
    }

    private static let discarded = "EXECABORT Transaction discarded because of: "
    private static let noPassword = "server has no password, the URL, the file or REDISCLI_AUTH gives one"

    /// The one table of the server's errors (Redis 7: server.c, `createSharedObjects`; acl.c; cluster.c).
    private static let classes = [
        Class("LOADING", .delay, code: .tryLater, advice: "the server is still loading; run again"),
        Class("BUSY", .delay, code: .tryLater, advice: "a script keeps the server busy; run again"),
        Class("TRYAGAIN", .delay, code: .tryLater, advice: "run again"),
        Class("CLUSTERDOWN", .delay, code: .tryLater, advice: "the cluster is down; run again"),
        Class("MASTERDOWN", .delay, code: .tryLater, advice: "the replica has lost its master; run again"),
        Class("OOM", .stop, code: .tryLater, advice: "raise maxmemory and run again"),
        Class(
            "MISCONF", .stop, code: .tryLater,
            advice: "the server cannot save to disk; mend that and run again"),
        Class(
            "READONLY", .stop, code: .tryLater,
            advice: "it is a replica, which may lose what it took before; use its master"),
        Class("NOREPLICAS", .stop, code: .tryLater, advice: "the server has too few replicas; run again"),
        Class("ERR max number of clients", .stop, code: .tryLater, advice: "raise maxclients, or run again"),
        Class("NOAUTH", .stop, code: .permission, advice: "give a password", setting: .password),
        Class("WRONGPASS", .stop, code: .permission, advice: "check user and password"),
        Class("ERR invalid password", .stop, code: .permission, advice: "check the password"),
        Class(
            "NOPERM", .missingRight, code: .permission,
            advice: "grant the user the command and the keys; see docs/faults.md"),
        Class(
            "DENIED", .stop, code: .permission,
            advice: "give the server a password, or connect from its own host"),
        Class("WRONGTYPE", .stop, code: .configuration, advice: "another program uses the key"),
        Class("MOVED", .stop, code: .configuration, advice: "a Redis Cluster is not supported yet"),
        Class("ASK", .stop, code: .configuration, advice: "a Redis Cluster is not supported yet"),
        Class("CROSSSLOT", .stop, code: .configuration, advice: "a Redis Cluster is not supported yet"),
        Class(
            "ERR SELECT is not allowed", .stop, code: .configuration,
            advice: "a Redis Cluster is not supported yet"),
        Class(
            "ERR unknown command", .stop, code: .configuration,
            advice: "the server lacks a command that is needed"),
        Class("ERR DB index is out of range", .stop, code: .configuration, advice: "choose a lower database"),
        Class("ERR invalid DB index", .stop, code: .configuration, advice: "choose a lower database"),
        Class("ERR AUTH", .stop, code: .configuration, advice: noPassword),
        Class("ERR Client sent AUTH", .stop, code: .configuration, advice: noPassword),
        Class(
            "ERR Protocol error", .stop, code: .refused,
            advice: "the server takes no value of that size; see its proto-max-bulk-len"),
    ]

    /// Looks up an error reply.
    package init(_ text: String) {
        // Behind "with args" the server repeats what it was sent, which may be a password.
        let own = text.firstRange(of: ", with args").map { String(text[..<$0.lowerBound]) } ?? text
        let sentence = own.hasSuffix(".") ? String(own.dropLast()) : own
        words = sentence.shortened()
        // EXEC may be refused for a reason that any command is (multi.c, `execCommandAbort`).
        let cause = text.hasPrefix(Self.discarded) ? String(text.dropFirst(Self.discarded.count)) : text
        let match = Self.classes.first { entry in
            guard cause.hasPrefix(entry.beginning) else { return false }
            let next = cause.dropFirst(entry.beginning.count).first
            return entry.beginning.contains(" ") || next == nil || next == " "
        }
        effect = match?.effect ?? .refusal
        code = match?.code ?? .refused
        advice = match?.advice
        setting = match?.setting
    }

    /// What a command that was refused is about.
    package enum Subject {
        /// The program's own doing: no configuration should refuse it.
        case command(String)
        /// Data of the user, which a server may refuse.
        case data(CommandOrigin?, command: String)
    }

    /// The failure that the error stands for.
    package func failure(of subject: Subject) -> RedisError {
        var failure: RedisError
        switch subject {
        case .command(let name):
            failure = RedisError(
                code == .refused ? .configuration : code, words, advice: advice, command: name)
        case .data(let origin, let name):
            failure = RedisError(code, words, advice: advice, command: name)
            failure.origin = origin
        }
        if case .delay = effect { failure.isTransient = true }
        failure.setting = setting
        return failure
    }

    /// The failure of one of the program's own commands.
    package func failure(of command: String) -> RedisError { failure(of: .command(command)) }
}
