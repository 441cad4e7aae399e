package import UCG

/// Which graph keys the entities of a source have, and which they are to have.
///
///     var policy = GraphPolicy(goal: .graph, own: GraphRecord(), ownership: ownership)
///     let change = policy.change(of: .theme, id, stored: nil, wanted: bytes)
package struct GraphPolicy: Sendable {
    /// The keys that entities are to have.
    package let goal: GraphKeySetting
    /// What is recorded of the source.
    package let own: GraphRecord
    /// What is recorded of the other sources, by their names.
    private let others: [String: GraphRecord]
    /// Who owned what before the import.
    private let ownership: Ownership
    /// Whether all keys are written anew.
    package let rebuilds: Bool
    /// What entities account for that others might; `nil` as long as it was not needed.
    package var claims: GraphClaims?

    /// The policy of an import.
    ///
    /// - Parameters:
    ///   - ownership: Who owned what before.
    ///   - rebuilds: Whether all keys are written anew, those that should be there already, too.
    package init(
        goal: GraphKeySetting, own: GraphRecord, others: [String: GraphRecord] = [:], ownership: Ownership,
        rebuilds: Bool = false
    ) {
        self.goal = goal
        self.own = own
        self.others = others
        self.ownership = ownership
        self.rebuilds = rebuilds
    }

    /// The policy of an import into a store in which no source owns anything.
    package init(goal: GraphKeySetting) { self.init(goal: goal, own: GraphRecord(), ownership: Ownership()) }

    /// Whether there is nothing to do with graph keys, whatever changes.
    package var isIdle: Bool {
        goal == .none && own.possible == .none && others.values.allSatisfy { $0.possible == .none }
    }

    /// Whether the keys of entities that this source owns are written or removed, whether they change or not.
    package var rewritesOwn: Bool { rebuilds || !own.isCertain || own.finished != goal }

    /// Whether entities of `desired` need keys written or removed though they do not change.
    ///
    /// Complexity: O(*n*) in the ids.
    package func rewritesUnchanged(_ desired: DesiredGraph) -> Bool {
        if isIdle { return false }
        return rewritesOwn
            || desired.ids.contains { !$0.value.subtracting(ownership.own[$0.key] ?? PackedIDs()).isEmpty }
    }

    /// What is recorded of an entity's owner; `nil` if it has none.
    private func record(of type: EntityType, _ id: EntityID) -> GraphRecord? {
        if ownership.own[type]?.contains(id) == true { return own }
        for (name, owned) in ownership.others where owned[type]?.contains(id) == true {
            return others[name] ?? GraphRecord()
        }
        return nil
    }

    /// Whether an entity's keys are written or removed though it does not change.
    package func rewrites(_ type: EntityType, _ id: EntityID) -> Bool {
        rebuilds || (record(of: type, id) ?? GraphRecord()) != GraphRecord(finished: goal)
    }

    /// Whether the entity is this source's already.
    package func owns(_ type: EntityType, _ id: EntityID) -> Bool {
        ownership.own[type]?.contains(id) == true
    }

    /// Whether there are other sources.
    package var hasOthers: Bool { !ownership.others.isEmpty }

    /// Whether the entity is another source's, too.
    package func othersOwn(_ type: EntityType, _ id: EntityID) -> Bool {
        ownership.others.values.contains { $0[type]?.contains(id) == true }
    }

    /// What has to happen to the graph keys when an entity becomes another one.
    ///
    /// - Parameters:
    ///   - stored: The entity as it is stored; `nil` if it is not.
    ///   - wanted: The entity as it is to be; `nil` if it is not to be there.
    /// - Complexity: O(*n*) in the bytes of both.
    package func change(
        of type: EntityType, _ id: EntityID, stored: Span<UInt8>?, wanted: Span<UInt8>?
    ) -> GraphChange {
        let record = record(of: type, id) ?? GraphRecord()
        var (old, new): ([GraphEntry], [GraphEntry]) = ([], [])
        if let stored { old = record.possible.entries(of: type, id, json: stored) }
        if let wanted { new = goal.entries(of: type, id, json: wanted) }
        let change = GraphChange(
            from: old, to: new, rewrites: rebuilds || record != GraphRecord(finished: goal))
        guard let stored, !new.isEmpty, self.record(of: type, id) == nil else { return change }
        return change.keeping(slotsOf: goal.entries(of: type, id, json: stored))
    }
}
