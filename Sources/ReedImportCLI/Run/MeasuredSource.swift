import ConfigImport
import UCG

/// A configuration whose entities are counted and timed while they are gone through.
final class MeasuredSource: EntitySource {
    private let configuration: Configuration
    private let progress: Progress
    /// What is done with the entities, for the progress line.
    var activity = "comparing"
    private(set) var durations: [EntityType: Duration] = [:]

    init(_ configuration: Configuration, _ progress: Progress) {
        self.configuration = configuration
        self.progress = progress
    }

    var types: [EntityType] { configuration.types }
    var ids: [EntityType: [EntityID]] { configuration.ids }
    var groups: Set<EntityGroup> { configuration.groups }
    var estimatedByteCount: Int { configuration.estimatedByteCount }

    func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        progress.begin("\(activity) \(configuration.kind(of: type)?.name ?? type.rawValue)")
        let start = ContinuousClock.now
        defer { durations[type, default: .zero] += ContinuousClock.now - start }
        try configuration.forEachEntity(of: type, body)
    }
}
