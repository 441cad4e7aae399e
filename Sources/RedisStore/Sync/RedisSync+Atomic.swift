import GraphSync
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

    /// The way for this user and so many changes; `nil` if they go in batches.
    mutating func atomicWay(_ changes: AtomicChanges) throws(RedisError) -> AtomicWay? {
        if changes.keyCount == 0 { return .watch }
        if redis.batchSize > 1, try mayRunScripts() { return .script }
        if changes.keyCount <= AtomicWrite.mostWatchedKeys { return .watch }
        if options.atomicity == .always {
            redis.onNote(
                "\(changes.keyCount) keys are watched one by one, which is slow; the right to run scripts (+eval) avoids it"
            )
            return .watch
        }
        redis.onNote(
            "\(changes.keyCount) changes go in batches: one transaction of so many needs the right to run scripts (+eval)"
        )
        return nil
    }

    /// Whether this user may run scripts on this server.
    ///
    /// It also makes a server of version 6.2 look at its memory, which it would not do within a transaction.
    private mutating func mayRunScripts() throws(RedisError) -> Bool {
        let reply = try store.pipeline.call([.command("EVAL", "return 1", "0")], name: "EVAL")[0]
        switch reply {
        case .integer(1): return true
        case .error(let text):
            let error = ServerError(text)
            if case .delay = error.effect { throw error.asFailure }
            return false
        default: throw RedisError(.protocolViolation, "an unexpected reply to EVAL")
        }
    }

    /// Carries a plan out in one transaction; false if a key was changed in between.
    mutating func transact(
        _ desired: DesiredGraph, _ plan: SyncPlan, _ changes: AtomicChanges, _ way: AtomicWay,
        _ last: () throws -> LastImport
    ) throws -> Bool {
        var result = SyncResult()
        result.counts = plan.counts
        result.note(plan)
        result.visibility = result.total.changed == 0 ? .unchanged : .atomic
        let write = AtomicWrite(
            changes: changes,
            records: recordCommands(plan) + [bookkeeping.record(try finished(last, result.total, desired))],
            guardPrefix: source.guardPrefix)
        try lock.tend()
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
        isCarriedOut = true
        try store.finish(.run(key: source.lastKey, run: run))
        return true
    }

    /// Watches all keys; false if one of them does not hold what it held when it was compared.
    private mutating func watch(_ write: AtomicWrite) throws(RedisError) -> Bool {
        for (commands, expected) in write.watches {
            let replies = try ask(commands, name: "WATCH")
            for case .error(let text) in replies { throw ServerError(text).asFailure }
            guard replies[0] == .ok else {
                throw RedisError(.protocolViolation, "an unexpected reply to WATCH")
            }
            guard try expected.holds(replies[1]) else { return false }
            try lock.tend()
        }
        return true
    }

    /// The commands that record who owns what when a plan has been carried out.
    func recordCommands(_ plan: SyncPlan) -> [RecordCommand] {
        var commands = bookkeeping.record(source, from: plan.ownership.own, to: plan.ownedAfter)
        commands += bookkeeping.recordTypes(plan.ownedAfter)
        if !commands.isEmpty || plan.ownership.own.isEmpty { commands.append(bookkeeping.enter) }
        guard options.adopts else { return commands }
        for (name, owned) in plan.foreign.sorted(by: { $0.key < $1.key }) {
            guard let other = ImportSource(keyPrefix: source.keyPrefix, name: name) else { continue }
            let old = plan.ownership.others[name] ?? [:]
            let new = old.reduce(into: [:]) {
                $0[$1.key] = $1.value.subtracting(owned[$1.key] ?? PackedIDs())
            }
            commands += bookkeeping.record(other, from: old, to: new)
        }
        return commands
    }

    func finished(_ last: () throws -> LastImport, _ counts: ChangeCounts, _ desired: DesiredGraph)
        throws -> LastImport
    {
        var last = try last()
        last.run = run
        last.started = started
        last.finished = .now
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        last.seconds = "\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst())"
        last.host = ImportLock.hostName
        last.entities = desired.count
        last.counts = counts
        return last
    }

    /// Lets the server carry a transaction out; false if a key was changed.
    ///
    /// If the connection breaks while it does, the record of the last import tells whether it did.
    private mutating func carryOut(
        _ transaction: Transaction, _ outcome: Results
    ) throws -> Bool {
        let (redis, lock) = (redis, lock)
        try store.pipeline.use { (connection, _) throws(RedisError) in
            try transaction.queue(&connection, lock, redis)
        }
        let ending: Transaction.Ending
        do throws(RedisError) {
            ending = try store.pipeline.use { (connection, _) throws(RedisError) in
                try transaction.execute(&connection, redis)
            }
        } catch {
            guard error.isOfConnection else { throw error }
            isInDoubt = true
            guard try wasCarriedOut() else {
                isInDoubt = false
                throw error
            }
            isInDoubt = false
            return true
        }
        guard case .done(let results) = ending else { return false }
        switch try outcome(results) {
        case .done: return true
        case .aborted: return false
        case .partial(let failure):
            isPartial = true
            throw failure
        }
    }

    /// Whether this run's transaction took effect; if it did not, it never will.
    private mutating func wasCarriedOut() throws(RedisError) -> Bool {
        var retry = RedisRetry(limit: redis.retryFor, redis.clock)
        while true {
            do throws(RedisError) {
                try store.pipeline.reopen()
                // Should the old connection's EXEC still be on its way: it fails, because a watched key changes here.
                let replies = try store.pipeline.call(
                    [
                        .command("MULTI"), .command("HSET", source.lastKey, "asked", run),
                        .command("HGET", source.lastKey, "run"), .command("EXEC"),
                    ], name: "EXEC")
                guard case .array(let results)? = replies.last, results.count == 2 else {
                    for case .error(let text) in replies { throw ServerError(text).asFailure }
                    throw RedisError(.protocolViolation, "an unexpected reply to EXEC")
                }
                return results[1] == .text(Array(run.utf8))
            } catch {
                guard error.isOfConnection || error.mayPass, let pause = retry.pause() else { throw error }
                try redis.clock.sleep(pause, unless: redis.interruption)
            }
        }
    }
}

extension SyncResult {
    /// Enters what a plan says of entities that are neither written nor deleted.
    mutating func note(_ plan: SyncPlan) {
        adopted = plan.adopted
        leftovers = plan.leftoverCount
        vanished = plan.vanished
        prunedWhole = plan.prunedWhole
    }
}
