/// What has to happen to the graph keys when an entity becomes another one, is new, or is gone.
///
///     let change = GraphChange(from: before, to: after)
///     for entry in change.added { print(entry.slot) }
package struct GraphChange: Hashable, Sendable {
    /// Entries that the entity gives up, with their slots.
    package private(set) var removed: [GraphEntry] = []
    /// Entries that others take the place of, at slots that the entity keeps.
    package private(set) var replaced: [GraphEntry] = []
    /// Entries to write.
    package private(set) var added: [GraphEntry] = []
    /// Slots that the entity accounted for before and still does.
    package private(set) var kept: Set<GraphSlot> = []

    /// No change.
    package init() {}

    /// What turns the entries that an entity accounted for into those that it accounts for.
    ///
    /// - Parameter rewrites: Whether entries are written that should be there already.
    /// - Complexity: O(*n*) in the entries.
    package init(from old: [GraphEntry], to new: [GraphEntry], rewrites: Bool = false) {
        if old.isEmpty {
            added = new
            return
        }
        let values = Dictionary(new.map { ($0.slot, $0.value) }) { first, _ in first }
        for entry in old {
            guard let value = values[entry.slot] else {
                removed.append(entry)
                continue
            }
            kept.insert(entry.slot)
            if value != entry.value { replaced.append(entry) }
        }
        if rewrites {
            added = new
        } else {
            let before = Set(old)
            added = new.filter { !before.contains($0) }
        }
    }

    /// The same for an entity that nobody owned: what it accounts for as it is stored is its own already, if it is there.
    package func keeping(slotsOf stored: [GraphEntry]) -> GraphChange {
        var change = self
        let slots = Set(added.map(\.slot))
        change.kept.formUnion(stored.lazy.map(\.slot).filter { slots.contains($0) })
        return change
    }

    /// Whether nothing has to happen.
    package var isEmpty: Bool { removed.isEmpty && added.isEmpty }
    /// Whether slots are given up that other entities may have taken.
    package var sharesRemoved: Bool { removed.contains { $0.slot.isShared } }

    /// About how many bytes the commands are that carry it out, and as many again take what they write at the server.
    package var byteCount: Int { 120 * (removed.count + added.count) }

    /// The same, but for the slots that other entities account for.
    package func keeping(_ claims: GraphClaims) -> GraphChange {
        var change = self
        change.removed.removeAll { $0.slot.isShared && claims.contains($0.slot) }
        return change
    }

    /// The same for an entity that the directory does not have: it takes nothing that others account for.
    package func yielding(to claims: GraphClaims) -> GraphChange {
        var change = keeping(claims)
        change.added.removeAll { $0.slot.isShared && claims.contains($0.slot) }
        return change
    }
}
