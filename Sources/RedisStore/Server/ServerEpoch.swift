import RedisProtocol

/// What tells one state of a server's data from every other: if it is the same before and after an import, nothing that
/// was confirmed in between has been lost.
///
/// A server that does not say something is not suspected because of it.
struct ServerEpoch: Hashable {
    /// One start of the server.
    var runID: String?
    /// The history of its data (Redis documentation, "Redis replication"): a replica has its master's.
    var replicationID: String?
    /// The number of bytes of that history.
    var offset: Int?
    var isReplica: Bool
    /// The address of a replica's master.
    var master: String
    /// The number of keys that were evicted.
    var evicted: Int?
    /// How often a whole database was emptied or exchanged.
    var flushes: Int

    /// Makes sure that the server is the one it was, with the same data.
    ///
    /// - Throws: ``RedisError/Code/restarted`` if everything has to be compared again, as what was confirmed may be gone.
    func checkIdentity(against before: ServerEpoch) throws(RedisError) {
        if let runID, let old = before.runID, runID != old {
            throw RedisError(.restarted, "server restarted (run_id changed)", advice: "run again")
        }
        if isReplica {
            throw RedisError(
                .tryLater,
                "READONLY the server has become a replica of \(master), which may not have what it took before",
                advice: "use its master")
        }
        if let replicationID, let old = before.replicationID, replicationID != old {
            throw RedisError(
                .restarted, "the server's data may have been replaced (master_replid changed)",
                advice: "run again")
        }
        if let offset, let old = before.offset, offset < old {
            throw RedisError(
                .restarted, "the server's data is older than it was (master_repl_offset went back)",
                advice: "run again")
        }
    }

    /// Makes sure that nothing was lost.
    ///
    /// - Throws: As ``checkIdentity(against:)`` does; ``RedisError/Code/incomplete`` if keys were lost.
    func check(against before: ServerEpoch) throws(RedisError) {
        try checkIdentity(against: before)
        let advice = "run again"
        if let evicted, let old = before.evicted, evicted < old || flushes < before.flushes {
            throw RedisError(
                .incomplete,
                "the server's statistics were reset during the import, so what it lost is unknown",
                advice: advice)
        }
        if flushes > before.flushes {
            throw RedisError(.incomplete, "the database was flushed during the import", advice: advice)
        }
        if let evicted, let old = before.evicted, evicted > old {
            throw RedisError(
                .incomplete, "\(evicted - old) keys evicted during the import",
                advice: "raise maxmemory and run again")
        }
    }
}
