package import GraphSync

/// How far an import got; it decides whether a failure can be tried again, and what the user is told.
package enum SyncProgress: Sendable {
    /// Nothing of the plan is written: everything can be tried again from the beginning.
    case planning
    /// Entities are on their way in batches; what fails is tried again batch by batch.
    case streaming
    /// The one transaction was sent, and its reply was lost: either all changes were applied or none.
    case inDoubt
    /// The one transaction was carried out, but some of its commands failed.
    case partial
    /// The one transaction was carried out; only the final look at the server is missing.
    case committed(SyncResult)

    /// Whether nothing of the plan is written.
    var isPlanning: Bool { if case .planning = self { true } else { false } }
}
