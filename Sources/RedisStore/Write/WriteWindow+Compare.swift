import GraphSync
import RedisProtocol
import UCG

extension WriteWindow {
    /// Sorts the entities of the first batch by what their keys hold.
    mutating func compare(_ values: ReplyList) {
        guard let batch = takeBack() else { return }
        var (new, changed) = (freshBatch(), freshBatch())
        new.step = .create
        new.refusals = batch.refusals
        // One of them may be what was in the way, so each for itself.
        new.isSplit = sendsSingly || batch.refusals > 0
        changed.isSplit = sendsSingly
        for (index, value) in values.enumerated() {
            guard case .bulkString(let stored) = value else {
                // Neither created nor read twice: the key holds something that is no string.
                if batch.refusals > 1 {
                    conflict(.otherType, at: index, of: batch)
                } else {
                    new.append(index, of: batch)
                }
                continue
            }
            switch batch.withValue(at: index, { Change(stored: stored.span, wanted: $0) }) {
            case .update(let difference):
                let value = batch.withValue(at: index) { difference.update($0) }
                changed.append(index, of: batch, value: value)
            case .conflict(let reason): conflict(.conflict(reason), at: index, of: batch)
            case .unchanged where !expiring.isEmpty && expiring.contains(batch.entries[index].id):
                guard let difference = EntityDifference(stored: stored.span) else { continue }
                changed.append(
                    index, of: batch, value: batch.withValue(at: index) { difference.update($0) })
            case .unchanged, .create, .delete:
                // To the last byte what was to be created: it was, and the reply was lost.
                if batch.refusals > 0, batch.value(at: index) == stored {
                    created += 1
                } else {
                    unchanged += 1
                }
            }
        }
        for rest in [new, changed] where !rest.entries.isEmpty { wait(rest) }
    }

    private mutating func conflict(_ change: Change, at index: Int, of batch: WriteBatch) {
        guard case .conflict(let reason) = change else { return }
        let entry = batch.entries[index]
        let key = EntityKey(prefix: keyPrefix, type: entry.type, id: entry.id)
        if conflicts.count < SyncRefusal.keptCases {
            conflicts.append(SyncRefusal.Case(key: key, origin: entry.origin, reason: reason))
        }
        stop =
            stop
            ?? RedisError(
                .conflict, "a key was overwritten by another program during the import",
                advice: "see what holds it and run again")
    }
}
