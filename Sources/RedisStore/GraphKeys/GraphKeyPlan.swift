import GraphSync
import RedisProtocol
import UCG

/// What happens to graph keys, planned along with the entities.
struct GraphKeyPlan {
    /// Which keys entities have, and which they are to have.
    var policy: GraphPolicy
    /// Whether keys may be another's.
    private(set) var check: GraphKeyCheck
    /// Whether entities that do not change may need keys written or removed.
    let rewritesUnchanged: Bool

    /// A plan to which nothing is added yet.
    ///
    /// - Parameter absentLimit: The most keys that were absent and are remembered.
    init(
        _ policy: GraphPolicy, for desired: DesiredGraph, _ names: GraphKeyNames, absentLimit: Int
    ) {
        self.policy = policy
        check = GraphKeyCheck(policy, names, absentLimit: absentLimit)
        rewritesUnchanged = policy.rewritesUnchanged(desired)
    }

    /// Whether it is time to look at what was added.
    var isDue: Bool { check.isDue }

    /// Looks at what was added.
    mutating func look(_ node: Node) throws(RedisError) { try check.look(node) }

    /// Adds what happens to the keys of an entity.
    mutating func add(_ change: GraphChange, of key: EntityKey, from origin: EntityOrigin?) {
        check.add(change, of: key, from: origin)
    }

    /// What has to happen to the keys of an entity that was compared.
    ///
    /// - Parameter verdict: What has to happen to the entity.
    func change(
        for finding: ComparedBatch.Finding, _ verdict: Change, of batch: MutationBatch
    ) -> GraphChange {
        let mutation = batch.mutations[finding.index]
        let stored: [UInt8]?
        switch verdict {
        case .conflict, .delete: return GraphChange()
        case .create: stored = nil
        case .update: stored = finding.stored.bytes
        case .unchanged:
            guard policy.rewrites(mutation.type, mutation.id) else { return GraphChange() }
            stored = batch.value(at: finding.index)
        }
        return batch.withValue(at: finding.index) { wanted in
            policy.change(of: mutation.type, mutation.id, stored: stored?.span, wanted: wanted)
        }
    }

    /// What has to happen to the keys of an entity that is deleted.
    func change(for deletion: PlannedChange) -> GraphChange {
        guard case .delete = deletion.change, let stored = deletion.stored.bytes else { return GraphChange() }
        return policy.change(of: deletion.key.type, deletion.key.id, stored: stored.span, wanted: nil)
    }
}
