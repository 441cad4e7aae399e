public import UCG

/// An entity that should be in the store, and what the store has in its place.
public struct EntityReading: Sendable {
    /// What a key holds.
    public enum Stored: Hashable, Sendable {
        /// Nothing: there is no such key.
        case nothing
        /// A string.
        case value([UInt8])
        /// Something of another Redis type, such as a hash.
        case other
    }

    /// The entity's key.
    public let key: EntityKey
    /// Where the entity comes from.
    public let origin: EntityOrigin
    /// The entity as it would be written.
    public let wanted: [UInt8]
    /// What is there.
    public let stored: Stored

    /// What was read of one entity's key.
    public init(key: EntityKey, origin: EntityOrigin, wanted: [UInt8], stored: Stored) {
        self.key = key
        self.origin = origin
        self.wanted = wanted
        self.stored = stored
    }
}
