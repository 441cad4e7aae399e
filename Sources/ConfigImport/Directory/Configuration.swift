import CSV
package import UCG

/// A configuration directory that was found valid, ready to be imported.
///
///     let check = try Configuration.check("config", ImportOptions())
///     guard let configuration = check.configuration else { return }  // check.log says why
///     try configuration.forEachEntity(of: .theme) { print($0.id) }
package struct Configuration: Sendable {
    private let directory: String
    private let files: [ConfigFile]
    private let options: ImportOptions
    private let registry: KindRegistry
    /// The importer of each kind, in the order of the registry.
    private let importers: [any KindImporter]
    private let identities: IdentityTable

    /// The kinds of which the directory can have or has files, in the order in which they are imported.
    package var kinds: [Kind] { registry.kinds.filter { !$0.isOptional || (counts[$0]?.files ?? 0) > 0 } }

    /// The types of the entities of a kind.
    package func types(of kind: Kind) -> [EntityType] { typesOfKinds[registry.index(of: kind)] }

    /// The kind that has the entities of a type; `nil` if there is none.
    package func kind(of type: EntityType) -> Kind? {
        typesOfKinds.firstIndex { $0.contains(type) }.map { registry.kinds[$0] }
    }

    /// The types of each kind, in the order of the registry.
    private var typesOfKinds: [[EntityType]] {
        zip(registry.kinds, importers).map { kind, importer in importer.types ?? kind.types }
    }

    /// The references that the store satisfies and the directory does not, sorted.
    package let existing: [String]
    /// The number of instances that rows place by name and no row declares: they have an id, and no entity.
    package let undeclaredCount: Int
    /// How much there is of each kind; the time is that of checking it.
    package let counts: [Kind: KindCounts]

    /// The files' paths, by the numbers that the origins of entities have.
    package var paths: [String] { files.map(\.path) }

    /// The number of bytes that the files have.
    package var byteCount: Int { files.reduce(0) { $0 + $1.identity.size } }

    /// A digest (SHA-256) of all files, their places in the directory and what they hold.
    ///
    /// - Throws: ``InputError`` if a file cannot be read, or is not the one that was checked.
    /// - Complexity: O(*n*) in the bytes of the files.
    package func digest() throws(InputError) -> String {
        var digest = ContentDigest()
        for file in files {
            digest.add([UInt8](file.path.utf8.dropFirst(directory.utf8.count)))
            try file.withContents { digest.add($0) }
            digest.end()
        }
        return digest.text
    }

    /// What checking a directory found.
    package struct Check {
        /// The configuration; `nil` if there are errors.
        package let configuration: Configuration?
        /// The problems.
        package let log: IssueLog
        /// Informational messages.
        package let notes: [String]
        /// References that the directory does not satisfy, and that the store may, if that is allowed.
        package let unsatisfied: Set<EntityReference>
        /// The types of entities that the directory has.
        package let types: [EntityType]
    }

    /// Reads and checks a whole directory; nothing is kept of it but identities.
    ///
    /// - Parameter registry: The kinds whose files are looked for.
    /// - Throws: ``InputError`` if a file cannot be read at all.
    /// - Complexity: O(*n*) in the bytes of the files; memory 48 to 64 bytes a
    ///   translation, more for associations and themes, of which there are few.
    package static func check(
        _ directory: String, _ options: ImportOptions, kinds registry: KindRegistry = .builtIn
    ) throws(InputError) -> Check {
        let found = try ConfigDirectory(
            directory, registry: registry, dialect: FileDialect(delimiter: options.delimiter))
        var pass = CheckPass(options, found)
        var importers = registry.kinds.map { $0.makeImporter() }
        var durations = Durations()
        for file in found.files {
            try importers[registry.index(of: file.kind)].check(file, &pass)
            durations.add(to: file.kind)
        }
        for file in found.files {
            try importers[registry.index(of: file.kind)].resolve(file, &pass)
            durations.add(to: file.kind)
        }
        var counts: [Kind: KindCounts] = [:]
        for (index, kind) in registry.kinds.enumerated() {
            let files = found.files.filter { $0.kind == kind }
            try importers[index].finish(files, &pass)
            durations.add(to: kind)
            counts[kind] = importers[index].counts
            counts[kind]?.files = files.count
        }
        for kind in registry.kinds { counts[kind]?.duration = durations[kind] }
        let configuration = Configuration(
            directory: directory, files: found.files, options: options, registry: registry,
            importers: importers, identities: pass.identities,
            existing: pass.existing.map(\.description).sorted(), undeclaredCount: pass.undeclared.count,
            counts: counts)
        return Check(
            configuration: pass.log.errorCount == 0 ? configuration : nil, log: pass.log, notes: pass.notes,
            unsatisfied: pass.unsatisfied, types: configuration.types)
    }
}

extension Configuration: EntitySource {
    package var types: [EntityType] { typesOfKinds.flatMap { $0 } }

    /// The ids of all entities of each type, in the order of the files.
    ///
    /// Complexity: O(*n*) in the entities.
    package var ids: [EntityType: [EntityID]] {
        let places = files.map { registry.index(of: $0.kind) }
        let (types, typesOfKinds) = (types, typesOfKinds)
        let typePlaces = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($1, $0) })
        // The place of a kind's only type; `nil` if its rows decide.
        let onlyTypes = zip(registry.kinds, typesOfKinds).map { kind, types in
            kind.types.count == 1 ? typePlaces[types[0]] : nil
        }
        var ids = types.map { _ in [EntityID]() }
        for (kind, place) in zip(registry.kinds, onlyTypes) {
            if let place { ids[place].reserveCapacity(counts[kind]?.entities ?? 0) }
        }
        for entry in 0..<identities.count {
            let origin = identities.origin(of: entry)
            let kind = places[Int(origin.file)]
            let place =
                onlyTypes[kind] ?? importers[kind].type(ofEntityFrom: origin).flatMap { typePlaces[$0] }
            if let place { ids[place].append(identities[entry]) }
        }
        return Dictionary(uniqueKeysWithValues: zip(types, ids))
    }

    /// The types that have entities, and the translated locales of each layer and scope.
    package var groups: Set<EntityGroup> {
        var groups: Set<EntityGroup> = []
        for (types, importer) in zip(typesOfKinds, importers) {
            if let own = importer.groups {
                groups.formUnion(own)
            } else if importer.counts.entities > 0 {
                groups.formUnion(types.map { EntityGroup(type: $0) })
            }
        }
        return groups
    }

    /// The bytes of the files, and what surrounds them in an entity.
    package var estimatedByteCount: Int {
        byteCount + 330 * counts.values.reduce(0) { $0 + $1.entities }
    }

    /// The types of each kind, whose files are read once for all of them.
    package var passes: [[EntityType]] { typesOfKinds.filter { !$0.isEmpty } }

    /// Reads the files of one type again, and calls `body` with every entity.
    ///
    /// - Throws: ``InputError`` if a file is not what it was when it was checked; what `body` throws.
    package func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        try forEachEntity(ofPass: [type], body)
    }

    /// Reads the files of some types of one kind again, and calls `body` with every entity of them.
    ///
    /// - Throws: ``InputError`` if a file is not what it was when it was checked; what `body` throws.
    package func forEachEntity(
        ofPass types: [EntityType], _ body: (borrowing Entity) throws -> Void
    ) throws {
        guard let kind = types.first.flatMap({ kind(of: $0) }) else { return }
        let importer = importers[registry.index(of: kind)]
        for file in files where file.kind == kind {
            try importer.build(file, of: Set(types), BuildPass(options, identities: identities), emit: body)
        }
    }
}
