import UCG

/// One write of an entity: the entity that it settles, and where its key and value are encoded in a batch.
struct Mutation: Sendable {
    /// The type of the entity.
    let type: EntityType
    /// The id of the entity.
    let id: EntityID
    /// The file and line that the entity comes from.
    let origin: EntityOrigin
    /// The stamps that its source gives.
    var given: GivenStamps = []
    /// The index of the first byte after its key.
    let keyEnd: Int
    /// The index of the first byte of its value, after the value's length.
    let valueStart: Int
    /// The index of the first byte after its value and the end of the line.
    let end: Int
}
