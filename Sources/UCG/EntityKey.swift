/// The Redis key of one entity: `<prefix>entity:<type>:<uuid>`.
///
/// The id is given or derived, never random, so importing the same row twice
/// overwrites one entity instead of creating a second.
public struct EntityKey: Hashable, Sendable, CustomStringConvertible {
    /// What comes before `entity:`, as it stands; usually empty.
    public var prefix: String
    /// The entity's type.
    public var type: EntityType
    /// The entity's id.
    public var id: EntityID

    /// The key of the entity of `type` with `id`.
    public init(prefix: String = "", type: EntityType, id: EntityID) {
        self.prefix = prefix
        self.type = type
        self.id = id
    }

    /// Appends the key to `bytes`.
    public func append(to bytes: inout [UInt8]) {
        bytes.append(prefix)
        bytes.append("entity:")
        bytes.append(type.rawValue)
        bytes.append(UInt8(ascii: ":"))
        id.append(to: &bytes)
    }

    /// How many bytes the key has.
    public var byteCount: Int { prefix.utf8.count + 7 + type.rawValue.utf8.count + 1 + 36 }

    /// The key as Redis shows it.
    public var description: String { "\(prefix)entity:\(type):\(id)" }
}
