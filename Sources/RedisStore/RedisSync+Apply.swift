import GraphSync
import UCG

extension RedisSync {
    // MARK: - All at once

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
    private func ownershipCommands(_ plan: SyncPlan) -> [[UInt8]] {
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

    private func finished(_ last: () throws -> LastImport, _ counts: ChangeCounts, _ desired: DesiredGraph)
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
            return ending == .done
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

    // MARK: - Batch by batch

    /// Writes batch after batch: who owns them first, then entities in an order in which no reference dangles,
    /// and deletions last; false if who owns what was changed before.
    mutating func stream(
        _ desired: DesiredGraph, _ plan: SyncPlan, _ step: WriteBatch.Step, _ last: () throws -> LastImport
    ) throws -> Bool {
        var ahead = Transaction()
        let union = plan.ownership.union(desired)
        for command in bookkeeping.record(source, from: plan.ownership.own, to: union) {
            ahead.append(command)
        }
        ahead.append(bookkeeping.enter)
        try lock.tend()
        guard try carryOutOnce(ahead) else { return false }
        isStreaming = true
        result.visibility = .batches
        store.step = step
        for type in desired.types {
            let before = store.counts
            defer { count(type, since: before) }
            try desired.forEachEntity(type) { entity in
                if let saved, !saved.affects(entity.type, entity.id) { return }
                try store.write(entity)
            }
            try store.flush()
        }
        try lock.tend()
        try store.finish()
        if store.counts.refused > 0 { return true }
        for type in desired.types.reversed() { try delete(type, plan.candidates[type]?.ids ?? []) }
        // What was lost meanwhile must not be recorded as finished.
        if !plan.candidates.isEmpty { try store.finish() }
        result.note(plan)
        if result.total.changed == 0 { result.visibility = .unchanged }
        try conclude(desired, last, hasMoreToRecord: !plan.candidates.isEmpty || plan.adopted > 0)
        return true
    }

    /// Enters what became of a type's entities.
    private mutating func count(_ type: EntityType, since before: WriteCounts) {
        var counts = ChangeCounts()
        counts.created = store.counts.created - before.created
        counts.updated = store.counts.updated - before.updated
        counts.unchanged = store.counts.unchanged - before.unchanged
        result.counts[type] = counts
    }

    private mutating func delete(_ type: EntityType, _ ids: [EntityID]) throws {
        for start in stride(from: 0, to: ids.count, by: Self.batchCount) {
            let chunk = ids[start..<min(start + Self.batchCount, ids.count)]
            try lock.tend()
            // If the reply to a deletion is lost, it is not there any more when it is looked for again.
            var count = 0
            try untilDone { sync throws in
                let deletions = try sync.readDeletions(type, chunk, watches: true)
                if let conflict = deletions.first(where: { $0.change != .delete }) {
                    throw SyncRefusal(
                        .conflict, "a key was taken meanwhile",
                        cases: [.init(key: conflict.key, origin: nil, reason: "is no entity any more")])
                }
                count = max(count, deletions.count)
                if deletions.isEmpty { return true }
                var transaction = Transaction()
                transaction.append(
                    .command([Array("DEL".utf8)] + deletions.map { Array($0.key.description.utf8) }))
                return try sync.carryOutOnce(transaction)
            }
            result.counts[type, default: ChangeCounts()].deleted += count
        }
    }

    /// Records the finished import, and who owns what now.
    private mutating func conclude(
        _ desired: DesiredGraph, _ last: () throws -> LastImport, hasMoreToRecord: Bool
    ) throws {
        let total = result.total
        try untilDone { sync throws in
            var transaction = Transaction()
            if hasMoreToRecord {
                let ownership = try sync.readOwnership(watches: true)
                let plan = SyncPlan(desired, ownership, sync.options, saved: sync.saved)
                for command in sync.ownershipCommands(plan) { transaction.append(command) }
            }
            transaction.append(sync.bookkeeping.record(try sync.finished(last, total, desired)))
            return try sync.carryOutOnce(transaction)
        }
    }

    /// Carries out a transaction that may be repeated.
    private mutating func carryOutOnce(_ transaction: Transaction) throws(RedisError) -> Bool {
        let (redis, lock) = (redis, lock)
        return try store.pipeline.use { (connection, _) throws(RedisError) in
            try transaction.queue(&connection, lock, redis)
            return try Transaction.execute(&connection, redis) == .done
        }
    }

    /// Runs `body` until it succeeds, a few times; again, too, on a new connection if one broke.
    private mutating func untilDone(_ body: (inout RedisSync) throws -> Bool) throws {
        var attempts = 0
        while true {
            do {
                if try body(&self) { return }
            } catch let failure as RedisError {
                try store.pipeline.startAfresh(after: failure)
                continue
            }
            attempts += 1
            guard attempts < Self.mostPlans else {
                throw RedisError(
                    .tryLater, "another program changed keys while they were deleted", advice: "run again")
            }
        }
    }
}

extension SyncResult {
    /// Enters what a plan says of entities that are neither written nor deleted.
    fileprivate mutating func note(_ plan: SyncPlan) {
        adopted = plan.adopted
        leftovers = plan.leftovers.values.reduce(0) { $0 + $1.count }
        unprunable = plan.unprunable
    }
}
