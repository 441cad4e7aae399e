import SystemSupport

/// The name that an entity's id is derived from, for example `theme:corporate`.
///
/// One value serves any number of ids: it keeps its buffer.
///
///     EntityName.id(.theme, "corporate.berlin")  // the same id whenever it is derived
package struct EntityName {
    /// The namespace's bytes, then the name.
    package private(set) var bytes: [UInt8] = []
    private static let namespaceLength = 16
    private var keptLength = 16

    /// An empty name.
    package init() {
        bytes.reserveCapacity(128)
        EntityID.namespace.appendBytes(to: &bytes)
    }

    /// Begins a new name: the type and a colon.
    package mutating func begin(_ type: EntityType) {
        bytes.removeLast(bytes.count - Self.namespaceLength)
        bytes.append(type.rawValue)
        appendColon()
    }

    /// Keeps what there is as the beginning of names to come; see ``rewind()``.
    package mutating func keep() { keptLength = bytes.count }

    /// Goes back to what was kept.
    package mutating func rewind() { bytes.removeLast(bytes.count - keptLength) }

    /// Appends a colon, which separates the parts of a name.
    package mutating func appendColon() { bytes.append(UInt8(ascii: ":")) }

    /// Appends text, which must be UTF-8.
    package mutating func append(_ text: Span<UInt8>) { bytes.append(text) }

    /// Appends text.
    package mutating func append(_ text: String) { bytes.append(text) }

    /// The UUID of version 5 of the name (RFC 9562, section 5.5).
    package var id: EntityID { Self.id(ofName: bytes.span) }

    /// The id of a name that begins as ``bytes`` does.
    package static func id(ofName bytes: Span<UInt8>) -> EntityID { EntityID(version5: Digest.sha1(bytes)) }

    /// The id of the entity of `type` that is called `name`.
    package static func id(_ type: EntityType, _ name: String) -> EntityID {
        var entityName = EntityName()
        entityName.begin(type)
        entityName.append(name)
        return entityName.id
    }
}
