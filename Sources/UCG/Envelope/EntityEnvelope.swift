import SystemSupport

/// When and by whom the entities of one run were written.
///
///     let stamp = WriteStamp(time: .now, author: "system")
package struct WriteStamp: Sendable {
    /// `created_at`, `updated_at`, `created_by` and the key of `data`, encoded once for the whole run.
    fileprivate let members: JSONWriter
    private let time: Timestamp
    private let author: String

    /// A stamp for entities that are created at `time` by `author`.
    package init(time: Timestamp, author: String) {
        (self.time, self.author) = (time, author)
        members = Self.members(createdAt: time, updatedAt: time, author: author)
    }

    /// The same stamp, but for what a source gives.
    package func with(createdAt: Timestamp?, createdBy: String?) -> WriteStamp {
        WriteStamp(self, createdAt: createdAt ?? time, author: createdBy ?? author)
    }

    private init(_ other: WriteStamp, createdAt: Timestamp, author: String) {
        (time, self.author) = (other.time, other.author)
        members = Self.members(createdAt: createdAt, updatedAt: other.time, author: author)
    }

    private static func members(createdAt: Timestamp, updatedAt: Timestamp, author: String) -> JSONWriter {
        var json = JSONWriter()
        json.key("created_at")
        json.string(createdAt.description)
        json.key("updated_at")
        json.string(updatedAt.description)
        json.key("created_by")
        json.string(author)
        json.key("data")
        return json
    }
}

/// The JSON of entities that share a type, a semantic name and a stamp: all but id and data, encoded once.
///
/// An entity is one JSON object without white space, its members in the order `id`, `entity_type`,
/// `semantic_name`, `created_at`, `updated_at`, `created_by`, `data`.
///
///     let envelope = EntityEnvelope(.theme, semanticName: nil, stamp: stamp)
///     envelope.append(id: id.span, data: entity.data, to: &bytes)
package struct EntityEnvelope: Sendable {
    /// What comes before the id.
    private let beginning = Array(#"{"id":""#.utf8)
    /// What comes between the id and the data.
    private let middle: [UInt8]

    /// The form of entities of `type`.
    package init(_ type: EntityType, semanticName: String?, stamp: WriteStamp) {
        var json = JSONWriter()
        json.key("entity_type")
        json.string(type.rawValue)
        json.key("semantic_name")
        if let semanticName { json.string(semanticName) } else { json.null() }
        json.members(stamp.members)
        middle = Array(#"","#.utf8) + json.bytes
    }

    /// The number of bytes that ``append(id:data:to:)`` appends for an entity with such data.
    package func byteCount(data: JSONWriter) -> Int {
        beginning.count + EntityID.textLength + middle.count + data.bytes.count + 1
    }

    /// Appends the entity with this id, given as text, and this data.
    ///
    /// Complexity: O(*n*) in the bytes appended.
    package func append(id: Span<UInt8>, data: borrowing JSONWriter, to bytes: inout [UInt8]) {
        bytes.append(beginning.span)
        bytes.append(id)
        bytes.append(middle.span)
        data.withBytes { bytes.append($0) }
        bytes.append(UInt8(ascii: "}"))
    }
}

extension Entity {
    /// The entity as one JSON object: see ``EntityEnvelope``.
    ///
    /// Complexity: O(*n*) in its bytes.
    package func json(_ stamp: WriteStamp) -> [UInt8] {
        var bytes: [UInt8] = []
        EntityEnvelope(
            type, semanticName: semanticName,
            stamp: givenStamps.isEmpty ? stamp : stamp.with(createdAt: createdAt, createdBy: createdBy)
        )
        .append(id: id.description.utf8.span, data: data, to: &bytes)
        return bytes
    }
}
