import GraphSync
import RedisProtocol
import UCG

extension RedisSync {
    /// The names of this source's graph keys.
    var graphKeyNames: GraphKeyNames { GraphKeyNames(prefix: source.keyPrefix) }

    /// Which graph keys the entities have, and which they are to have.
    func readGraphPolicy(_ ownership: Ownership) throws(RedisError) -> GraphPolicy {
        // Others matter only where their entities are taken over.
        let names = options.adopts ? ownership.others.keys.sorted() : []
        let sources = [source] + names.compactMap { ImportSource(keyPrefix: source.keyPrefix, name: $0) }
        let replies = try ask(
            sources.flatMap {
                [
                    RedisCommand("HGET", key: $0.lastKey, LastImport.graphKeysField),
                    RedisCommand("HGET", key: $0.lastKey, LastImport.graphKeysBegunField),
                ]
            })
        var records: [GraphRecord] = []
        for (index, source) in sources.enumerated() {
            records.append(
                GraphRecord(
                    finished: try Self.setting(replies[2 * index], of: source) ?? .none,
                    begun: try Self.setting(replies[2 * index + 1], of: source)))
        }
        var others: [String: GraphRecord] = [:]
        for (source, record) in zip(sources, records).dropFirst() { others[source.name] = record }
        return GraphPolicy(
            goal: options.graphKeys ?? records[0].finished, own: records[0], others: others,
            ownership: ownership, rebuilds: options.rebuildsGraphKeys)
    }

    /// The setting that is recorded; `nil` if none is.
    private static func setting(_ reply: RedisReply, of source: ImportSource) throws(RedisError)
        -> GraphKeySetting?
    {
        switch reply {
        case .null, .bulkString([]): return nil
        case .bulkString(let bytes):
            if let setting = GraphKeySetting(rawValue: String(decoding: bytes, as: UTF8.self)) {
                return setting
            }
            throw RedisError(
                .configuration, "\(source.lastKey) names graph keys that this version does not know",
                advice: "use the version of reed-import that wrote it")
        default: throw RedisError.unexpectedReply(to: "HGET")
        }
    }

    /// The command that records that graph keys of entities that are there already are about to be written or removed.
    func beginning(_ goal: GraphKeySetting) -> KeyCommand {
        KeyCommand(
            "HSET", key: source.lastKey,
            arguments: [LastImport.graphKeysBegunField, goal.rawValue].map { Array($0.utf8) })
    }

    // MARK: - Planning

    /// Begins to plan what happens to graph keys along with entities.
    func begin(_ plan: SyncPlan, for desired: DesiredGraph) throws(RedisError) -> PlanDraft {
        let policy = try readGraphPolicy(plan.ownership)
        if !policy.isIdle, let failure = store.check.graphKeyFailure { throw failure }
        var plan = plan
        plan.graphKeys.before = policy.own
        plan.graphKeys.now = policy.goal
        // A transaction has a few keys for each of its entities.
        let graph = GraphKeyPlan(
            policy, for: desired, graphKeyNames, absentLimit: 4 * options.atomicEntities)
        return PlanDraft(plan: plan, graph: graph)
    }

