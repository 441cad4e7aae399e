package import GraphSync
package import RedisProtocol
package import UCG

extension RedisSync {
    /// Compares everything, and writes nothing.
    ///
    /// - Parameter onChange: Called with each change and each conflict, by type and in the graph's order;
    ///   a type's deletions come after its other changes.
    package mutating func plan(
        _ desired: DesiredGraph, onChange: (PlannedChange) throws -> Void
    ) throws -> SyncPlan {
        let ownership = try readOwnership(watches: false)
        var plan = SyncPlan(desired, ownership: ownership, options: options)
        try readExpiries(besides: ownership)
        for types in desired.passes(and: records.types) {
            try compare(types, of: desired, in: &plan) { try onChange($0.planned) }
            for type in types { try readDeletions(of: type, in: &plan, onChange: onChange) }
        }
        return plan
    }

    /// Reads everything back.
    ///
    /// - Returns: The number of entities that are as they should be, by what was found, and where the first one comes
    ///   from that is not.
    package mutating func verify(_ desired: DesiredGraph) throws -> (
        counts: ChangeCounts, firstFault: EntityOrigin?
    ) {
        try readExpiries(besides: try readOwnership(watches: false))
        var counts = ChangeCounts()
        var firstFault: EntityOrigin?
        for types in desired.passes {
            try scan(types, of: desired) { compared in
                counts.unchanged += compared.unchangedCount
                for finding in compared.findings {
                    counts.add(finding.change)
                    firstFault = firstFault ?? compared.batch.mutations[finding.index].origin
                }
            }
        }
        return (counts, firstFault)
    }

    /// The number of the entities' keys that exist, whatever they hold.
    package mutating func countPresent(_ desired: DesiredGraph) throws(RedisError) -> Int {
        var count = 0
        for type in desired.types {
            let ids = desired.ids[type]?.ids ?? []
            for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
                let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
                let names = chunk.map {
                    Array(EntityKey(prefix: source.keyPrefix, type: type, id: $0).description.utf8)
                }
                let reply = try ask([RedisCommand("EXISTS", keys: names)])[0]
                count += try reply.count(of: "EXISTS", atMost: names.count)
            }
        }
        return count
    }

    /// A change that was found, and the entity that it is about.
    struct Found {
        let planned: PlannedChange
        let batch: MutationBatch
        /// The index of the entity in the batch.
        let index: Int
    }

    /// Compares every entity of one of the graph's passes with what its key holds.
    mutating func compare(
        _ types: [EntityType], of desired: DesiredGraph, in plan: inout SyncPlan,
        onChange: (Found) throws -> Void
    ) throws {
        let prefix = source.keyPrefix
        var expiring: Set<EntityID> = []
        try scan(types, of: desired) { compared in
            let batch = compared.batch
            func note(_ finding: ComparedBatch.Finding) throws {
                let index = finding.index
                let mutation = batch.mutations[index]
                let change = plan.verdict(on: finding.change, type: mutation.type, id: mutation.id)
                if case .unchanged = change { return plan.addUnchanged(mutation.type, 1) }
                let key = EntityKey(prefix: prefix, type: mutation.type, id: mutation.id)
                let planned = PlannedChange(
                    key: key, origin: mutation.origin, change: change, stored: finding.stored,
                    wanted: batch.value(at: index), expiry: finding.expiry, given: mutation.given)
                guard plan.admits(planned) else { return }
                plan.add(change, to: key, origin: mutation.origin, byteCount: batch.byteCount(of: index))
                if finding.expiry != nil { expiring.insert(mutation.id) }
                try onChange(Found(planned: planned, batch: batch, index: index))
            }
            guard types.count == 1, !plan.refusesOthers else { return try compared.forEach(note) }
            plan.addUnchanged(types[0], compared.unchangedCount)
            for finding in compared.findings { try note(finding) }
        }
        store.pipeline.expiring.formUnion(expiring)
    }

    private func scan(
        _ types: [EntityType], of desired: DesiredGraph, _ body: StoredComparison.Body
    ) throws {
        var comparison = try store.comparison(asksExpiry: asksExpiry)
        try desired.source.forEachEntity(ofPass: types) { entity in try comparison.add(entity, body) }
        try comparison.finish(body)
    }

    // MARK: - Deletions

    /// Looks at the entities of a type that are to be deleted; what is gone already is not counted.
    mutating func readDeletions(
        of type: EntityType, in plan: inout SyncPlan, onChange: (PlannedChange) throws -> Void
    ) throws {
        let ids = plan.candidates[type]?.ids ?? []
        for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
            let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
            for deletion in try readDeletions(of: type, ids: chunk, watches: false)
            where plan.prunes(deletion) && plan.admits(deletion) {
                plan.add(deletion.change, to: deletion.key, origin: nil, byteCount: 96)
                try onChange(deletion)
            }
        }
    }

    /// What the keys of entities hold that are to be deleted: those that are there.
    mutating func readDeletions(
        of type: EntityType, ids: ArraySlice<EntityID>, watches: Bool
    ) throws(RedisError) -> [PlannedChange] {
        let keys = ids.map { EntityKey(prefix: source.keyPrefix, type: type, id: $0) }
        let names = keys.map { Array($0.description.utf8) }
        let reading = store.layout.reading(EncodedKeys(names))
        let watching = watches ? [RedisCommand("WATCH", keys: names)] : []
        let replies = try ask(watching + reading).dropFirst(watching.count)
        guard var stored = store.layout.stored(Array(replies), count: keys.count) else {
            throw RedisError.unexpectedReply(to: reading[0].name)
        }
        // A key of another type reads like one that does not exist.
        let absent = stored.absent
        let existing = try ask(absent.map { RedisCommand("EXISTS", keys: [names[$0]]) })
        for (index, reply) in zip(absent, existing) where try reply.count(of: "EXISTS", atMost: 1) == 1 {
            stored.taken.insert(index)
        }
        var deletions: [PlannedChange] = []
        for (index, key) in keys.enumerated() {
            guard let found = stored.deletion(at: index, of: key) else { continue }
            deletions.append(
                PlannedChange(
                    key: key, origin: nil, change: found.change, stored: found.stored, wanted: nil))
        }
        return deletions
    }
}
