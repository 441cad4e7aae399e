package import RedisProtocol
import GraphSync
import UCG

extension RedisSync {
    /// The number of entities that the source owns and no other does; `nil` if the server does not know the source.
    package mutating func recordedEntities() throws(RedisError) -> Int? {
        let replies = try node.ask([
            RedisCommand("SMEMBERS", key: source.sourcesKey),
            RedisCommand("EXISTS", keys: [source.lastKey, source.typesKey]),
        ])
        let names = try OwnershipRecords.names(replies[0], "SMEMBERS")
        let recordCount = try replies[1].count(of: "EXISTS", atMost: 2)
        let ownership = try readOwnership(watches: false)
        guard names.contains(source.name) || recordCount > 0 || ownership.ownCount > 0 else {
            return nil
        }
        return ownership.leftovers(Self.nothing).values.reduce(0) { $0 + $1.count }
    }

    /// Removes what is recorded of the source, while no import of it runs.
    ///
    /// - Parameter deletes: Whether the entities that it owns and no other source does are deleted first.
    /// - Returns: The number of entities that were deleted.
    package mutating func forget(deletes: Bool, lockTimeout: Duration) throws -> Int {
        try lock.acquire(within: lockTimeout)
        defer { lock.release() }
        return try forgetLocked(deletes: deletes)
    }

    private mutating func forgetLocked(deletes: Bool) throws -> Int {
        let ownership = try readOwnership(watches: false)
        var deleted = 0
        if deletes {
            // No entity is left that could account for a graph key.
            var policy = GraphPolicy(
                goal: .none, own: try readGraphPolicy(ownership).own, ownership: ownership)
            policy.claims = .nothing
            store.graph = policy
            let owned = ownership.leftovers(Self.nothing)
            for type in records.types.reversed() { deleted += try delete(type, owned[type]?.ids ?? []) }
        }
        let keys = [source.lastKey, source.typesKey] + records.types.map { source.ownedKey($0) }
        try untilDone { sync throws in
            var transaction = Transaction()
            transaction.append(RedisCommand("DEL", keys: keys))
            transaction.append(RedisCommand("SREM", key: sync.source.sourcesKey, sync.source.name))
            return try sync.commitRepeatable(transaction)
        }
        try store.finish(.lock(key: lock.key, value: lock.value))
        return deleted
    }

    /// A graph without entities: everything that is owned is left over.
    private static var nothing: DesiredGraph { DesiredGraph(NoEntities()) }
}

private struct NoEntities: EntitySource {
    let types: [EntityType] = []
    let ids: [EntityType: [EntityID]] = [:]
    let groups: Set<EntityGroup> = []
    let estimatedByteCount = 0

    func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) {}
}
