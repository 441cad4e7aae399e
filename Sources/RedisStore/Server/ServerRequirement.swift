import RedisProtocol

/// A command that the importer sends: the one table of what a server has to have, and a user to be allowed.
struct ServerRequirement {
    /// What needs the command.
    enum Use: Hashable {
        /// Everything, `plan` and `status` too.
        case reading
        /// Whatever writes.
        case writing
        /// Commands for many entities; without them each is sent for itself.
        case batching
        /// One transaction of many changes; without it they go in batches.
        case largeTransactions
        /// Graph keys; without it there can be none.
        case graphKeys
    }

    /// What the command is tried with, to learn whether the user may run it.
    enum Sample {
        /// The key of an entity, and more.
        case entity([String])
        /// The key of one of the importer's records, and more.
        case record([String])
        /// A graph key that begins so, and more.
        case graph(String, [String])
        /// Words without a key.
        case plain([String])
    }

    let command: String
    let use: Use
    let sample: Sample
    /// What it is for, in a few words.
    let purpose: String

    private init(_ command: String, _ use: Use, tried sample: Sample, purpose: String) {
        self.command = command
        self.use = use
        self.sample = sample
        self.purpose = purpose
    }

    /// All of them but those that a session begins with: `AUTH`, `SELECT`, `PING`, `INFO`.
    static let all: [ServerRequirement] = [
        .init("MGET", .reading, tried: .entity([]), purpose: "reads entities"),
        .init("EXISTS", .reading, tried: .entity([]), purpose: "finds keys that hold no string"),
        .init("PTTL", .reading, tried: .entity([]), purpose: "finds entities that expire"),
        .init("GET", .reading, tried: .record([]), purpose: "reads the lock"),
        .init("SMEMBERS", .reading, tried: .record([]), purpose: "reads which sources there are"),
        .init("HGETALL", .reading, tried: .record([]), purpose: "reads which entities a source owns"),
        .init("HGET", .reading, tried: .record(["run"]), purpose: "reads the last import"),
        .init("SET", .writing, tried: .entity([""]), purpose: "writes entities, takes the lock"),
        .init("MSET", .batching, tried: .entity([""]), purpose: "writes entities"),
        .init("MSETNX", .batching, tried: .entity([""]), purpose: "creates entities"),
        .init("DEL", .writing, tried: .entity([]), purpose: "deletes entities, gives the lock back"),
        .init("PEXPIRE", .writing, tried: .record(["1"]), purpose: "renews the lock"),
        .init("SADD", .writing, tried: .record([""]), purpose: "records a source"),
        .init("SREM", .writing, tried: .record([""]), purpose: "forgets a source"),
        .init("HSET", .writing, tried: .record(["", ""]), purpose: "records ownership and the last import"),
        .init("HDEL", .writing, tried: .record([""]), purpose: "records ownership"),
        .init("DBSIZE", .writing, tried: .plain([]), purpose: "tells a first import"),
        .init("WATCH", .writing, tried: .record([]), purpose: "guards transactions"),
        .init("UNWATCH", .writing, tried: .plain([]), purpose: "guards transactions"),
        .init("MULTI", .writing, tried: .plain([]), purpose: "begins transactions"),
        .init("EXEC", .writing, tried: .plain([]), purpose: "carries transactions out"),
        .init(
            "EVAL", .largeTransactions, tried: .plain(["return 1", "0"]),
            purpose: "guards one transaction of many changes"),
        .init("SET", .graphKeys, tried: .graph("semantic:", [""]), purpose: "writes names"),
        .init(
            "SISMEMBER", .graphKeys, tried: .graph("type_index:", [""]), purpose: "reads types and references"
        ),
        .init("HMGET", .graphKeys, tried: .graph("assoc:", ["id"]), purpose: "reads paths"),
        .init("ZSCORE", .graphKeys, tried: .graph("children:", [""]), purpose: "reads what is contained"),
        .init(
            "ZADD", .graphKeys, tried: .graph("children:", ["0", ""]), purpose: "writes what is contained"),
        .init("ZREM", .graphKeys, tried: .graph("children:", [""]), purpose: "removes what is contained"),
        .init("SET", .graphKeys, tried: .graph("parent:", [""]), purpose: "writes containers"),
        .init("SADD", .graphKeys, tried: .graph("refs:", [""]), purpose: "writes references"),
        .init("SADD", .graphKeys, tried: .graph("word:", [""]), purpose: "writes words"),
        .init("SADD", .graphKeys, tried: .graph("entity_words:", [""]), purpose: "writes words"),
    ]

    /// The commands, each once.
    static let commands = all.map(\.command).enumerated()
        .filter { index, name in all.prefix(index).allSatisfy { $0.command != name } }.map(\.element)

    /// Commands that a session begins or ends with, by what the user is granted them as.
    static let greeting = ["ping", "info", "client|setname", "acl|dryrun", "command|info", "select"]

    /// The command `COMMAND INFO` for all of them; its reply has an element for each of ``commands``.
    static var existence: RedisCommand {
        RedisCommand("COMMAND", arguments: (["INFO"] + commands).map { Array($0.utf8) })
    }

    /// The command that asks whether a user may run this one.
    ///
    /// - Parameters:
    ///   - entity: The key of an entity.
    ///   - record: The key of a record.
    ///   - keyPrefix: What every key begins with.
    func dryRun(user: String, entity: String, record: String, keyPrefix: String) -> RedisCommand {
        let words =
            switch sample {
            case .entity(let more): [entity] + more
            case .record(let more): [record] + more
            case .graph(let beginning, let more): [keyPrefix + beginning] + more
            case .plain(let words): words
            }
        return RedisCommand("ACL", arguments: (["DRYRUN", user, command] + words).map { Array($0.utf8) })
    }
}

extension ServerRequirement {
    /// The command that gives a user all rights that the importer needs, and no other.
    ///
    /// - Parameters:
    ///   - user: The user's name.
    ///   - keyPrefix: What every key begins with.
    static func aclCommand(user: String, keyPrefix: String) -> String {
        let pattern = keyPrefix.map { "*?[]\\^".contains($0) ? "\\\($0)" : "\($0)" }.joined()
        let rights = (greeting + commands.map { $0.lowercased() }).map { "+\($0)" }.joined(
            separator: " ")
        let keys = (["entity:", "reed-import:"] + GraphKeyNames.beginnings).map { "~\(pattern)\($0)*" }
        return
            "ACL SETUSER \(user) on >PASSWORD \(keys.joined(separator: " ")) resetchannels -@all " + rights
    }
}
