/// How much there is of one kind.
///
///     configuration.counts.values.reduce(KindCounts(), +).entities  // of all kinds
package struct KindCounts: Hashable, Sendable {
    /// Files read.
    package var files = 0
    /// Rows in them, headers not counted.
    package var rows = 0
    /// Entities made of the rows.
    package var entities = 0
    /// The time that reading, checking and importing them took.
    package var duration = Duration.zero

    /// No files, rows or entities.
    package init() {}

    /// The sum of both.
    package static func + (left: KindCounts, right: KindCounts) -> KindCounts {
        var sum = left
        sum.files += right.files
        sum.rows += right.rows
        sum.entities += right.entities
        sum.duration += right.duration
        return sum
    }
}
