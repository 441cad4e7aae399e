public import UCG

/// What has to happen to one entity so that the store holds what it should.
public enum Change: Hashable, Sendable {
    /// Its key is free: it is new.
    case create
    /// It is there, with other content.
    case update(EntityDifference)
    /// It is there as it should be; times and author do not count.
    case none
    /// Its key holds what is no entity, as the text says.
    case conflict(String)

    /// Compares an entity with what was read of its key.
    ///
    /// Complexity: O(*n*) in the bytes of both.
    public init(_ reading: EntityReading) {
        switch reading.stored {
        case .nothing: self = .create
        case .other: self = .conflict("the key holds no string")
        case .value(let bytes):
            switch EntityComparison(stored: bytes.span, wanted: reading.wanted.span) {
            case .same: self = .none
            case .different(let difference): self = .update(difference)
            case .foreign: self = .conflict("the key holds no JSON entity of this type and id")
            }
        }
    }
}

/// How many entities need which change.
public struct ChangeCounts: Hashable, Sendable {
    /// Entities that are new.
    public private(set) var created = 0
    /// Entities with other content.
    public private(set) var updated = 0
    /// Entities that are there as they should be.
    public private(set) var unchanged = 0
    /// Entities whose place is taken.
    public private(set) var conflicts = 0

    /// None of any kind.
    public init() {}

    /// Whether there is nothing to do, and nothing in the way.
    public var areNone: Bool { created + updated + conflicts == 0 }

    /// Counts one more.
    public mutating func add(_ change: Change) {
        switch change {
        case .create: created += 1
        case .update: updated += 1
        case .none: unchanged += 1
        case .conflict: conflicts += 1
        }
    }
}
