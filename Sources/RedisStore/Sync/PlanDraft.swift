import GraphSync

/// A plan while it is made: what happens to entities, and to graph keys along with them.
struct PlanDraft {
    var plan: SyncPlan
    var graph: GraphKeyPlan
}
