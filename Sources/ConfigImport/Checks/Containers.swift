import UCG

/// Which entity contains which: a forest, if the rows are right.
struct Containers {
    private var children: [EntityID] = []
    private var parents: [EntityID] = []
    private var origins: [EntityOrigin] = []
    private var places: [EntityID: Int] = [:]

    /// Notes that `parent` contains `child`.
    ///
    /// - Returns: Where another parent was said to contain it; that one stands.
    mutating func add(_ child: EntityID, in parent: EntityID, _ origin: EntityOrigin) -> EntityOrigin? {
        if let place = places[child] { return parents[place] == parent ? nil : origins[place] }
        places[child] = children.count
        children.append(child)
        parents.append(parent)
        origins.append(origin)
        return nil
    }

    /// The cycles, each from child to parent, beginning with the child whose row comes first.
    var cycles: [[EntityID]] {
        Cycles.find(parents.map { places[$0] }).map { cycle in cycle.map { children[$0] } }
    }
}
