import CSV
package import UCG

/// A configuration directory that was found valid, ready to be imported.
package struct Configuration: Sendable {
    private let directory: String
    private let files: [ConfigFile]
    private let options: ImportOptions
    private let importers: Importers
    private let identities: IdentityTable

    /// How much there is of each kind; the time is that of checking it.
    package let counts: [EntityKind: KindCounts]

    /// The files' paths, by the numbers that the origins of entities have.
    package var paths: [String] { files.map(\.path) }

    /// How many bytes the files have.
    package var byteCount: Int { files.reduce(0) { $0 + $1.identity.size } }

    /// A digest (SHA-256) of all files, their places in the directory and what they hold.
    ///
    /// - Throws: ``InputError`` if a file cannot be read, or is not the one that was checked.
    /// - Complexity: O(*n*) in the bytes of the files.
    package func digest() throws(InputError) -> String {
        var digest = ContentDigest()
        for file in files {
            digest.add([UInt8](file.path.utf8.dropFirst(directory.utf8.count)))
            try file.lendContents { digest.add($0) }
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
    /// - Throws: ``InputError`` if a file cannot be read at all.
    /// - Complexity: O(*n*) in the bytes of the files; memory 48 to 64 bytes a
    ///   translation, more for associations and themes, of which there are few.
    package static func check(_ directory: String, _ options: ImportOptions) throws(InputError) -> Check {
        let found = try ConfigDirectory(directory)
        var pass = CheckPass(options, found)
        var importers = Importers()
        var durations = Durations()
        for file in found.files {
            try importers.check(file, &pass)
            durations.add(to: file.entityKind)
        }
        for file in found.files where file.kind == .associations {
            try importers.associations.resolve(
                file, &pass, snippets: importers.snippets, themes: importers.themes)
            durations.add(to: .associations)
        }
        importers.checkFolders(found.files, &pass)
        var report = TranslationReport(of: importers.translations, files: found.files, pass: pass)
        try report.write(&pass)
        durations.add(to: .translations)

        var counts = importers.counts
        for kind in EntityKind.allCases {
            counts[kind]?.files = found.files.count { $0.entityKind == kind }
            counts[kind]?.duration = durations[kind]
        }
        let configuration = Configuration(
            directory: directory, files: found.files, options: options, importers: importers,
            identities: pass.identities,
            counts: counts)
        return Check(
            configuration: pass.log.errorCount == 0 ? configuration : nil, log: pass.log, notes: pass.notes)
    }

}

extension Configuration: EntitySource {
    package var types: [EntityType] { EntityType.builtIn }

    /// The ids of all entities of each type, in the order of the files.
    ///
    /// Complexity: O(*n*) in the entities.
    package var ids: [EntityType: [EntityID]] {
        let kinds = EntityKind.allCases
        let places = files.map { file in kinds.firstIndex(of: file.entityKind) ?? 0 }
        var ids = kinds.map { kind in
            var ids: [EntityID] = []
            ids.reserveCapacity(counts[kind]?.entities ?? 0)
            return ids
        }
        for entry in 0..<identities.count {
            ids[places[Int(identities.origin(of: entry).file)]].append(identities[entry])
        }
        return Dictionary(uniqueKeysWithValues: zip(kinds.map(\.type), ids))
    }

    /// The types that have entities, and the translated locales of each layer and scope.
    package var groups: Set<EntityGroup> {
        let kinds = EntityKind.allCases.filter { $0 != .translations && (counts[$0]?.entities ?? 0) > 0 }
        return importers.translations.catalog.groups(importers.translations.locales)
            .union(kinds.map { EntityGroup(type: $0.type) })
    }

    /// The bytes of the files, and what surrounds them in an entity.
    package var estimatedByteCount: Int {
        byteCount + 330 * counts.values.reduce(0) { $0 + $1.entities }
    }

    /// Reads the files of one type again, and calls `body` with every entity.
    ///
    /// - Throws: ``InputError`` if a file is not what it was when it was checked; what `body` throws.
    package func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
        for file in files where file.entityKind.type == type {
            try importers.build(file, options: options, identities: identities, emit: body)
        }
    }
}

/// The four importers of a run.
private struct Importers {
    var snippets = SnippetImporter()
    var themes = ThemeImporter()
    var associations = AssociationImporter()
    var translations = TranslationImporter()

    var counts: [EntityKind: KindCounts] {
        [
            .snippets: snippets.counts, .themes: themes.counts, .associations: associations.counts,
            .translations: translations.counts,
        ]
    }

    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        switch file.kind {
        case .snippets: try snippets.check(file, &pass)
        case .themes: try themes.check(file, &pass)
        case .associations: try associations.define(file, &pass)
        case .translations(let source): try translations.check(file, &pass, source: source)
        }
    }

    func build(
        _ file: ConfigFile, options: ImportOptions, identities: IdentityTable,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        switch file.kind {
        case .snippets: try snippets.build(file, options: options, emit: emit)
        case .themes: try themes.build(file, options: options, emit: emit)
        case .associations: try associations.build(file, options: options, emit: emit)
        case .translations(let source):
            try translations.build(file, source: source, options: options, identities: identities, emit: emit)
        }
    }

    private static let mostSuggestions = 100

    /// Warns of layer folders that belong to no theme and no snippet.
    func checkFolders(_ files: [ConfigFile], _ pass: inout CheckPass) {
        var seen: Set<EntityID> = []
        var suggestions = 0
        for file in files {
            guard case .translations(let source) = file.kind, let scope = source.scope else { continue }
            let name = String(scope.prefix { $0 != "/" })
            let type: EntityType
            switch source.layer {
            case .theme, .template: type = .theme
            case .snippet: type = .snippet
            case .global, .plugin: continue
            }
            if pass.broken.contains(where: { $0.type == type }) { continue }
            if pass.identities.contains(EntityName.id(type, name)) || pass.lostTexts.contains(name) {
                continue
            }
            guard seen.insert(EntityName.id(type, name)).inserted else { continue }
            // Each takes time by the number of names.
            suggestions += 1
            let hint =
                suggestions > Self.mostSuggestions
                ? ""
                : Suggestion.suffix(
                    for: name, among: type == .theme ? Array(themes.names) : snippets.someNames)
            pass.log.add(
                .warning, .unknownFolder, in: file.path, at: CSVPosition(line: 1, column: 1), excerpt: .none,
                reason: "the folder belongs to the \(type) \(PlainText.quoted(name)), which no row defines"
                    + hint)
        }
    }
}

/// How long the kinds took: each span of time goes to one of them.
private struct Durations {
    private let clock = ContinuousClock()
    private var start = ContinuousClock.now
    private var durations: [EntityKind: Duration] = [:]

    subscript(kind: EntityKind) -> Duration { durations[kind] ?? .zero }

    /// Adds the time since the last call.
    mutating func add(to kind: EntityKind) {
        let now = clock.now
        durations[kind, default: .zero] += now - start
        start = now
    }
}
