import GraphSync
import RedisProtocol
import UCG

extension RedisSync {
    /// Writes batch after batch: who owns them first, then entities in an order in which no reference dangles,
    /// and deletions last; false if who owns what was changed before.
    mutating func stream(
        _ goal: Goal, _ plan: SyncPlan, kind: MutationBatch.Kind, spoilt: Set<[UInt8]>
    ) throws -> Bool {
        let desired = goal.desired
        let rewrites = !plan.graphKeys.isEmpty
        var ahead = Transaction()
        let union = plan.ownership.union(desired)
        for command in records.record(source, from: plan.ownership.own, to: union) {
            ahead.append(command)
        }
        for command in records.recordTypes(union) { ahead.append(command) }
        ahead.append(records.registration)
        // Until the import is finished it is not known which entities have which keys.
        if rewrites { ahead.append(beginning(graphGoal)) }
        for key in spoilt { ahead.append(KeyCommand("DEL", key: key)) }
        guard try commitRepeatable(ahead) else { return false }
        progress = .streaming
        result.visibility = .batches
        store.kind = kind
        for types in desired.passes {
            defer { for type in types { result.counts[type] = store.counts(of: type) } }
            try desired.source.forEachEntity(ofPass: types) { entity in
                if let saved, !rewrites, !saved.affects(entity.type, entity.id) { return }
                try store.write(entity)
            }
            try store.flush()
        }
        try store.finish(held)
        if store.counts.refused > 0 { return true }
        result.graphKeys = plan.graphKeys
        result.graphKeys.rewritten = store.pipeline.window.rewritten
        for type in records.types.reversed() { _ = try delete(type, plan.deletions(type).ids) }
        try rewriteLeftovers(plan)
        // What was lost meanwhile must not be recorded as finished.
        if !plan.candidates.isEmpty { try store.finish(held) }
        result.record(plan)
        if result.total.changed + result.graphKeys.rewritten == 0 { result.visibility = .unchanged }
        try conclude(goal, plan, hasMoreToRecord: !plan.candidates.isEmpty || plan.adopted > 0)
        try store.finish(.run(key: source.lastKey, run: run))
        return true
    }

    /// The lock, which has to be there when everything is written.
    private var held: RedisSession.Record { .lock(key: lock.key, value: lock.value) }

    /// Deletes entities, as far as they are there, and answers how many.
    mutating func delete(_ type: EntityType, _ ids: [EntityID]) throws -> Int {
        var total = 0
        for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
            let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
            // If the reply to a deletion is lost, it is not there any more when it is looked for again.
            var count = 0
            try untilDone { sync throws in
                let deletions = try sync.readDeletions(of: type, ids: chunk, watches: true)
                if let conflict = deletions.first(where: { $0.change != .delete }) {
                    throw SyncRefusal(
                        .conflict, "a key was overwritten by another program during the import",
                        cases: [.init(key: conflict.key, origin: nil, reason: "is no longer an entity")])
                }
                count = max(count, deletions.count)
                if deletions.isEmpty { return true }
                var transaction = Transaction()
                for command in try sync.removals(of: deletions) { transaction.append(command) }
                transaction.append(RedisCommand("DEL", keys: deletions.map(\.key.description)))
                return try sync.commitRepeatable(transaction)
            }
            total += count
            result.counts[type, default: ChangeCounts()].deleted += count
        }
        return total
    }

    /// Records the finished import, and who owns what now.
    private mutating func conclude(
        _ goal: Goal, _ plan: SyncPlan, hasMoreToRecord: Bool
    ) throws {
        let total = result.total
        try untilDone { sync throws in
            var transaction = Transaction()
            if hasMoreToRecord {
                let ownership = try sync.readOwnership(watches: true)
                for command in sync.recordCommands(plan.with(ownership)) { transaction.append(command) }
            }
            transaction.append(sync.records.record(try sync.finished(goal, counts: total)))
            return try sync.commitRepeatable(transaction)
        }
    }

    /// Carries out a transaction that may be repeated, as long as this run has the lock; false if a key that was
    /// watched has changed, or the lock was renewed.
    mutating func commitRepeatable(_ transaction: Transaction) throws(RedisError) -> Bool {
        // Bytes that arrive when another run has the lock must have no effect.
        let seen = try node.ask([RedisCommand("WATCH", key: lock.key), RedisCommand("GET", key: lock.key)])
        guard seen[1] == .bulkString(lock.value) else { throw ImportLock.lost }
        try transaction.queue(on: node)
        switch try transaction.execute(on: node) {
        case .aborted: return false
        case .done(let results):
            for reply in results { try reply.check("EXEC") }
            return true
        }
    }

    /// Runs `body` until it succeeds, a few times; again, too, on a new connection if one broke.
    mutating func untilDone(_ body: (inout RedisSync) throws -> Bool) throws {
        for _ in 0..<Self.mostPlans { if try persist({ sync throws in try body(&sync) }) { return } }
        throw RedisError(
            .tryLater, "keys changed while they were deleted (\(Self.mostPlans) attempts)",
            advice: "run again")
    }
}
