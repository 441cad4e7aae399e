/// What the store holds in the place of one entity.
///
///     StoredEntity.entity(Array("{}".utf8)).bytes?.count  // 2
///     StoredEntity.absent.bytes  // nil
package enum StoredEntity: Hashable, Sendable {
    /// Nothing.
    case absent
    /// A value of another type than entities are stored as.
    case otherType
    /// A value that is not an entity of this type and id, as its bytes.
    case notAnEntity([UInt8])
    /// An entity, as JSON.
    case entity([UInt8])

    /// The bytes that are stored; `nil` if there are none, or their type is another one.
    package var bytes: [UInt8]? {
        switch self {
        case .absent, .otherType: nil
        case .notAnEntity(let bytes), .entity(let bytes): bytes
        }
    }
}
