import UCG

/// Checks the files of one kind, and builds the entities of their rows.
///
/// A run calls ``check(_:_:)`` for every file of every kind, then ``resolve(_:_:)`` for every file, then
/// ``finish(_:_:)`` once; and, if the whole directory is valid, ``build(_:_:emit:)`` for a file as often as necessary.
protocol KindImporter: Sendable {
    /// The rows that were read, and the entities that they make.
    var counts: KindCounts { get }

    /// The entities that it has, in groups that can vanish as a whole; `nil` stands for one group of each type.
    var groups: Set<EntityGroup>? { get }

    /// The types of the entities that it has found, for a kind whose rows decide; `nil` for the types of its kind.
    var types: [EntityType]? { get }

    /// The type of the entity that a row defines, for a kind that makes entities of several types.
    func type(ofEntityFrom origin: EntityOrigin) -> EntityType?

    /// Reads a file for the first time: what is wrong with its rows, and what they define.
    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError)

    /// Looks at a file again when everything is defined: what its rows refer to.
    mutating func resolve(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError)

    /// Looks at what all files have in common, when every file of every kind is checked.
    ///
    /// - Parameter files: The files of this kind.
    mutating func finish(_ files: [ConfigFile], _ pass: inout CheckPass) throws(InputError)

    /// Reads a file that was found valid, and passes its entities of these types to `emit`; not called for a kind that
    /// makes no entities.
    ///
    /// - Throws: ``InputError`` if it is not what it was when it was checked; what `emit` throws.
    func build(
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws
}

extension KindImporter {
    var groups: Set<EntityGroup>? { nil }
    var types: [EntityType]? { nil }
    func type(ofEntityFrom origin: EntityOrigin) -> EntityType? { nil }
    mutating func resolve(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {}
    mutating func finish(_ files: [ConfigFile], _ pass: inout CheckPass) throws(InputError) {}
    func build(
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {}
}
