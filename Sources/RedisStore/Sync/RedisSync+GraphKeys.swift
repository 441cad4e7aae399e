import GraphSync
import RedisProtocol
import UCG

extension RedisSync {
    /// The names of this source's graph keys.
    var graphKeyNames: GraphKeyNames { GraphKeyNames(prefix: source.keyPrefix) }

    /// Which graph keys the entities have, and which they are to have.
    func readGraphPolicy(_ ownership: Ownership) throws(RedisError) -> GraphPolicy {
        let names = ownership.others.keys.sorted()
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

    /// Begins to plan what happens to graph keys.
    func planGraphKeys(
        _ ownership: Ownership, _ desired: DesiredGraph, in plan: inout SyncPlan
    ) throws(RedisError) -> GraphKeyPlan {
        let policy = try readGraphPolicy(ownership)
        plan.graphKeys.before = policy.own
        plan.graphKeys.now = policy.goal
        return GraphKeyPlan(policy, for: desired, graphKeyNames)
    }

    /// Adds entities to a plan that the directory no longer has, and whose graph keys have to be others all the same.
    mutating func planLeftovers(
        in plan: inout SyncPlan, _ graph: inout GraphKeyPlan, onChange: (GraphChange) -> Void
    ) throws(RedisError) {
        let policy = graph.policy
        guard policy.rewritesOwn else { return }
        for type in records.types {
            let ids = plan.leftovers(type).ids
            for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
                let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
                for (key, change) in try leftoverChanges(of: type, chunk, policy, watches: false) {
                    plan.addRewritten(byteCount: change.byteCount)
                    graph.add(change, of: key, from: nil)
                    onChange(change)
                }
                if graph.isDue { try graph.look(node) }
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
        _ graph: inout GraphKeyPlan, _ desired: DesiredGraph, in plan: inout SyncPlan,
        onConflict: (PlannedChange) throws -> Void
    ) throws {
        guard !graph.policy.isIdle else { return }
        try graph.look(node)
        if graph.policy.rewritesOwn || plan.total.updated + plan.total.deleted > 0 {
            graph.policy.claims = try GraphClaims(of: desired.source, setting: graph.policy.goal)
        }
        let released = graph.check.released
        let shared = try sharedNames(released.map { GraphEntry($0, $1) }, graph.policy)
        graph.policy.claims = graph.policy.claims?.adding(shared)
        for suspect in graph.check.suspects where released[suspect.entry.slot] == nil {
            guard let reason = try conflict(suspect, graph.policy) else { continue }
            plan.addConflict(suspect.key, origin: suspect.origin, reason: reason)
            try onConflict(
                PlannedChange(
                    key: suspect.key, origin: suspect.origin, change: .conflict(reason), stored: .absent,
                    wanted: nil))
        }
    }

    /// Why an entry cannot be written because its place is another's; `nil` if it is this source's.
    private func conflict(_ suspect: GraphKeyCheck.Suspect, _ policy: GraphPolicy) throws(RedisError)
        -> String?
    {
        let name = graphKeyNames.text(of: suspect.entry.slot)
        switch (suspect.entry.slot, suspect.finding) {
        case (_, .wrongType): return "\(name) holds a value of another type"
        case (.name(let type, _), .other(let id)):
            return policy.owns(type, id)
                ? nil : "\(name) is the name of \(id), which this source does not own"
        case (.path, .other(let id)):
            return policy.owns(.association, id)
                ? nil : "\(name) is the path of \(id), which this source does not own"
        case (.parent(let child), _):
            let isOwn = try containsOwn(child, suspect, policy)
            return isOwn ? nil : "\(name) is set already, by another source or program"
        case (_, _): return "\(name) holds what reed-import has not written"
        }
    }

    /// Whether an entity is contained in another because an association says so that this source owns.
    private func containsOwn(
        _ child: EntityID, _ suspect: GraphKeyCheck.Suspect, _ policy: GraphPolicy
    ) throws(RedisError) -> Bool {
        // The association itself was deleted by another program, and its keys were left.
        if suspect.finding == .asWanted, policy.owns(.association, suspect.key.id) { return true }
        let slot = GraphSlot.reference(from: suspect.key.id, to: child)
        let reply = try ask([RedisCommand("SMEMBERS", keys: [graphKeyNames.key(of: slot)])])[0]
        var ids: [EntityID] = []
        for name in try OwnershipRecords.names(reply, "SMEMBERS") {
            if let id = EntityID(name), policy.owns(.association, id) { ids.append(id) }
        }
        for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
            let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
            for found in try readDeletions(of: .association, ids: chunk, watches: false) {
                guard let stored = found.stored.bytes else { continue }
                let entries = GraphKeySetting.graph.entries(of: .association, found.key.id, json: stored.span)
                if entries.contains(where: { $0.slot == suspect.entry.slot }) { return true }
            }
        }
        return false
    }

    // MARK: - Writing batch after batch

    /// Brings the graph keys of entities up to date that are kept though the directory no longer has them.
    mutating func rewriteLeftovers(_ plan: SyncPlan) throws {
        guard let policy = store.pipeline.graph, policy.rewritesOwn, let claims = policy.claims else {
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
        guard let policy = store.pipeline.graph else { return [] }
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

    /// The names among given up ones by which other sources place an instance too.
    ///
    /// They are not known from names alone, but by the associations that point to the instance.
    private func sharedNames(
        _ released: [GraphEntry], _ policy: GraphPolicy
    ) throws(RedisError) -> [GraphSlot] {
        guard policy.hasOthers else { return [] }
        var names: [(slot: GraphSlot, child: EntityID)] = []
        for entry in released {
            if case .name = entry.slot, case .id(let child) = entry.value { names.append((entry.slot, child)) }
        }
        let looks = names.map { name in
            let slot = GraphSlot.reference(from: name.child, to: name.child)
            return RedisCommand("SMEMBERS", keys: [graphKeyNames.key(of: slot)])
        }
        var shared: [GraphSlot] = []
        for (name, reply) in zip(names, try ask(looks)) {
            let ids = try OwnershipRecords.names(reply, "SMEMBERS").compactMap { EntityID($0) }
            if ids.contains(where: { policy.othersOwn(.association, $0) }) { shared.append(name.slot) }
        }
        return shared
    }

    /// Records that graph keys may be missing or left over, so that the next import writes all of them; without effect if
    /// that is not possible now.
    func recordIncompleteGraphKeys() {
        guard let goal = store.pipeline.graph?.goal else { return }
        _ = try? node.call([beginning(goal).encoded])
    }

    // MARK: - Verifying

    /// Looks at graph keys of entities, many at a time, and counts those that are not as they should be.
    struct GraphKeyVerification {
        private let setting: GraphKeySetting
        private let names: GraphKeyNames
        private var looks: [GraphLook] = []
        private(set) var faults = 0

        init(_ setting: GraphKeySetting, _ names: GraphKeyNames) {
            self.setting = setting
            self.names = names
        }

        var isDue: Bool { looks.count >= 2048 }

        mutating func add(_ batch: MutationBatch) {
            for index in batch.mutations.indices {
                let mutation = batch.mutations[index]
                let entries = batch.withValue(at: index) {
                    setting.entries(of: mutation.type, mutation.id, json: $0)
                }
                looks += entries.map { GraphLook(entry: $0) }
            }
        }

        mutating func look(_ node: Node) throws(RedisError) {
            for start in stride(from: 0, to: looks.count, by: 2048) {
                let group = looks[start..<min(start + 2048, looks.count)]
                let replies = try node.call(group.map { $0.command(names) })
                for (look, reply) in zip(group, replies) where try look.finding(reply) != .asWanted {
                    faults += 1
                }
            }
            looks.removeAll(keepingCapacity: true)
        }
    }
}
