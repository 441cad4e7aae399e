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
        var draft = try begin(SyncPlan(desired, ownership: ownership, options: options), for: desired)
        try readExpiries(besides: ownership)
        for types in desired.passes(and: records.types) {
            try compare(types, of: desired, in: &draft) { found in
                if found.planned.change != .unchanged { try onChange(found.planned) }
            }
            for type in types {
                try readDeletions(of: type, in: &draft) { deletion, _ in try onChange(deletion) }
            }
        }
        try planLeftovers(in: &draft) { _ in }
        try conclude(&draft, for: desired, onConflict: onChange)
        return draft.plan
    }

    /// Reads everything back.
    ///
    /// - Returns: The number of entities that are as they should be, by what was found; where the first one comes
    ///   from that is not; and the entries of graph keys that are not.
    package mutating func verify(_ desired: DesiredGraph) throws -> (
        counts: ChangeCounts, firstFault: EntityOrigin?, graphKeyFaults: GraphKeyFaults
    ) {
        let ownership = try readOwnership(watches: false)
        try readExpiries(besides: ownership)
        var counts = ChangeCounts()
        var firstFault: EntityOrigin?
        var keys = GraphKeyVerification(try readGraphPolicy(ownership).goal, graphKeyNames)
        for types in desired.passes {
            try scan(types, of: desired, pausingIf: { keys.isDue }, to: { try keys.look(node) }) { compared in
                counts.unchanged += compared.unchangedCount
                for finding in compared.findings {
                    counts.add(finding.change)
                    firstFault = firstFault ?? compared.batch.mutations[finding.index].origin
                }
                keys.add(compared.batch)
            }
        }
        return (counts, firstFault, keys.faults)
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
        /// What happens to graph keys with it; `nil` if nothing does.
        let graph: GraphChange?
    }

    /// Compares every entity of one of the graph's passes with what its key holds.
    mutating func compare(
        _ types: [EntityType], of desired: DesiredGraph, in draft: inout PlanDraft,
        onChange: (Found) throws -> Void
    ) throws {
        let (prefix, node) = (source.keyPrefix, node)
        // Asked for once: a look into the draft for each entity would copy it.
        let hasGraphKeys = !draft.graph.policy.isIdle
        var expiring: Set<EntityID> = []
        try scan(types, of: desired, pausingIf: { draft.graph.isDue }, to: { try draft.graph.look(node) }) {
            compared in
            let batch = compared.batch
            func note(_ finding: ComparedBatch.Finding) throws {
                let index = finding.index
                let mutation = batch.mutations[index]
                let change = draft.plan.verdict(on: finding.change, type: mutation.type, id: mutation.id)
                let keys = hasGraphKeys ? draft.graph.change(for: finding, change, of: batch) : nil
                let isUnchanged = change == .unchanged
                if isUnchanged { draft.plan.addUnchanged(mutation.type, 1) }
                if isUnchanged, keys?.isEmpty ?? true { return }
                let key = EntityKey(prefix: prefix, type: mutation.type, id: mutation.id)
                let planned = PlannedChange(
                    key: key, origin: mutation.origin, change: change, stored: finding.stored,
                    wanted: batch.value(at: index), expiry: finding.expiry, given: mutation.given)
                let keyBytes = keys?.byteCount ?? 0
                if isUnchanged {
                    draft.plan.addRewritten(byteCount: keyBytes)
                } else {
                    guard draft.plan.admits(planned) else { return }
                    draft.plan.add(
                        change, to: key, origin: mutation.origin,
                        byteCount: batch.byteCount(of: index) + keyBytes)
                    if finding.expiry != nil { expiring.insert(mutation.id) }
                }
                if let keys { draft.graph.add(keys, of: key, from: mutation.origin) }
                try onChange(Found(planned: planned, batch: batch, index: index, graph: keys))
            }
            guard types.count == 1, !draft.plan.refusesOthers, !draft.graph.rewritesUnchanged else {
                return try compared.forEach(note)
            }
            draft.plan.addUnchanged(types[0], compared.unchangedCount)
            for finding in compared.findings { try note(finding) }
        }
        store.pipeline.expiring.formUnion(expiring)
    }

    /// Compares every entity of one of the graph's passes with what its key holds.
    ///
    /// - Parameters:
    ///   - isPauseDue: Whether other questions have to be asked over the connection.
    ///   - pause: Asks them; called at the end, too.
    private func scan(
        _ types: [EntityType], of desired: DesiredGraph, pausingIf isPauseDue: () -> Bool,
        to pause: () throws -> Void, _ body: StoredComparison.Body
    ) throws {
        var comparison = try store.comparison(asksExpiry: asksExpiry)
        try desired.source.forEachEntity(ofPass: types) { entity in
            try comparison.add(entity, body)
            guard isPauseDue() else { return }
            try comparison.finish(body)
            try pause()
        }
        try comparison.finish(body)
        try pause()
    }

    // MARK: - Deletions

    /// Looks at the entities of a type that are to be deleted; what is gone already is not counted.
    mutating func readDeletions(
        of type: EntityType, in draft: inout PlanDraft, onChange: (PlannedChange, GraphChange) throws -> Void
    ) throws {
        let ids = draft.plan.candidates[type]?.ids ?? []
        for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
            let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
            for deletion in try readDeletions(of: type, ids: chunk, watches: false)
            where draft.plan.prunes(deletion) && draft.plan.admits(deletion) {
                let keys = draft.graph.change(for: deletion)
                draft.plan.add(deletion.change, to: deletion.key, origin: nil, byteCount: 96 + keys.byteCount)
                draft.graph.add(keys, of: deletion.key, from: nil)
                try onChange(deletion, keys)
            }
        }
    }

    /// What the keys of entities hold that are to be deleted: those that are there.
    func readDeletions(
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
