import GraphSync
import RedisProtocol
import UCG

/// Looks at graph keys of entities, many at a time, and counts those that are not as they should be.
struct GraphKeyVerification {
    private let setting: GraphKeySetting
    private let names: GraphKeyNames
    private var looks: [GraphLook] = []
    private(set) var faults = GraphKeyFaults()
    /// The most entries that are looked at together.
    private static let groupCount = 2048

    /// A verification of nothing yet.
    init(_ setting: GraphKeySetting, _ names: GraphKeyNames) {
        self.setting = setting
        self.names = names
    }

    /// Whether it is time to look.
    var isDue: Bool { looks.count >= Self.groupCount }

    /// Adds what the entities of a batch account for.
    mutating func add(_ batch: MutationBatch) {
        if setting == .none { return }
        for index in batch.mutations.indices {
            let mutation = batch.mutations[index]
            let entries = batch.withValue(at: index) {
                setting.entries(of: mutation.type, mutation.id, json: $0)
            }
            looks += entries.map { GraphLook(for: $0, names) }
        }
    }

    /// Looks at what was added.
    mutating func look(_ node: Node) throws(RedisError) {
        if looks.isEmpty { return }
        let replies = try node.call(looks.map(\.command))
        for (look, reply) in zip(looks, replies) where try look.finding(reply) != .asWanted {
            faults.count += 1
            faults.first = faults.first ?? names.text(of: look.entry.slot)
        }
        looks.removeAll(keepingCapacity: true)
    }
}

/// Entries of graph keys that are not as they should be.
///
///     if let key = faults.first { print(faults.count, "from", key, "on") }
package struct GraphKeyFaults: Hashable, Sendable {
    /// The number of entries.
    package var count = 0
    /// The key of the first one; `nil` if there is none.
    package var first: String?
}
