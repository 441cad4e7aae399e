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
            return policy.owns(type, id)
                ? nil : "\(name) is the name of \(id), which this source does not own"
        case (.path, .other(let id)):
            return policy.owns(.association, id)
                ? nil : "\(name) is the path of \(id), which this source does not own"
        case (.parent(let child), _):
            let isOwn = try containsOwn(child, by: suspect, policy: policy)
            return isOwn ? nil : "\(name) is set already, by another source or program"
        case (_, _): return "\(name) holds what reed-import has not written"
        }
    }

    /// Whether an entity is contained in another because an association says so that this source owns.
    private func containsOwn(
        _ child: EntityID, by suspect: GraphKeyCheck.Suspect, policy: GraphPolicy
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
}
