import ConfigImport
import UCG

/// A configuration whose entities are counted and timed while they are gone through.
final class MeasuredSource: EntitySource {
    private let configuration: Configuration
    private let progress: Progress
    /// What is done with the entities, for the progress line.
    var activity = "comparing"
    private(set) var durations: [Kind: Duration] = [:]

    init(_ configuration: Configuration, _ progress: Progress) {
        self.configuration = configuration
        self.progress = progress
    }

    var types: [EntityType] { configuration.types }
    var ids: [EntityType: [EntityID]] { configuration.ids }
    var groups: Set<EntityGroup> { configuration.groups }
    var estimatedByteCount: Int { configuration.estimatedByteCount }

    var passes: [[EntityType]] { configuration.passes }

    func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        try forEachEntity(ofPass: [type], body)
    }

    func forEachEntity(ofPass types: [EntityType], _ body: (borrowing Entity) throws -> Void) throws {
        guard let kind = types.first.flatMap({ configuration.kind(of: $0) }) else { return }
        progress.begin("\(activity) \(kind.name)")
        let start = ContinuousClock.now
        defer { durations[kind, default: .zero] += ContinuousClock.now - start }
        try configuration.forEachEntity(ofPass: types, body)
    }
}
