import RedisProtocol

// What the server says of itself.
extension ServerCheck {
    mutating func inspect(_ state: ServerState) {
        self.state = state
        let unknown = "the server does not say"
        if let version = state.version {
            add("server", saying: version)
        } else {
            add("server", saying: unknown, .unknown)
        }
        if state.isSentinel {
            let failure = RedisError(
                .configuration, "this is a Sentinel; it stores no data",
                advice: "connect to the master that it names")
            add("mode", saying: failure.message, .preventsReading(failure))
        } else if state.isCluster {
            let failure = RedisError(
                .configuration, "server runs in cluster mode, which this version does not support",
                advice: "connect to a non-cluster server")
            add("mode", saying: failure.message, .preventsReading(failure))
        } else if let mode = state.mode {
            add("mode", saying: mode)
        } else {
            add("mode", saying: unknown, .unknown)
        }
        if state.isReplica {
            let failure = RedisError(
                .tryLater,
                "READONLY You can't write against a read only replica; its master is \(state.master)",
                advice: "connect to that")
            add("role", saying: failure.message, .preventsWriting(failure))
        } else if let role = state.role {
            add("role", saying: role)
        } else {
            add("role", saying: unknown, .unknown)
        }
        inspectMemory(of: state)
        if state.epoch.runID == nil {
            doubt(
                "restarts", lacking: "no run_id", so: "after a lost connection everything is compared again")
        }
    }

    private mutating func inspectMemory(of state: ServerState) {
        if let policy = state.policy {
            if state.mayEvict, !options.allowsEviction {
                let failure = RedisError(
                    .configuration,
                    "policy \(policy) may evict entities",
                    advice: "use noeviction or volatile-*, or accept it", setting: .eviction)
                add("eviction", saying: failure.message, .preventsWriting(failure))
            } else {
                add("eviction", saying: "policy \(policy)", state.mayEvict ? .warning : .fine)
            }
        } else {
            doubt("eviction", lacking: "no maxmemory_policy", so: "whether it evicts entities is not checked")
        }
        guard let used = state.usedMemory, let most = state.maxMemory else {
            return add("memory", saying: "the server does not say (no maxmemory)", .unknown)
        }
        add(
            "memory",
            saying: most == 0
                ? "\(Self.megabytes(used)) used, no limit"
                : "\(Self.megabytes(used)) of \(Self.megabytes(most)) used")
    }

    /// Why new keys and values of this size cannot be written: the server would have no room for them.
    ///
    /// It is certain only where the server evicts nothing.
    func memoryFailure(beforeWriting bytes: Int) -> RedisError? {
        guard let state, let used = state.usedMemory, let most = state.maxMemory, most > 0,
            state.policy == "noeviction", used + bytes > most
        else { return nil }
        return RedisError(
            .configuration,
            "\(Self.megabytes(bytes)) of new keys and values do not fit: the server has "
                + "\(Self.megabytes(max(0, most - used))) left of its maxmemory (\(Self.megabytes(most)))",
            advice: "raise maxmemory, or try all the same", setting: .memory)
    }

    private static func megabytes(_ bytes: Int) -> String { "\((bytes + 524_288) >> 20) MiB" }
}
