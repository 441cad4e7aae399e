import GraphSync
import RedisProtocol
import UCG

extension MutationWindow {
    /// Sorts the entities of the first batch by what their keys hold.
    mutating func compare(_ answer: StoredEntities) {
        guard let batch = takeBack() else { return }
        var stored = answer
        // Neither created nor read twice: the key holds a value of another type.
        if batch.refusals > 1 { stored.taken = Set(stored.absent) }
        if !expiring.isEmpty {
            for index in stored.indices where expiring.contains(batch.mutations[index].id) {
                stored.expiries[index] = 0
            }
        }
        var (new, changed, same) = (freshBatch(), freshBatch(), freshBatch())
        new.kind = .create
        same.kind = .graphKeys
        new.refusals = batch.refusals
        // One of them may be what was in the way, so each for itself.
        new.isSplit = sendsSingly || batch.refusals > 0
        changed.isSplit = sendsSingly
        for index in stored.indices {
            let given = batch.mutations[index].given
            let found = batch.withValue(at: index) {
                stored.difference(at: index, from: $0, given: given)
            }
            switch found?.change {
            case .create:
                new.append(index, of: batch)
                addGraphChange(to: &new, stored: nil)
            case .update(let difference):
                let value = batch.withValue(at: index) { difference.update($0) }
                changed.append(index, of: batch, value: value)
                addGraphChange(to: &changed, stored: found?.stored.bytes)
            case .conflict(let reason): conflict(reason, at: index, of: batch)
            case .unchanged, .delete, nil:
                let mutation = batch.mutations[index]
                if let graph, graph.rewrites(mutation.type, mutation.id) {
                    same.append(index, of: batch)
                    addGraphChange(to: &same, stored: batch.value(at: index))
                    if same.graphChanges.last?.isEmpty == false { continue }
                    same.removeLast()
                }
                // To the last byte what was to be created: it was, and the reply was lost.
                let wasCreated = batch.refusals > 0 && stored.holds(batch.value(at: index), at: index)
                if wasCreated { created += 1 } else { unchanged += 1 }
                tally.count(batch.mutations[index...index], as: wasCreated ? \.created : \.unchanged)
            }
        }
        for rest in [new, changed, same] where !rest.isEmpty { wait(rest) }
    }

    /// Works out what happens to graph keys with the mutation that was added to a batch last.
    private mutating func addGraphChange(to batch: inout MutationBatch, stored: [UInt8]?) {
        guard let graph, !batch.addGraphChange(graph, stored: stored) else { return }
        // No entity was to give anything up when it was planned.
        stop =
            stop
            ?? RedisError(
                .tryLater, "an entity was changed by another program during the import", advice: "run again")
    }

    private mutating func conflict(_ reason: String, at index: Int, of batch: MutationBatch) {
        let mutation = batch.mutations[index]
        let key = EntityKey(prefix: keyPrefix, type: mutation.type, id: mutation.id)
        if conflicts.count < SyncRefusal.keptCases {
            conflicts.append(SyncRefusal.Case(key: key, origin: mutation.origin, reason: reason))
        }
        stop =
            stop
            ?? RedisError(
                .conflict, "a key was overwritten by another program during the import",
                advice: "see what holds it and run again")
    }
}