    /// Adds entities to a plan that the directory no longer has, and whose graph keys have to be others all the same.
    mutating func planLeftovers(
        in draft: inout PlanDraft, onChange: (GraphChange) -> Void
    ) throws(RedisError) {
        let policy = draft.graph.policy
        guard policy.rewritesOwn else { return }
        for type in records.types {
            let ids = draft.plan.leftovers(type).ids
            for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
                let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
                for (key, change) in try leftoverChanges(of: type, chunk, policy, watches: false) {
                    draft.plan.addRewritten(byteCount: change.byteCount)
                    draft.graph.add(change, of: key, from: nil)
                    onChange(change)
                }
                if draft.graph.isDue { try draft.graph.look(node) }
            }
        }
    }

    /// What has to happen to the graph keys of entities that are kept though the directory no longer has them.
    func leftoverChanges(
        of type: EntityType, _ ids: ArraySlice<EntityID>, _ policy: GraphPolicy, watches: Bool
    ) throws(RedisError) -> [(key: EntityKey, change: GraphChange)] {
        var changes: [(key: EntityKey, change: GraphChange)] = []
        for found in try readDeletions(of: type, ids: ids, watches: watches) {
            guard case .delete = found.change, let stored = found.stored.bytes else { continue }
            let change = policy.change(of: type, found.key.id, stored: stored.span, wanted: stored.span)
            if !change.isEmpty { changes.append((found.key, change)) }
        }
        return changes
    }

    /// Ends the planning of graph keys: finds out what other entities account for, and what is another's.
    mutating func conclude(
        _ draft: inout PlanDraft, for desired: DesiredGraph, onConflict: (PlannedChange) throws -> Void
    ) throws {
        guard !draft.graph.policy.isIdle else { return }
        try draft.graph.look(node)
        if draft.graph.policy.rewritesOwn || draft.plan.total.updated + draft.plan.total.deleted > 0 {
            draft.graph.policy.claims = try GraphClaims(of: desired.source, setting: draft.graph.policy.goal)
        }
        let released = draft.graph.check.released.map { GraphEntry($0, $1) }
        let shared = try sharedNames(released, draft.graph.policy)
        draft.graph.policy.claims = draft.graph.policy.claims?.adding(shared)
        let check = draft.graph.check
        for suspect in check.suspects where !check.isCleared(suspect) {
            guard let reason = try conflict(suspect, draft.graph.policy) else { continue }
            draft.plan.addConflict(suspect.key, origin: suspect.origin, reason: reason)
            try onConflict(
                PlannedChange(
                    key: suspect.key, origin: suspect.origin, change: .conflict(reason), stored: .absent,
                    wanted: nil))
        }
    }

    // MARK: - Writing batch after batch

    /// Brings the graph keys of entities up to date that are kept though the directory no longer has them.
    mutating func rewriteLeftovers(_ plan: SyncPlan) throws {
        guard let policy = store.graph, policy.rewritesOwn, let claims = policy.claims else {
            return
        }
        let names = graphKeyNames
        for type in records.types {
            let ids = plan.leftovers(type).ids
            for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
                let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
                var count = 0
                try untilDone { sync throws in
                    let changes = try sync.leftoverChanges(of: type, chunk, policy, watches: true)
                    count = changes.count
                    var commands = GraphCommands(names)
                    for (_, change) in changes { commands.append(change.yielding(to: claims)) }
                    return try sync.commitRepeatable(commands)
                }
                result.graphKeys.rewritten += count
            }
        }
    }

    /// Carries out commands that may be repeated; see ``commitRepeatable(_:)-Transaction``.
    private mutating func commitRepeatable(_ commands: GraphCommands) throws(RedisError) -> Bool {
        if commands.all.isEmpty { return true }
        var transaction = Transaction()
        for command in commands.all { transaction.append(command) }
        return try commitRepeatable(transaction)
    }

    /// The commands that remove what entities account for that are deleted.
    func removals(of deletions: [PlannedChange]) throws(RedisError) -> [KeyCommand] {
        guard let policy = store.graph else { return [] }
        var changes: [GraphChange] = []
        for deletion in deletions {
            guard let stored = deletion.stored.bytes else { continue }
            let change = policy.change(
                of: deletion.key.type, deletion.key.id, stored: stored.span, wanted: nil)
            guard policy.claims != nil || !change.sharesRemoved else {
                throw RedisError(
                    .tryLater, "an entity was changed by another program during the import",
                    advice: "run again")
            }
            changes.append(change)
        }
        let shared = try sharedNames(changes.flatMap(\.removed), policy)
        let claims = (policy.claims ?? .nothing).adding(shared)
        var commands = GraphCommands(graphKeyNames)
        for change in changes { commands.append(change.keeping(claims)) }
        return commands.all
    }

    /// Records that graph keys may be missing or left over, so that the next import writes all of them; says so if that is
    /// not possible now.
    func recordIncompleteGraphKeys() {
        guard let goal = store.graph?.goal else { return }
        do throws(RedisError) { _ = try node.ask([beginning(goal).encoded]) } catch {
            redis.onNote(
                "graph keys may be missing, which could not be recorded (\(error.message)); have them written anew"
            )
        }
    }
}
