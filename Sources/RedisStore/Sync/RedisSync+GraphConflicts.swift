import GraphSync
import RedisProtocol
import UCG

extension RedisSync {
    /// Why an entry cannot be written because its place is another's; `nil` if it is this source's.
    func conflict(_ suspect: GraphKeyCheck.Suspect, _ policy: GraphPolicy) throws(RedisError)
        -> String?
    {
        let name = graphKeyNames.text(of: suspect.entry.slot)
        switch (suspect.entry.slot, suspect.finding) {
        case (_, .wrongType): return "\(name) holds a value of another type"
        case (.name(let type, _), .other(let id)):
            if policy.owns(type, id) { return nil }
            if try isAccountedFor(suspect.entry.slot, by: references(to: [id])[0], policy) { return nil }
            return "\(name) is the name of \(id), which this source does not own"
        case (.path, .other(let id)):
            return policy.owns(.association, id)
                ? nil : "\(name) is the path of \(id), which this source does not own"
        case (.parent(let child), let finding):
            // The association itself was deleted by another program, and its keys were left.
            if finding == .asWanted, policy.owns(.association, suspect.key.id) { return nil }
            if try isAccountedFor(suspect.entry.slot, by: references(to: [child])[0], policy) { return nil }
            return "\(name) is set already, by another source or program"
        case (_, _): return "\(name) holds what reed-import has not written"
        }
    }

    /// Whether one of some associations leads to a slot, and is this source's.
    private func isAccountedFor(
        _ slot: GraphSlot, by associations: [EntityID], _ policy: GraphPolicy
    ) throws(RedisError) -> Bool {
        let ids = associations.filter { policy.owns(.association, $0) }
        for start in stride(from: 0, to: ids.count, by: WriteLimits.groupCount) {
            let chunk = ids[start..<min(start + WriteLimits.groupCount, ids.count)]
            for found in try readDeletions(of: .association, ids: chunk, watches: false) {
                guard let stored = found.stored.bytes else { continue }
                let entries = GraphKeySetting.graph.entries(of: .association, found.key.id, json: stored.span)
                if entries.contains(where: { $0.slot == slot }) { return true }
            }
        }
        return false
    }

    /// The associations that point to each of some entities, as graph keys know them.
    private func references(to children: [EntityID]) throws(RedisError) -> [[EntityID]] {
        let replies = try ask(
            children.map { child in
                let key = graphKeyNames.key(of: .reference(from: child, to: child))
                return RedisCommand("SMEMBERS", keys: [key])
            })
        var references: [[EntityID]] = []
        for reply in replies {
            references.append(try OwnershipRecords.names(reply, "SMEMBERS").compactMap { EntityID($0) })
        }
        return references
    }

    /// The names among given up ones by which other sources place an instance too.
    ///
    /// They are not known from names alone, but by the associations that point to the instance.
    func sharedNames(
        _ released: [GraphEntry], _ policy: GraphPolicy
    ) throws(RedisError) -> [GraphSlot] {
        guard policy.hasOthers else { return [] }
        var names: [(slot: GraphSlot, child: EntityID)] = []
        for entry in released {
            if case .name = entry.slot, case .id(let child) = entry.value {
                names.append((entry.slot, child))
            }
        }
        var shared: [GraphSlot] = []
        for (name, ids) in zip(names, try references(to: names.map(\.child))) {
            if ids.contains(where: { policy.othersOwn(.association, $0) }) { shared.append(name.slot) }
        }
        return shared
    }
}
