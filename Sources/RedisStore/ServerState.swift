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

    private func text(_ name: Substring) -> String { String(fields[name] ?? "") }
    private func number(_ name: Substring) -> Int { fields[name].flatMap { Int($0) } ?? 0 }

    /// Tells one start of the server from every other.
    var runID: String { text("run_id") }
    /// Such as `redis 7.0.15`.
    var version: String {
        let name = text("server_name")
        return (name.isEmpty ? "redis" : name) + " "
            + text(name == "valkey" ? "valkey_version" : "redis_version")
    }
    var isSentinel: Bool { text("redis_mode") == "sentinel" }
    var isCluster: Bool { number("cluster_enabled") == 1 }
    var isReplica: Bool { text("role") == "slave" }
    /// The address of a replica's master.
    var master: String { "\(text("master_host")):\(text("master_port"))" }
    /// How much of its data a server has loaded, such as `11 %`.
    var loaded: String? {
        number("loading") == 1 ? "\(text("loading_loaded_perc").prefix { $0 != "." }) %" : nil
    }
    /// The most memory it may use, in bytes; 0 if there is no limit.
    var maxMemory: Int { number("maxmemory") }
    var usedMemory: Int { number("used_memory") }
    /// What it does when its memory is full, such as `noeviction`.
    var policy: String { text("maxmemory_policy") }
    /// Whether it may evict keys that have no expiry.
    var mayEvict: Bool { policy.hasPrefix("allkeys-") }

    /// What tells whether anything was lost between two looks at a server.
    struct Epoch: Hashable {
        let runID: String
        let evicted: Int
        /// How often a whole database was emptied or exchanged.
        let flushes: Int
    }

    var epoch: Epoch {
        Epoch(
            runID: runID, evicted: number("evicted_keys"),
            flushes: ["flushall", "flushdb", "swapdb"].reduce(0) { $0 + calls(of: $1) })
    }

    /// How often a command has been called: `cmdstat_flushall:calls=1,usec=…`.
    private func calls(of command: String) -> Int {
        guard let value = fields["cmdstat_\(command)"], value.hasPrefix("calls=") else { return 0 }
        return Int(value.dropFirst(6).prefix { $0 != "," }) ?? 0
    }
}
