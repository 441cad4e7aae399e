import GraphSync
import RedisProtocol
import SystemSupport
import UCG

extension RedisSync {
    /// How the one transaction of a plan can be guarded against other writers.
    enum AtomicWay {
        /// By scripts within it.
        case script
        /// By watching every key.
        case watch
    }

    /// What the results of a transaction mean.
    typealias Results = (ReplyList) throws(RedisError) -> AtomicWrite.Ending

    /// The way for this user and these changes; `nil` if they go in batches.
    mutating func atomicWay(_ changes: AtomicChanges, _ keys: GraphKeyWrite) throws(RedisError) -> AtomicWay?
    {
        let keyCount = changes.keyCount + keys.absent.count
        if keyCount == 0 { return .watch }
        if redis.batchSize > 1, try mayRunScripts() { return .script }
        if keyCount <= AtomicWrite.mostWatchedKeys { return .watch }
        if options.atomicity == .always {
            redis.onNote(
                "\(keyCount) keys are watched one by one, which is slow; the right to run scripts (+eval) avoids it"
            )
            return .watch
        }
        redis.onNote(
            "\(keyCount) changes go in batches: one transaction of this size needs the right to run scripts (+eval)"
        )
        return nil
    }

    /// Whether this user may run scripts on this server.
    ///
    /// It also makes a server of version 6.2 look at its memory, which it would not do within a transaction.
    private mutating func mayRunScripts() throws(RedisError) -> Bool {
        let reply = try node.call([RedisCommand("EVAL", "return 1", "0")])[0]
        switch reply {
        case .integer(1): return true
        case .error(let text):
            let error = ServerError(text)
            if case .delay = error.effect { throw error.failure(of: "EVAL") }
            return false
        default: throw RedisError.unexpectedReply(to: "EVAL")
        }
    }

    /// Carries a plan out in one transaction; false if a key was changed in between.
    mutating func transact(
        _ goal: Goal, _ plan: SyncPlan, changes: AtomicChanges, graphKeys: GraphKeyWrite, way: AtomicWay
    ) throws -> Bool {
        var result = SyncResult()
        result.counts = plan.counts
        result.record(plan)
        result.graphKeys = plan.graphKeys
        result.visibility = result.total.changed + result.graphKeys.rewritten == 0 ? .unchanged : .atomic
        let write = AtomicWrite(
            changes: changes, graphKeys: graphKeys,
            records: recordCommands(plan) + [records.record(try finished(goal, counts: result.total))],
            guardPrefix: source.guardPrefix)
        let (transaction, ending): (Transaction, Results)
        switch way {
        case .script:
            let guarded = write.guarded
            (transaction, ending) = (guarded.transaction(lock), guarded.ending)
        case .watch:
            guard try watch(write) else { return false }
            (transaction, ending) = (write.watched(), write.ending(ofWatched:))
        }
        guard try carryOut(transaction, ending) else { return false }
        self.result = result
        progress = .committed(result)
        try store.finish(.run(key: source.lastKey, run: run))
        return true
    }

    /// Watches all keys; false if one of them does not hold what it held when it was compared.
    private mutating func watch(_ write: AtomicWrite) throws(RedisError) -> Bool {
        for (commands, expected) in write.watches {
            let replies = try ask(commands)
            guard replies[0] == .ok else { throw RedisError.unexpectedReply(to: "WATCH") }
            guard try expected.holds(replies[1]) else { return false }
        }
        return true
    }

    /// The commands that record who owns what when a plan has been carried out.
    func recordCommands(_ plan: SyncPlan) -> [KeyCommand] {
        var commands = records.record(source, from: plan.ownership.own, to: plan.ownedAfter)
        commands += records.recordTypes(plan.ownedAfter)
        if !commands.isEmpty || plan.ownership.own.isEmpty { commands.append(records.registration) }
        guard options.adopts else { return commands }
        for (name, owned) in plan.ownedByOthers.sorted(by: { $0.key < $1.key }) {
            guard let other = ImportSource(keyPrefix: source.keyPrefix, name: name) else { continue }
            let old = plan.ownership.others[name] ?? [:]
            let new = old.reduce(into: [:]) {
                $0[$1.key] = $1.value.subtracting(owned[$1.key] ?? PackedIDs())
            }
            commands += records.record(other, from: old, to: new)
        }
        return commands
    }

    func finished(_ goal: Goal, counts: ChangeCounts) throws -> LastImport {
        var last = try goal.last()
        last.run = run
        last.started = started
        last.finished = .now
        last.seconds = (ContinuousClock.now - start).secondsText
        last.host = HostName.current
        last.entities = goal.desired.count
        last.counts = counts
        last.graphKeys = GraphRecord(finished: graphGoal)
        return last
    }

    /// Lets the server carry a transaction out; false if a key was changed.
    ///
    /// If the connection breaks while it does, the record of the last import tells whether it did.
    private mutating func carryOut(
        _ transaction: Transaction, _ outcome: Results
    ) throws -> Bool {
        try transaction.queue(on: node)
        let ending: Transaction.Ending
        do throws(RedisError) { ending = try transaction.execute(on: node) } catch {
            guard error.isConnectionFailure else { throw error }
            progress = .inDoubt
            let wasCarriedOut = try wasCarriedOut()
            progress = .planning
            guard wasCarriedOut else { throw error }
            return true
        }
        guard case .done(let results) = ending else { return false }
        switch try outcome(results) {
        case .done: return true
        case .aborted: return false
        case .partial(let failure):
            progress = .partial
            recordIncompleteGraphKeys()
            throw failure
        }
    }

    /// Whether this run's transaction took effect; if it did not, it never will.
    private func wasCarriedOut() throws(RedisError) -> Bool {
        let reconnection = Reconnection(limit: redis.retryFor, redis.clock, unless: redis.cancellation)
        return try reconnection.run { () throws(RedisError) in
            try node.reopen()
            // Should the old connection's EXEC still be on its way: it fails, because a watched key changes here.
            let replies = try node.call([
                RedisCommand("MULTI"), RedisCommand("HSET", key: source.lastKey, "asked", run),
                RedisCommand("HGET", key: source.lastKey, "run"), RedisCommand("EXEC"),
            ])
            guard case .array(let results)? = replies.last, results.count == 2 else {
                for reply in replies { try reply.check("EXEC") }
                throw RedisError.unexpectedReply(to: "EXEC")
            }
            return results[1] == .bulkString(Array(run.utf8))
        }
    }
}

extension SyncResult {
    /// Enters what a plan says of entities that are neither written nor deleted.
    mutating func record(_ plan: SyncPlan) {
        adopted = plan.adopted
        leftovers = plan.leftoverCount
        vanished = plan.vanished
        prunedWhole = plan.prunedWhole
    }
}
