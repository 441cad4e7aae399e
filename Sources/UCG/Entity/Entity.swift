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
