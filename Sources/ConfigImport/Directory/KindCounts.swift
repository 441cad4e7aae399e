/// How much there is of one kind.
public struct KindCounts: Hashable, Sendable {
    /// Files read.
    public var files = 0
    /// Rows in them, headers not counted.
    public var rows = 0
    /// Entities made of the rows.
    public var entities = 0
    /// The time that reading, checking and importing them took.
    public var duration = Duration.zero

    /// Nothing.
    public init() {}
}
