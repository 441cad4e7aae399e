import ConfigImport
import GraphSync
import SystemSupport
import UCG

// The words for a plan that several formats use.

extension SyncPlan {
    /// `Plan: 3 to create, 1 to update, 250 unchanged, 0 conflicts`.
    var sentence: String {
        let total = total
        let deletions = total.deleted > 0 || !candidates.isEmpty ? "\(total.deleted) to delete, " : ""
        return
            "Plan: \(total.created) to create, \(total.updated) to update, \(deletions)\(total.unchanged) unchanged, "
            + count(total.conflicts, "conflict")
    }
}

extension SyncPlan {
    /// The changes of each kind; those of types that no file has for its own are `entities`, if there are any.
    var countsByKind: [(name: String, counts: ChangeCounts)] {
        let registry = KindRegistry.builtIn
        func sum(_ types: some Sequence<EntityType>) -> ChangeCounts {
            types.reduce(ChangeCounts()) { $0 + (counts[$1] ?? ChangeCounts()) }
        }
        let others = counts.keys.filter { registry.kind(of: $0) == nil }
        return registry.kinds.compactMap { kind in
            if !kind.isOptional { return (kind.name, sum(kind.types)) }
            return others.isEmpty ? nil : (kind.name, sum(others))
        }
    }
}

extension GraphKeyUpdate {
    /// `none -> graph (also of 254 unchanged entities)`; `nil` if there are no such keys and nothing is done to any.
    var sentence: String? {
        if isEmpty { return now == .none ? nil : now.rawValue }
        let change = before.finished == now ? now.rawValue : "\(before.finished.rawValue) -> \(now.rawValue)"
        var details = before.isCertain ? [] : ["after an import that was not finished"]
        if rewritten > 0 {
            details.insert(
                "also of \(count(rewritten, "unchanged entity", plural: "unchanged entities"))", at: 0)
        }
        return change + (details.isEmpty ? "" : " (\(details.joined(separator: "; ")))")
    }
}

extension PlannedChange {
    /// The kind of the entity; `entities` for types that have no file of their own.
    var kindName: String { KindRegistry.builtIn.kind(of: key.type)?.name ?? Kind.entities.name }

    /// What stands before the change.
    var mark: String {
        switch change {
        case .create: "+"
        case .update: "~"
        case .delete: "-"
        case .conflict, .unchanged: "!"
        }
    }

    /// `expires in 3599 s -> never`, if the key expires.
    var shownExpiry: String? { expiry.map { "expires in \(($0 + 999) / 1000) s -> never" } }
}

extension JSONValue? {
    /// The value as JSON, escaped for a terminal and cut to 80 characters.
    var shown: String {
        map { PlainText.escaped($0.description).shortened() } ?? "(not there)"
    }
}
