public import UCG

/// Where entities are kept.
public protocol EntityStore: ~Copyable {
    /// Why the store cannot go on.
    associatedtype Failure: Error

    /// Writes one entity; it may be sent now or with later ones.
    ///
    /// - Throws: If no further entity can be written. What became of the ones
    ///   before is in ``counts``.
    mutating func write(_ entity: borrowing Entity) throws(Failure)

    /// Sends everything and waits until every entity is confirmed or refused.
    mutating func finish() throws(Failure)

    /// Prepares for taking every entity again, if `failure` is one that this mends: what was
    /// confirmed before is lost, and the store can take it once more.
    ///
    /// - Throws: `failure` itself, if it is no such failure.
    mutating func startOver(after failure: Failure) throws(Failure)

    /// What became of the entities so far.
    var counts: WriteCounts { get }
}

/// What became of the entities of a run.
public struct WriteCounts: Hashable, Sendable {
    /// Confirmed by the store.
    public var written = 0
    /// Refused by the store.
    public var refused = 0
    /// Sent, but neither confirmed nor refused.
    public var unknown = 0

    /// None of any kind.
    public init() {}
}
