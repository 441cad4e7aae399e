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
    }

    /// What the command is tried with, to learn whether the user may run it.
    enum Sample {
        /// The key of an entity, and more.
        case entity([String])
        /// The key of one of the importer's records, and more.
        case record([String])
        /// Words without a key.
        case plain([String])
    }

    let command: String
    let use: Use
    let sample: Sample
    /// What it is for, in a few words.
    let purpose: String

    private init(_ command: String, _ use: Use, _ sample: Sample, _ purpose: String) {
        self.command = command
        self.use = use
        self.sample = sample
        self.purpose = purpose
    }

    /// All of them but those that a session begins with: `AUTH`, `SELECT`, `PING`, `INFO`.
    static let all: [ServerRequirement] = [
        .init("MGET", .reading, .entity([]), "reads entities"),
        .init("EXISTS", .reading, .entity([]), "finds keys that hold no string"),
        .init("PTTL", .reading, .entity([]), "finds entities that expire"),
        .init("GET", .reading, .record([]), "reads the lock"),
        .init("SMEMBERS", .reading, .record([]), "reads which sources there are"),
        .init("HGETALL", .reading, .record([]), "reads which entities a source owns"),
        .init("HGET", .reading, .record(["run"]), "reads the last import"),
        .init("SET", .writing, .entity([""]), "writes entities, takes the lock"),
        .init("MSET", .batching, .entity([""]), "writes entities"),
        .init("MSETNX", .batching, .entity([""]), "creates entities"),
        .init("DEL", .writing, .entity([]), "deletes entities, gives the lock back"),
        .init("PEXPIRE", .writing, .record(["1"]), "renews the lock"),
        .init("SADD", .writing, .record([""]), "records a source"),
        .init("SREM", .writing, .record([""]), "forgets a source"),
        .init("HSET", .writing, .record(["", ""]), "records ownership and the last import"),
        .init("HDEL", .writing, .record([""]), "records ownership"),
        .init("DBSIZE", .writing, .plain([]), "tells a first import"),
        .init("WATCH", .writing, .record([]), "guards transactions"),
        .init("UNWATCH", .writing, .plain([]), "guards transactions"),
        .init("MULTI", .writing, .plain([]), "begins transactions"),
        .init("EXEC", .writing, .plain([]), "carries transactions out"),
        .init(
            "EVAL", .largeTransactions, .plain(["return 1", "0"]), "guards one transaction of many changes"),
    ]

    /// Commands that a session begins or ends with, by what the user is granted them as.
    static let greeting = ["ping", "info", "client|setname", "acl|dryrun", "command|info", "select"]

    /// The command `COMMAND INFO` for all of them; its reply has an element for each.
    static var existence: RedisCommand {
        RedisCommand("COMMAND", arguments: (["INFO"] + all.map(\.command)).map { Array($0.utf8) })
    }

    /// The command that asks whether a user may run this one.
    func dryRun(user: String, entity: String, record: String) -> RedisCommand {
        let words =
            switch sample {
            case .entity(let more): [entity] + more
            case .record(let more): [record] + more
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
        let commands = (greeting + all.map { $0.command.lowercased() }).map { "+\($0)" }.joined(
            separator: " ")
        return
            "ACL SETUSER \(user) on >PASSWORD ~\(pattern)entity:* ~\(pattern)reed-import:* resetchannels -@all "
            + commands
    }
}
