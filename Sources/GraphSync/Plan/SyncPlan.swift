package import UCG

/// What an import would do, and whether it may: changes are counted here as they are found.
///
///     var plan = SyncPlan(DesiredGraph(configuration), ownership: ownership, options: SyncOptions())
///     plan.add(.create, to: key, origin: origin, byteCount: 330)
///     try plan.check()  // throws what an import would refuse
package struct SyncPlan {
    /// Who owns what.
    package private(set) var ownership: Ownership
    /// The entities that need each change, in numbers, by type.
    package private(set) var counts: [EntityType: ChangeCounts] = [:]
    /// Owned entities that the directory no longer has and that may be deleted, by type.
    package let candidates: [EntityType: PackedIDs]
    /// Owned entities that the directory no longer has and whose deletion was not asked for, by type.
    private let unasked: [EntityType: PackedIDs]
    /// What vanished from the directory as a whole, and how many entities of it are kept.
    package private(set) var vanished: [EntityGroup: Int] = [:]
    /// What vanished from the directory as a whole, and how many entities of it are deleted.
    package private(set) var prunedWhole: [EntityGroup: Int] = [:]
    /// What happens to the graph keys of entities that do not change.
    package var graphKeys = GraphKeyUpdate()
    private var kept: [EntityType: [EntityID]] = [:]
    private let groups: Set<EntityGroup>
    /// Entities of the directory that are another source's, by its name and type.
    package let ownedByOthers: [String: [EntityType: PackedIDs]]

    private let desired: [EntityType: PackedIDs]
    private let options: SyncOptions
    /// The plan that is carried out, if it is one that was made before.
    private let saved: SavedPlan?
    /// The number of changes of the saved plan that are to be carried out as they are.
    private var confirmed = 0
    /// The number of changes that the saved plan does not have, of entities that it is about.
    private var unplanned = 0
    private var changedBytes = 0
    /// The number of bytes that the keys and values of new entities come to.
    package private(set) var createdBytes = 0
    private var conflicts: [SyncRefusal.Case] = []
    private var deletions: [SyncRefusal.Case] = []

    /// A plan to which no change is added yet.
    ///
    /// - Parameter saved: The plan that is carried out, if it is one that was made before.
    package init(
        _ graph: DesiredGraph, ownership: Ownership, options: SyncOptions, saved: SavedPlan? = nil
    ) {
        self.ownership = ownership
        self.options = options
        self.saved = saved
        desired = graph.ids
        let gone = ownership.leftovers(graph)
        groups = graph.groups
        if let saved {
            candidates = gone.reduce(into: [:]) {
                $0[$1.key] = $1.value.intersection(saved.deletions($1.key))
            }
        } else {
            candidates = options.prunes ? gone : [:]
        }
        let candidates = candidates
        unasked = gone.reduce(into: [:]) { rest, pair in
            let kept = pair.value.subtracting(candidates[pair.key] ?? PackedIDs())
            if !kept.isEmpty { rest[pair.key] = kept }
        }
        ownedByOthers = ownership.ownedByOthers(graph)
    }

    /// The entities that need each change, in numbers, of all types.
    package var total: ChangeCounts { counts.values.reduce(ChangeCounts(), +) }

    /// Whether entities of the directory are another source's, and that is a conflict.
    package var refusesOthers: Bool { !options.adopts && !ownedByOthers.isEmpty }

    /// What has to happen to an entity of which `change` is what its key asks for.
    ///
    /// Another source's entity is a conflict, unless it is taken over.
    package func verdict(on change: Change, type: EntityType, id: EntityID) -> Change {
        guard refusesOthers else { return change }
        if case .delete = change { return change }
        for (name, owned) in ownedByOthers where owned[type]?.contains(id) == true {
            return .conflict("the entity belongs to source '\(name)'")
        }
        return change
    }

    /// Whether an entity that the directory no longer has is to be deleted: not if all that it belongs to has vanished,
    /// unless that was asked for.
    package mutating func prunes(_ deletion: PlannedChange) -> Bool {
        guard case .delete = deletion.change, saved == nil, let stored = deletion.stored.bytes else {
            return true
        }
        let group = EntityGroup(type: deletion.key.type, stored: stored)
        if groups.contains(group) { return true }
        if options.prunesMissing {
            prunedWhole[group, default: 0] += 1
            return true
        }
        vanished[group, default: 0] += 1
        kept[deletion.key.type, default: []].append(deletion.key.id)
        return false
    }

    /// The owned entities of a type that are deleted, as far as they are there.
    package func deletions(_ type: EntityType) -> PackedIDs {
        (candidates[type] ?? PackedIDs()).subtracting(PackedIDs(kept[type] ?? []))
    }

    /// Whether a change is to be carried out: with a saved plan, if that has it.
    package mutating func admits(_ change: PlannedChange) -> Bool {
        guard let saved else { return true }
        if case .conflict = change.change { return true }
        guard saved.contains(change) else {
            unplanned += 1
            return false
        }
        confirmed += 1
        return true
    }

    /// Counts entities that are there as they should be.
    package mutating func addUnchanged(_ type: EntityType, _ count: Int) {
        counts[type, default: ChangeCounts()].unchanged += count
    }

    /// Counts a change.
    ///
    /// - Parameter byteCount: What it takes to write it.
    package mutating func add(_ change: Change, to key: EntityKey, origin: EntityOrigin?, byteCount: Int) {
        counts[key.type, default: ChangeCounts()].add(change)
        switch change {
        case .unchanged: return
        case .create:
            changedBytes += byteCount
            createdBytes += byteCount
        case .update: changedBytes += byteCount
        case .delete:
            changedBytes += byteCount
            if deletions.count < SyncRefusal.keptCases {
                deletions.append(.init(key: key, origin: origin, reason: "would be deleted"))
            }
        case .conflict(let reason):
            if conflicts.count < SyncRefusal.keptCases {
                conflicts.append(.init(key: key, origin: origin, reason: reason))
            }
        }
    }

    /// Counts an unchanged entity whose graph keys are written or removed.
    ///
    /// - Parameter byteCount: What it takes to write them.
    package mutating func addRewritten(byteCount: Int) {
        graphKeys.rewritten += 1
        changedBytes += byteCount
    }

    /// Counts a graph key that cannot be written because it is another's.
    package mutating func addConflict(_ key: EntityKey, origin: EntityOrigin?, reason: String) {
        add(.conflict(reason), to: key, origin: origin, byteCount: 0)
    }

    /// Whether nothing is to be done, and nothing is in the way.
    package var isEmpty: Bool { total.isEmpty && graphKeys.isEmpty }

    /// Whether the changes fit into one transaction.
    package var fits: Bool {
        total.changed + graphKeys.rewritten <= options.atomicEntities && changedBytes <= options.atomicBytes
    }

    /// Whether all changes are to become visible at once.
    package var isAtomic: Bool { options.atomicity != .never && fits }

    /// Why the plan may not be carried out; `nil` if it may.
    package var refusal: SyncRefusal? {
        let total = total
        if total.conflicts > 0 {
            return SyncRefusal(
                .conflict,
                "\(total.conflicts) of \(total.conflicts + total.changed + total.unchanged) entities conflict",
                advice: refusesOthers
                    ? "entities of other sources can be taken over" : "see what holds their keys",
                setting: refusesOthers ? .adopts : nil, cases: conflicts)
        }
        if options.refusesVanished, let first = vanished.min(by: { $0.key < $1.key }) {
            return SyncRefusal(
                .vanished,
                "the directory has none of the \(first.key) any more, of which \(first.value) are owned",
                advice: "see whether a file is missing; if not, they can be deleted all the same",
                setting: .prunesVanished)
        }
        // Where graph keys of all entities are written, none may be another than when the plan was made.
        let unplanned = graphKeys.isEmpty ? 0 : unplanned
        if let saved, confirmed != saved.count || unplanned > 0 {
            return SyncRefusal(
                .stale,
                "\(saved.count - confirmed + unplanned) of \(saved.count) keys of the plan have changed since it was made",
                advice: "make a new plan")
        }
        if let saved, graphKeys != saved.graphKeys {
            return SyncRefusal(
                .stale, "the graph keys are not those that there were when the plan was made",
                advice: "make a new plan")
        }
        let limit = options.deletionLimit.count(ofOwned: ownership.ownCount)
        if saved == nil, total.deleted > limit {
            return SyncRefusal(
                .tooManyDeletions,
                "would delete \(total.deleted) of \(ownership.ownCount) owned entities; the limit is \(limit)",
                advice: "if that is right, raise the limit", setting: .deletionLimit(total.deleted),
                cases: deletions)
        }
        if options.atomicity == .always, !fits {
            return SyncRefusal(
                .notAtomic,
                "\(total.changed) changes of \(changedBytes) bytes do not fit into one transaction",
                advice: "raise the limit, or allow batches", setting: .atomicLimit)
        }
        return nil
    }

    /// Makes sure that the plan may be carried out.
    package func check() throws(SyncRefusal) {
        if let refusal { throw refusal }
    }

    /// The same plan, for what is owned by now.
    package func with(_ ownership: Ownership) -> SyncPlan {
        var plan = self
        plan.ownership = ownership
        return plan
    }

    /// What this source owns when the plan is carried out.
    package var ownedAfter: [EntityType: PackedIDs] {
        ownership.own.merging(desired) { $0.union($1) }
            .reduce(into: [:]) { $0[$1.key] = $1.value.subtracting(deletions($1.key)) }
    }

    /// The number of owned entities that the directory no longer has and that are kept.
    package var leftoverCount: Int {
        unasked.values.reduce(0) { $0 + $1.count } + kept.values.reduce(0) { $0 + $1.count }
    }

    /// The owned entities of a type that the directory no longer has and that are kept.
    package func leftovers(_ type: EntityType) -> PackedIDs {
        (unasked[type] ?? PackedIDs()).union(PackedIDs(kept[type] ?? []))
    }

    /// The number of entities that are taken over from other sources.
    package var adopted: Int {
        options.adopts ? ownedByOthers.values.reduce(0) { $0 + $1.values.reduce(0) { $0 + $1.count } } : 0
    }
}
