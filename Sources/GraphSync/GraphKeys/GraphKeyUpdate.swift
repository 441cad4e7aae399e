/// What an import does to the graph keys of entities that do not change.
///
///     update.isChange  // whether the source's setting becomes another one
package struct GraphKeyUpdate: Hashable, Sendable {
    /// What is recorded before.
    package var before = GraphRecord()
    /// The setting afterwards.
    package var now = GraphKeySetting.none
    /// The number of unchanged entities whose keys are written or removed.
    package var rewritten = 0

    /// No keys, and nothing to do.
    package init() {}

    /// Whether what is recorded becomes another.
    package var isChange: Bool { before != GraphRecord(finished: now) }
    /// Whether there is nothing to do.
    package var isEmpty: Bool { !isChange && rewritten == 0 }
}
