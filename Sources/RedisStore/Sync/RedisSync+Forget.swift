import GraphSync
import UCG

extension RedisSync {
    /// How many entities the source owns and no other does; `nil` if the server does not know the source.
    public mutating func recordedEntities() throws(RedisError) -> Int? {
        let replies = try store.pipeline.call(
            [.command("SMEMBERS", source.sourcesKey), .command("EXISTS", source.lastKey, source.typesKey)],
            name: "SMEMBERS")
        let names = try Bookkeeping.names(replies[0], "SMEMBERS")
        let records = try replies[1].count("EXISTS", atMost: 2)
        let ownership = try readOwnership(watches: false)
        guard names.contains(source.name) || records > 0 || ownership.ownCount > 0 else {
            return nil
        }
        return ownership.leftovers(Self.nothing).values.reduce(0) { $0 + $1.count }
    }

    /// Removes what is recorded of the source, while no import of it runs.
    ///
    /// - Parameter deletes: Whether the entities that it owns and no other source does are deleted first.
    /// - Returns: How many entities were deleted.
    public mutating func forget(deletes: Bool, lockTimeout: Duration) throws -> Int {
        try lock.acquire(within: lockTimeout)
        do {
            let deleted = try forgetLocked(deletes: deletes)
            lock.release()
            return deleted
        } catch {
            lock.release()
            throw error
        }
    }

    private mutating func forgetLocked(deletes: Bool) throws -> Int {
        let ownership = try readOwnership(watches: false)
        var deleted = 0
        if deletes {
            let owned = ownership.leftovers(Self.nothing)
            for type in bookkeeping.types.reversed() { deleted += try delete(type, owned[type]?.ids ?? []) }
        }
        let keys = [source.lastKey, source.typesKey] + bookkeeping.types.map { source.ownedKey($0) }
        try untilDone { sync throws in
            var transaction = Transaction()
            transaction.append(.command((["DEL"] + keys).map { Array($0.utf8) }))
            transaction.append(.command("SREM", sync.source.sourcesKey, sync.source.name))
            return try sync.carryOutOnce(transaction)
        }
        try store.finish(.lock(key: lock.key, value: lock.value))
        return deleted
    }

    /// A graph without entities: everything that is owned is left over.
    private static var nothing: DesiredGraph {
        DesiredGraph(types: [], ids: [:], units: [], estimatedBytes: 0) { _, _ in }
    }
}
