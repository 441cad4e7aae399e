package import UCG

/// Ids of entities of one type, sorted and each of them once: 16 bytes an id.
///
///     let owned = PackedIDs([EntityName.id(.theme, "a"), EntityName.id(.theme, "b")])
///     let gone = owned.subtracting(PackedIDs([EntityName.id(.theme, "a")]))  // "b" alone
package struct PackedIDs: Hashable, Sendable {
    /// The ids, in ascending order.
    package private(set) var ids: [EntityID]

    /// No id at all.
    package init() { ids = [] }

    /// The ids of `ids`, in whatever order and however often they come.
    ///
    /// Complexity: O(*n*) for ids that are as good as random, O(*n* log *n*) for others.
    package init(_ ids: [EntityID]) { self.ids = Self.sorted(ids) }

    private init(sorted ids: [EntityID]) { self.ids = ids }

    /// Whether both have the same ids.
    ///
    /// Complexity: O(*n*). The array's own comparison calls a function for each id.
    package static func == (left: PackedIDs, right: PackedIDs) -> Bool {
        left.count == right.count && left.ids.indices.allSatisfy { left.ids[$0] == right.ids[$0] }
    }

    /// The number of ids.
    package var count: Int { ids.count }
    /// Whether there is none.
    package var isEmpty: Bool { ids.isEmpty }

    /// Whether `id` is one of them.
    ///
    /// Complexity: O(log *n*).
    package func contains(_ id: EntityID) -> Bool {
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < ids.count && ids[low] == id
    }

    /// The ids of both.
    package func union(_ other: PackedIDs) -> PackedIDs {
        if self == other || other.isEmpty { return self }
        if isEmpty { return other }
        var merged: [EntityID] = []
        merged.reserveCapacity(max(count, other.count))
        Self.walk(ids, and: other.ids) { id, _, _ in merged.append(id) }
        return PackedIDs(sorted: merged)
    }

    /// The ids that are here and not in `other`.
    package func subtracting(_ other: PackedIDs) -> PackedIDs {
        if other.isEmpty { return self }
        if self == other { return PackedIDs() }
        var rest: [EntityID] = []
        Self.walk(ids, and: other.ids) { id, isHere, isThere in if isHere, !isThere { rest.append(id) } }
        return PackedIDs(sorted: rest)
    }

    /// The ids that are in both.
    package func intersection(_ other: PackedIDs) -> PackedIDs {
        if isEmpty || other.isEmpty { return PackedIDs() }
        var common: [EntityID] = []
        Self.walk(ids, and: other.ids) { id, isHere, isThere in if isHere, isThere { common.append(id) } }
        return PackedIDs(sorted: common)
    }

    /// Every id of two sorted lists once, and in which of them it is.
    private static func walk(
        _ left: [EntityID], and right: [EntityID], _ body: (EntityID, Bool, Bool) -> Void
    ) {
        var (first, second) = (0, 0)
        while first < left.count || second < right.count {
            if second == right.count || first < left.count && left[first] < right[second] {
                body(left[first], true, false)
                first += 1
            } else if first == left.count || right[second] < left[first] {
                body(right[second], false, true)
                second += 1
            } else {
                body(left[first], true, true)
                first += 1
                second += 1
            }
        }
    }

    /// The ids in groups that share their first byte, in ascending order.
    ///
    /// Complexity: O(*n*).
    package var groups: [ArraySlice<EntityID>] {
        var groups: [ArraySlice<EntityID>] = []
        var start = 0
        while start < ids.count {
            let byte = ids[start].firstByte
            var end = start + 1
            while end < ids.count, ids[end].firstByte == byte { end += 1 }
            groups.append(ids[start..<end])
            start = end
        }
        return groups
    }

    /// The same ids; `nil` if they are not in ascending order, each of them once.
    ///
    /// Complexity: O(*n*).
    package init?(ascending ids: [EntityID]) {
        for index in ids.indices.dropFirst() where ids[index] <= ids[index - 1] { return nil }
        self.ids = ids
    }

    // MARK: - Sorting

    /// Places ids by their first bits, which are random as a rule, and sorts the few that share them.
    private static func sorted(_ ids: [EntityID]) -> [EntityID] {
        var bits = 0
        while bits < 20, ids.count >> bits > 8 { bits += 1 }
        guard bits > 4 else { return unique(ids.sorted()) }
        var ends = [Int](repeating: 0, count: 1 << bits)
        for id in ids { ends[id.firstBits(bits)] += 1 }
        var total = 0
        for group in ends.indices {
            total += ends[group]
            ends[group] = total - ends[group]
        }
        // Now each is where its group begins; filling it moves it to where the group ends.
        var sorted = [EntityID](repeating: .namespace, count: ids.count)
        for id in ids {
            let group = id.firstBits(bits)
            sorted[ends[group]] = id
            ends[group] += 1
        }
        var start = 0
        for end in ends {
            sort(&sorted, start..<end)
            start = end
        }
        return unique(sorted)
    }

    private static func sort(_ ids: inout [EntityID], _ range: Range<Int>) {
        guard range.count <= 32 else { return ids[range].sort() }
        for index in range.dropFirst() {
            let id = ids[index]
            var place = index
            while place > range.lowerBound, id < ids[place - 1] {
                ids[place] = ids[place - 1]
                place -= 1
            }
            ids[place] = id
        }
    }

    private static func unique(_ sorted: [EntityID]) -> [EntityID] {
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0 == $1 }) else { return sorted }
        return sorted.enumerated().filter { $0 == 0 || sorted[$0 - 1] != $1 }.map(\.element)
    }
}
