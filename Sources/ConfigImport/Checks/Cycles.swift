/// Cycles among things that have at most one parent each.
enum Cycles {
    /// The cycles, each as the numbers on it from child to parent, beginning with the lowest.
    ///
    /// Complexity: O(*n*).
    static func find(_ parents: [Int?]) -> [[Int]] {
        /// The walk in which a thing was seen; walks are numbered from 1.
        var walk = [Int](repeating: 0, count: parents.count)
        var cycles: [[Int]] = []
        for start in parents.indices where walk[start] == 0 {
            var path: [Int] = []
            var next: Int? = start
            while let thing = next, walk[thing] == 0 {
                walk[thing] = start + 1
                path.append(thing)
                next = parents[thing]
            }
            guard let meeting = next, walk[meeting] == start + 1, let from = path.firstIndex(of: meeting)
            else {
                continue
            }
            let cycle = path[from...]
            let lowest = cycle.indices.min { cycle[$0] < cycle[$1] } ?? from
            cycles.append(Array(cycle[lowest...] + cycle[..<lowest]))
        }
        return cycles
    }
}
