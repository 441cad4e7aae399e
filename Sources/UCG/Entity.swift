/// One node or edge of the Universal Content Graph.
public struct Entity: Sendable {
    /// What kind of thing it is.
    public var type: EntityType
    /// Its identity.
    public var id: EntityID
    /// A name that is unique in its type, `$` included; `nil` if it has none.
    public var semanticName: String?
    /// The members of `data`, a JSON object in canonical form.
    public var data: JSONWriter
    /// Where it comes from.
    public var origin: EntityOrigin

    /// An entity whose `data` is still empty.
    public init(type: EntityType, id: EntityID, semanticName: String? = nil, origin: EntityOrigin) {
        self.type = type
        self.id = id
        self.semanticName = semanticName
        self.origin = origin
        data = JSONWriter()
    }

    /// Writes the entity as one JSON object, without white space, its members in the order `id`,
    /// `entity_type`, `semantic_name`, `created_at`, `updated_at`, `created_by`, `data`.
    ///
    /// Complexity: O(*n*) in the bytes written.
    public func write(to json: inout JSONWriter, stamp: EntityStamp) {
        json.beginObject()
        json.key(Self.idKey)
        json.id(id)
        json.key(Self.typeKey)
        json.string(type.rawValue)
        json.key(Self.nameKey)
        if let semanticName { json.string(semanticName) } else { json.null() }
        json.members(stamp.members)
        json.value(data)
        json.endObject()
    }

    private static let idKey: JSONKey = "id"
    private static let typeKey: JSONKey = "entity_type"
    private static let nameKey: JSONKey = "semantic_name"
}

/// Where an entity comes from, so that a refusal can name file and line.
public struct EntityOrigin: Hashable, Sendable {
    /// The file, as a number that whoever made the entity understands.
    public var file: UInt32
    /// The line, from 1; the highest number stands for all lines beyond it.
    public var line: UInt32

    /// An origin in `file` at `line`.
    public init(file: Int, line: Int) {
        self.file = UInt32(clamping: file)
        self.line = UInt32(clamping: line)
    }
}

/// When and by whom the entities of one run were written.
public struct EntityStamp: Sendable {
    /// `created_at`, `updated_at`, `created_by` and the key of `data`, encoded once for the whole run.
    let members: JSONWriter

    /// A stamp for entities that are created at `time` by `author`.
    public init(time: Timestamp, author: String) {
        var json = JSONWriter()
        json.key("created_at")
        json.string(time.description)
        json.key("updated_at")
        json.string(time.description)
        json.key("created_by")
        json.string(author)
        json.key("data")
        members = json
    }
}
