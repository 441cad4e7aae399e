import GraphSync
import UCG

extension RedisSync {
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
        for command in bookkeeping.recordTypes(union) { ahead.append(command) }
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
        try store.finish(held)
        if store.counts.refused > 0 { return true }
        for type in bookkeeping.types.reversed() { _ = try delete(type, plan.deletions(type).ids) }
        // What was lost meanwhile must not be recorded as finished.
        if !plan.candidates.isEmpty { try store.finish(held) }
        result.note(plan)
        if result.total.changed == 0 { result.visibility = .unchanged }
        try conclude(desired, plan, last, hasMoreToRecord: !plan.candidates.isEmpty || plan.adopted > 0)
        try store.finish(.run(key: source.lastKey, run: run))
        return true
    }

    /// The lock, which has to be there when everything is written.
    private var held: RedisSession.Record { .lock(key: lock.key, value: lock.value) }

    /// Enters what became of a type's entities.
    private mutating func count(_ type: EntityType, since before: WriteCounts) {
        var counts = ChangeCounts()
        counts.created = store.counts.created - before.created
        counts.updated = store.counts.updated - before.updated
        counts.unchanged = store.counts.unchanged - before.unchanged
        result.counts[type] = counts
    }

    /// Deletes entities, as far as they are there, and answers how many.
    mutating func delete(_ type: EntityType, _ ids: [EntityID]) throws -> Int {
        var total = 0
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
            total += count
            result.counts[type, default: ChangeCounts()].deleted += count
        }
        return total
    }

    /// Records the finished import, and who owns what now.
    private mutating func conclude(
        _ desired: DesiredGraph, _ plan: SyncPlan, _ last: () throws -> LastImport, hasMoreToRecord: Bool
    ) throws {
        let total = result.total
        try untilDone { sync throws in
            var transaction = Transaction()
            if hasMoreToRecord {
                let ownership = try sync.readOwnership(watches: true)
                for command in sync.recordCommands(plan.with(ownership)) { transaction.append(command) }
            }
            transaction.append(sync.bookkeeping.record(try sync.finished(last, total, desired)))
            return try sync.carryOutOnce(transaction)
        }
    }

    /// Carries out a transaction that may be repeated, as long as this run has the lock; false if a key that was
    /// watched has changed, or the lock was renewed.
    mutating func carryOutOnce(_ transaction: Transaction) throws(RedisError) -> Bool {
        // Bytes that arrive when another run has the lock must have no effect.
        let seen = try store.pipeline.call(
            [.command("WATCH", lock.key), .command("GET", lock.key)], name: "WATCH")
        for case .error(let text) in seen { throw ServerError(text).asFailure }
        guard seen[1] == .text(lock.value) else { throw ImportLock.lost }
        let (redis, lock) = (redis, lock)
        return try store.pipeline.use { (connection, _) throws(RedisError) in
            try transaction.queue(&connection, lock, redis)
            switch try transaction.execute(&connection, redis) {
            case .aborted: return false
            case .done(let results):
                for case .error(let text) in results { throw ServerError(text).asFailure }
                return true
            }
        }
    }

    /// Runs `body` until it succeeds, a few times; again, too, on a new connection if one broke.
    mutating func untilDone(_ body: (inout RedisSync) throws -> Bool) throws {
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
