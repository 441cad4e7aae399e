import GraphSync
import UCG

/// The results for entities, by type: those of one type come one after the other as a rule.
struct ChangeTally {
    /// What was counted.
    private(set) var counts: [EntityType: ChangeCounts] = [:]

    /// Counts mutations.
    ///
    /// - Parameter result: What they came to.
    mutating func count(_ mutations: ArraySlice<Mutation>, as result: WritableKeyPath<ChangeCounts, Int>) {
        var start = mutations.startIndex
        while start < mutations.endIndex {
            let type = mutations[start].type
            var end = start + 1
            while end < mutations.endIndex, mutations[end].type == type { end += 1 }
            counts[type, default: ChangeCounts()][keyPath: result] += end - start
            start = end
        }
    }
}
