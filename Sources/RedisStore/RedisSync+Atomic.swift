import GraphSync
import UCG

extension RedisSync {
    /// Carries a plan out in one transaction; false if a key was changed in between.
    mutating func transact(
        _ desired: DesiredGraph, _ plan: SyncPlan, _ changed: inout ChangedEntities,
        _ last: () throws -> LastImport
    ) throws -> Bool {
        var final = SyncPlan(desired, plan.ownership, options, saved: saved)
        var batches: [WriteBatch] = []
        var wasLarge = false
        let (prefix, isSplit) = (source.keyPrefix, redis.batchSize == 1)
        try compareAgain(&changed) { compared in
            let batch = compared.batch
            compared.forEach { index, found, stored in
                let entry = batch.entries[index]
                let change = final.verdict(found, entry.type, entry.id)
                let key = EntityKey(prefix: prefix, type: entry.type, id: entry.id)
                let planned = PlannedChange(
                    key: key, origin: entry.origin, change: change, stored: stored, wanted: nil)
                guard final.admits(planned) else { return }
                final.add(change, key, entry.origin, byteCount: batch.byteCount(of: index))
                // A value that a server may be too small for goes alone, so that its refusal is about nothing else.
                let isLarge = entry.end - entry.valueStart >= RedisEntityStore.largeValue
                let isFull = (batches.last?.entries.count ?? 0) >= Self.batchCount
                if batches.isEmpty || isFull || isLarge || wasLarge {
                    batches.append(WriteBatch())
                    batches[batches.count - 1].isSplit = isSplit
                }
                wasLarge = isLarge
                switch change {
                case .create: batches[batches.count - 1].append(index, of: batch)
                case .update(let difference):
                    let value = batch.withValue(at: index) { difference.update($0) }
                    batches[batches.count - 1].append(index, of: batch, value: value)
                case .none, .delete, .conflict: break
                }
            }
        }
        var deleted: [EntityKey] = []
        for type in desired.types.reversed() {
            try readDeletions(type, &final, watches: true) { deleted.append($0.key) }
        }
        try final.check()
        var result = SyncResult()
        result.counts = plan.counts.mapValues { counts in
            var unchanged = ChangeCounts()
            unchanged.unchanged = counts.unchanged
            return unchanged
        }
        .merging(final.counts, uniquingKeysWith: +)
        result.note(plan)
        result.visibility = result.total.changed == 0 ? .unchanged : .atomic

        var transaction = Transaction()
        for batch in batches where !batch.entries.isEmpty { transaction.append(batch) }
        for start in stride(from: 0, to: deleted.count, by: Self.batchCount) {
            let keys = deleted[start..<min(start + Self.batchCount, deleted.count)]
            transaction.append(.command([Array("DEL".utf8)] + keys.map { Array($0.description.utf8) }))
        }
        for command in ownershipCommands(plan) { transaction.append(command) }
        transaction.append(bookkeeping.record(try finished(last, result.total, desired)))
        try lock.tend()
        guard try carryOut(transaction) else { return false }
        self.result = result
        isCarriedOut = true
        try store.finish()
        return true
    }

    /// The commands that record who owns what when a plan has been carried out.
    func ownershipCommands(_ plan: SyncPlan) -> [[UInt8]] {
        var commands = bookkeeping.record(source, from: plan.ownership.own, to: plan.ownedAfter)
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

    /// Lets the server carry a transaction out; false if a watched key was changed.
    ///
    /// If the connection breaks while it does, the record of the last import tells whether it did.
    mutating func carryOut(_ transaction: Transaction) throws -> Bool {
        let (redis, lock) = (redis, lock)
        try store.pipeline.use { (connection, _) throws(RedisError) in
            try transaction.queue(&connection, lock, redis)
        }
        do throws(RedisError) {
            let ending = try store.pipeline.use { (connection, _) throws(RedisError) in
                try Transaction.execute(&connection, redis)
            }
            switch ending {
            case .done: return true
            case .aborted: return false
            case .failed(let failure):
                isPartial = true
                throw failure
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
    }

    /// Whether this run's transaction took effect; if it did not, it never will.
    private mutating func wasCarriedOut() throws(RedisError) -> Bool {
        var retry = RedisRetry(limit: redis.retryFor)
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
                try RedisRetry.sleep(pause, redis.interruption)
            }
        }
    }
}

extension SyncResult {
    /// Enters what a plan says of entities that are neither written nor deleted.
    mutating func note(_ plan: SyncPlan) {
        adopted = plan.adopted
        leftovers = plan.leftoverCount
        unprunable = plan.unprunable
    }
}
