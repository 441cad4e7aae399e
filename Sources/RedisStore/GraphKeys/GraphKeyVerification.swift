import GraphSync
import RedisProtocol
import UCG

/// Looks at graph keys of entities, many at a time, and counts those that are not as they should be.
struct GraphKeyVerification {
    private let setting: GraphKeySetting
    private let names: GraphKeyNames
    private var looks: [GraphLook] = []
    private(set) var faults = 0

    init(_ setting: GraphKeySetting, _ names: GraphKeyNames) {
        self.setting = setting
        self.names = names
    }

    var isDue: Bool { looks.count >= 2048 }

    mutating func add(_ batch: MutationBatch) {
        for index in batch.mutations.indices {
            let mutation = batch.mutations[index]
            let entries = batch.withValue(at: index) {
                setting.entries(of: mutation.type, mutation.id, json: $0)
            }
            looks += entries.map { GraphLook(entry: $0) }
        }
    }

    mutating func look(_ node: Node) throws(RedisError) {
        for start in stride(from: 0, to: looks.count, by: 2048) {
            let group = looks[start..<min(start + 2048, looks.count)]
            let replies = try node.call(group.map { $0.command(names) })
            for (look, reply) in zip(group, replies) where try look.finding(reply) != .asWanted {
                faults += 1
            }
        }
        looks.removeAll(keepingCapacity: true)
    }
}
