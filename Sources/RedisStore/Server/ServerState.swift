/// What a server says of itself (`INFO`), as far as it matters here.
struct ServerState {
    private let fields: [Substring: Substring]

    /// Reads the reply to `INFO all`: lines of `name:value`.
    init(info: [UInt8]) {
        var fields: [Substring: Substring] = [:]
        for line in String(decoding: info, as: UTF8.self).split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
        }
        self.fields = fields
    }

    private func text(_ name: Substring) -> String? {
        fields[name].flatMap { $0.isEmpty ? nil : String($0) }
    }
    private func number(_ name: Substring) -> Int? { fields[name].flatMap { Int($0) } }

    /// Whether this is what a Redis server says of itself.
    var isPlausible: Bool { !fields.isEmpty }
    /// Name and version, for example `redis 7.0.15`; `nil` if the server does not say.
    var version: String? {
        let name = text("server_name") ?? "redis"
        return text(name == "valkey" ? "valkey_version" : "redis_version").map { "\(name) \($0)" }
    }
    var isSentinel: Bool { text("redis_mode") == "sentinel" }
    var isCluster: Bool { number("cluster_enabled") == 1 || mode == "cluster" }
    /// `master` or `slave`; `nil` if the server does not say.
    var role: String? { text("role") }
    var isReplica: Bool { role == "slave" }
    /// The address of a replica's master.
    var master: String { "\(text("master_host") ?? "?"):\(text("master_port") ?? "?")" }
    /// How much of its data a server has loaded, for example `11 %`.
    var loaded: String? {
        number("loading") == 1 ? "\((text("loading_loaded_perc") ?? "?").prefix { $0 != "." }) %" : nil
    }
    /// Whether it runs as a cluster or a Sentinel; `nil` if it does not say.
    var mode: String? { text("redis_mode") }
    /// The most memory it may use, in bytes, 0 if there is no limit; `nil` if it does not say.
    var maxMemory: Int? { number("maxmemory") }
    var usedMemory: Int? { number("used_memory") }
    /// What it does when its memory is full, for example `noeviction`; `nil` if it does not say.
    var policy: String? { text("maxmemory_policy") }
    /// Whether it may evict keys that have no expiry.
    var mayEvict: Bool { policy?.hasPrefix("allkeys-") ?? false }

    /// The number of keys of a database that expire; 0 if it has no key.
    func expiringKeys(in database: Int) -> Int {
        // db0:keys=12,expires=1,avg_ttl=0
        guard let counts = fields[Substring("db\(database)")] else { return 0 }
        let expires = counts.split(separator: ",").first { $0.hasPrefix("expires=") }
        return expires.flatMap { Int($0.dropFirst("expires=".count)) } ?? .max
    }

    /// What tells whether anything was lost between two looks at the server.
    var epoch: ServerEpoch {
        ServerEpoch(
            runID: text("run_id"), replicationID: text("master_replid"), offset: number("master_repl_offset"),
            isReplica: isReplica, master: master, evicted: number("evicted_keys"),
            flushes: ["flushall", "flushdb", "swapdb"].reduce(0) { $0 + calls(of: $1) })
    }

    /// How often a command has been called: `cmdstat_flushall:calls=1,usec=…`.
    private func calls(of command: String) -> Int {
        guard let value = fields["cmdstat_\(command)"], value.hasPrefix("calls=") else { return 0 }
        return Int(value.dropFirst(6).prefix { $0 != "," }) ?? 0
    }
}
