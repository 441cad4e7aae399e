/// What is recorded of a source's graph keys: which its entities have.
///
///     GraphRecord(finished: .graph).isCertain  // nothing was interrupted
package struct GraphRecord: Hashable, Sendable {
    /// The setting of the last finished import.
    package var finished: GraphKeySetting
    /// The setting of one that was to write keys of entities that were there already, and was not finished.
    package var begun: GraphKeySetting?

    /// What is recorded; of a source without a record, that it has none.
    package init(finished: GraphKeySetting = .none, begun: GraphKeySetting? = nil) {
        self.finished = finished
        self.begun = begun
    }

    /// Whether each entity has the keys of ``finished`` and no other.
    package var isCertain: Bool { begun == nil }
    /// The setting of which an entity may have keys.
    package var possible: GraphKeySetting { max(finished, begun ?? .none) }
}
