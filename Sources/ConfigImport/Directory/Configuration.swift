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

    /// The kinds of configuration, in the order in which they are imported.
    package var kinds: [Kind] { registry.kinds }
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
            importers: importers, identities: pass.identities, counts: counts)
        return Check(
            configuration: pass.log.errorCount == 0 ? configuration : nil, log: pass.log, notes: pass.notes)
    }
}

extension Configuration: EntitySource {
    package var types: [EntityType] { registry.types }

    /// The ids of all entities of each type, in the order of the files.
    ///
    /// Complexity: O(*n*) in the entities.
    package var ids: [EntityType: [EntityID]] {
        let places = files.map { registry.index(of: $0.kind) }
        let kinds = registry.kinds
        let types = types
        let typePlaces = Dictionary(uniqueKeysWithValues: types.enumerated().map { ($1, $0) })
        // The place of a kind's only type; `nil` if it makes several.
        let onlyTypes = kinds.map { kind in kind.types.count == 1 ? typePlaces[kind.types[0]] : nil }
        var ids = types.map { type in
            var ids: [EntityID] = []
            let kind = registry.kind(of: type)
            ids.reserveCapacity(kind?.types.count == 1 ? kind.flatMap { counts[$0]?.entities } ?? 0 : 0)
            return ids
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
        for (kind, importer) in zip(registry.kinds, importers) {
            if let own = importer.groups {
                groups.formUnion(own)
            } else if importer.counts.entities > 0 {
                groups.formUnion(kind.types.map { EntityGroup(type: $0) })
            }
        }
        return groups
    }

    /// The bytes of the files, and what surrounds them in an entity.
    package var estimatedByteCount: Int {
        byteCount + 330 * counts.values.reduce(0) { $0 + $1.entities }
    }

    /// Reads the files of one type again, and calls `body` with every entity.
    ///
    /// - Throws: ``InputError`` if a file is not what it was when it was checked; what `body` throws.
    package func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        for file in files where file.kind.types.contains(type) {
            let pass = BuildPass(options, identities: identities)
            let importer = importers[registry.index(of: file.kind)]
            guard file.kind.types.count > 1 else {
                try importer.build(file, pass, emit: body)
                continue
            }
            try importer.build(file, pass) { if $0.type == type { try body($0) } }
        }
    }
}
