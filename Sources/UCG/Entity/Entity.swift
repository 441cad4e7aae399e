/// One node or edge of the Universal Content Graph.
///
///     var entity = Entity(
///         type: .theme, id: EntityName.id(.theme, "corporate"), origin: EntityOrigin(file: 0, line: 2))
///     entity.data.object { $0.member("name", "corporate") }
package struct Entity: Sendable {
    /// What kind of thing it is.
    package var type: EntityType
    /// Its identity.
    package var id: EntityID
    /// A name that is unique in its type, `$` included; `nil` if it has none.
    package var semanticName: String?
    /// The members of `data`, a JSON object in canonical form.
    package var data: JSONWriter
    /// Where it comes from.
    package var origin: EntityOrigin
    /// When it was created, if its source says so; else the time of the run that creates it.
    package var createdAt: Timestamp?
    /// Who created it, if its source says so; else the author of the run that creates it.
    package var createdBy: String?

    /// The stamps that its source gives: they are compared and written like its content.
    @inlinable package var givenStamps: GivenStamps {
        var given: GivenStamps = []
        if createdAt != nil { given.insert(.createdAt) }
        if createdBy != nil { given.insert(.createdBy) }
        return given
    }

    /// An entity whose `data` is still empty.
    package init(type: EntityType, id: EntityID, semanticName: String? = nil, origin: EntityOrigin) {
        self.type = type
        self.id = id
        self.semanticName = semanticName
        self.origin = origin
        data = JSONWriter()
    }
}

/// The stamps of an entity that its source gives, and not the run that writes it.
///
///     let given: GivenStamps = [.createdAt]
///     given.contains(.createdBy)  // false: the stored author is kept
package struct GivenStamps: OptionSet, Hashable, Sendable {
    /// A bit for each stamp.
    package let rawValue: UInt8

    /// The stamps of these bits.
    @inlinable package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `created_at`.
    package static let createdAt = GivenStamps(rawValue: 1)
    /// `created_by`.
    package static let createdBy = GivenStamps(rawValue: 2)
}

/// Where an entity comes from, so that a refusal can name file and line.
///
///     EntityOrigin(file: 0, line: 17)  // line 17 of the first file
package struct EntityOrigin: Hashable, Sendable {
    /// The file, as a number that the maker of the entity understands.
    package var file: UInt32
    /// The line, from 1; the highest number stands for all lines beyond it.
    package var line: UInt32

    /// An origin in `file` at `line`.
    @inlinable package init(file: Int, line: Int) {
        self.file = UInt32(clamping: file)
        self.line = UInt32(clamping: line)
    }
}
