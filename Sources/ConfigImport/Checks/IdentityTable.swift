import UCG

/// Every identity of the run and where it was defined: 24 bytes an entity, and
/// seven to thirteen for finding it.
struct IdentityTable: Sendable {
    private var entries = ChunkedArray<(id: EntityID, origin: EntityOrigin)>()
    /// Numbers of entries plus one, placed by the ids' own bits, which are random; 0 is a free
    /// place.
    ///
    /// Its size is a power of two, at most three quarters full.
    private var slots = [UInt32](repeating: 0, count: 64)
    /// Eight more bits of the id in each taken slot, so that hardly ever an entry
    /// is looked at that is not the one: that would be a cache miss each time.
    private var tags = [UInt8](repeating: 0, count: 64)

    /// What ``fetch(_:)`` has read, so that the compiler leaves it in.
    private var fetched: UInt32 = 0

    /// The number of identities.
    var count: Int { entries.count }

    /// Adds an identity.
    ///
    /// - Returns: The number of the entry that has it already; `nil` if it is new
    ///   and got the number ``count`` - 1.
    mutating func insert(_ id: EntityID, _ origin: EntityOrigin) -> Int? {
        if 4 * (entries.count + 1) > 3 * slots.count { grow() }
        let slot = slot(of: id)
        if slots[slot] != 0 { return Int(slots[slot]) - 1 }
        entries.append((id, origin))
        slots[slot] = UInt32(entries.count)
        tags[slot] = id.tag
        return nil
    }

    /// Reads the places of identities that will be inserted next: many at a time, where one insertion after the
    /// other would wait for memory each time.
    mutating func fetch(_ ids: [EntityID]) {
        let mask = slots.count - 1
        var sum: UInt32 = 0
        for id in ids { sum |= slots[Int(id.hash32) & mask] }
        fetched = sum
    }

    /// The number of the entry with this identity.
    func find(_ id: EntityID) -> Int? {
        let entry = slots[slot(of: id)]
        return entry == 0 ? nil : Int(entry) - 1
    }

    func contains(_ id: EntityID) -> Bool { find(id) != nil }

    /// The identity of an entry.
    subscript(entry: Int) -> EntityID { entries[entry].id }

    /// Where the entry was defined.
    func origin(of entry: Int) -> EntityOrigin { entries[entry].origin }

    /// The place of `id`, or the free place where it belongs.
    private func slot(of id: EntityID) -> Int {
        let mask = slots.count - 1
        var slot = Int(id.hash32) & mask
        while slots[slot] != 0 {
            if tags[slot] == id.tag, entries[Int(slots[slot]) - 1].id == id { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: 2 * slots.count)
        tags = [UInt8](repeating: 0, count: slots.count)
        let mask = slots.count - 1
        for entry in 0..<entries.count {
            // Every id is there once, so the first free place is the right one.
            let id = entries[entry].id
            var slot = Int(id.hash32) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = UInt32(entry + 1)
            tags[slot] = id.tag
        }
    }
}

extension EntityID {
    fileprivate var tag: UInt8 { UInt8(truncatingIfNeeded: hash32 >> 24) }
}
