import GraphSync
import UCG

/// What one transaction writes to graph keys.
struct GraphKeyWrite {
    /// The commands, in an order that leads to what should be there.
    let commands: [KeyCommand]
    /// Keys that were absent when they were looked at, and have to be so still.
    let absent: [[UInt8]]

    /// Nothing.
    init(_ commands: [KeyCommand] = [], absent: [[UInt8]] = []) {
        (self.commands, self.absent) = (commands, absent)
    }

    /// What changes lead to that were found.
    init(_ changes: AtomicChanges, by plan: GraphKeyPlan, names: GraphKeyNames) {
        var commands = GraphCommands(names)
        commands.delete(plan.check.spoilt)
        for change in changes.graphChanges {
            commands.append(plan.policy.claims.map { change.keeping($0) } ?? change)
        }
        for change in changes.leftoverChanges {
            commands.append(plan.policy.claims.map { change.yielding(to: $0) } ?? change)
        }
        self.commands = commands.all
        absent = changes.isComplete ? plan.check.absent : []
    }
}
