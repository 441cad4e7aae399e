import CSV
import SystemSupport
import UCG

/// The files of a configuration directory, found by their names.
///
/// Whatever looks as if it were meant to be read, and is not, is said: a name that is nearly a known one is an error,
/// what is unknown a note.
struct ConfigDirectory {
    /// In the order in which they are imported: by kind, then by the bytes of the path.
    private(set) var files: [ConfigFile] = []
    /// Problems with names.
    var issues: [Issue] = []
    /// Informational messages.
    var notes: [String] = []
    /// Kinds of which a file has nearly the right name, so that what it defines is not known.
    var misnamedKinds: Set<Kind> = []
    /// The kinds whose files are looked for.
    let registry: KindRegistry
    private let dialect: FileDialect

    static let layers: [(name: String, layer: LayerPlace.Layer)] = [
        ("themes", .theme), ("snippets", .snippet), ("plugins", .plugin),
    ]

    /// Finds the files of `root`, and opens each once to see that it can be read.
    ///
    /// - Parameters:
    ///   - registry: The kinds whose files are looked for.
    ///   - dialect: How they separate their fields.
    init(_ root: String, registry: KindRegistry, dialect: FileDialect) throws(InputError) {
        self.registry = registry
        self.dialect = dialect
        let names = try FolderListing.names(in: root)
        for (name, kind) in registry.tables where names.contains(name) {
            try add(FolderListing.path(of: name, in: root), kind)
        }
        try addTranslations(in: root, names, .global, scope: nil)
        for (name, layer) in Self.layers where names.contains(name) {
            try addLayer(FolderListing.path(of: name, in: root), layer)
        }
        try inspectOthers(root, names)
        files.sort { left, right in
            if left.kind != right.kind {
                return registry.index(of: left.kind) < registry.index(of: right.kind)
            }
            return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
        for index in files.indices { files[index].index = index }
        let needed = registry.kinds.filter { !$0.isOptional }.map(\.files.description)
        guard files.contains(where: { !$0.kind.isOptional }) else {
            throw InputError(
                .missing, at: root,
                reason:
                    "no \(needed.dropLast().joined(separator: ", ")) or \(needed.last ?? "") in this directory",
                advice: issues.first { $0.severity == .error }.map { issue in
                    "\(PlainText.escaped(String(issue.path.dropFirst(root.count).drop { $0 == "/" }))): \(issue.reason)"
                })
        }
        noteMissingKinds()
    }

    private mutating func add(
        _ path: String, _ kind: Kind, at place: LayerPlace = .root
    ) throws(InputError) {
        do throws(FileError) {
            let identity = try ByteSource.file(path, chunkSize: 1).identity()
            files.append(
                ConfigFile(path: path, kind: kind, place: place, dialect: dialect, identity: identity))
        } catch {
            throw InputError(error, path)
        }
    }

    mutating func report(
        _ severity: Issue.Severity, _ code: IssueCode, at path: String, reason: String
    ) {
        issues.append(
            Issue(
                severity: severity, code: code, path: path, position: CSVPosition(line: 1, column: 1),
                field: nil, reason: reason, excerpt: .none))
    }

    // MARK: - Translations

    /// Adds the `translations*.csv` of one folder; says whether there are any.
    @discardableResult
    private mutating func addTranslations(
        in folder: String, _ names: [String], _ layer: LayerPlace.Layer, scope: String?
    ) throws(InputError) -> Bool {
        var hasAny = false
        for name in names where Self.isTranslations(name) {
            hasAny = true
            let path = FolderListing.path(of: name, in: folder)
            let middle = name.dropFirst("translations".count).dropLast(".csv".count)
            if middle.isEmpty {
                try add(path, .translations, at: LayerPlace(layer: layer, scope: scope, locale: nil))
            } else if middle.hasPrefix("."), let locale = Locale(middle.dropFirst()) {
                try add(path, .translations, at: LayerPlace(layer: layer, scope: scope, locale: locale))
            } else {
                misnamedKinds.insert(.translations)
                let hint = middle.hasPrefix(".") ? LocaleHint.text(for: String(middle.dropFirst())) : nil
                report(
                    .error, .fileName, at: path,
                    reason:
                        "expected translations.csv or translations.<locale>.csv, such as translations.de.csv"
                        + (hint.map { " (\($0))" } ?? ""))
            }
        }
        return hasAny
    }

    /// Adds the translations below `<layer folder>/<scope>/`.
    private mutating func addLayer(
        _ folder: String, _ layer: LayerPlace.Layer
    ) throws(InputError) {
        guard try FolderListing.isDirectory(folder) else { return }
        for scope in try FolderListing.names(in: folder) {
            let path = FolderListing.path(of: scope, in: folder)
            guard try FolderListing.isDirectory(path) else {
                if FolderListing.isCSV(scope) { refuseLooseFile(path, name: scope, in: folder) }
                continue
            }
            let names = try addScope(path, layer: layer, scope: scope)
            guard layer == .theme else {
                noteFolders(names, in: path)
                continue
            }
            try addTemplates(of: scope, in: path, names)
        }
    }

    private mutating func addTemplates(
        of scope: String, in path: String, _ names: [String]
    ) throws(InputError) {
        for name in names where name != "templates" && !FolderListing.isCSV(name) {
            let folder = FolderListing.path(of: name, in: path)
            guard try FolderListing.isDirectory(folder) else { continue }
            let skipped = FolderListing.csvNames(in: folder)
            if !skipped.isEmpty, Self.isSimilar(name, to: "templates") {
                misnamedKinds.insert(.translations)
                report(
                    .error, .unknownFolder, at: folder,
                    reason: "not read under this name (did you mean \(PlainText.quoted("templates"))?)")
            } else {
                skip(folder, skipped)
            }
        }
        let templates = FolderListing.path(of: "templates", in: path)
        guard names.contains("templates"), try FolderListing.isDirectory(templates) else { return }
        for template in try FolderListing.names(in: templates) {
            let folder = FolderListing.path(of: template, in: templates)
            guard try FolderListing.isDirectory(folder) else {
                if FolderListing.isCSV(template) { refuseLooseFile(folder, name: template, in: templates) }
                continue
            }
            let names = try addScope(folder, layer: .template, scope: "\(scope)/\(template)")
            if names.contains(where: Self.isTranslations) { checkName(scope, at: folder) }
            noteFolders(names, in: folder)
        }
    }

    /// Adds the translations of a theme, template, snippet or plugin, and looks at its other files.
    private mutating func addScope(
        _ path: String, layer: LayerPlace.Layer, scope: String
    ) throws(InputError) -> [String] {
        let names = try FolderListing.names(in: path)
        if try addTranslations(in: path, names, layer, scope: scope) {
            checkName(String(scope.split(separator: "/").last ?? ""), at: path)
        }
        for name in names where !Self.isTranslations(name) {
            if FolderListing.isCSV(name) {
                inspectFile(name, in: path, among: [])
            } else {
                inspectOtherFormat(name, in: path, names, among: [])
            }
        }
        return names
    }

    private mutating func refuseLooseFile(_ path: String, name: String, in folder: String) {
        guard Self.isTranslations(name) || Self.similar(to: name, among: []) != nil else {
            return notes.append("\(PlainText.escaped(path)) is not a file of a configuration; skipped")
        }
        misnamedKinds.insert(.translations)
        report(
            .error, .fileName, at: path,
            reason:
                "belongs into a folder of its own, as in \(PlainText.escaped(folder.split(separator: "/").last.map(String.init) ?? folder))/<name>/\(PlainText.escaped(name))"
        )
    }

    private mutating func checkName(_ name: String, at path: String) {
        let isValid = name.utf8.allSatisfy {
            $0.isLetter || $0.isDigit || $0 == .underscore || $0 == .hyphen || $0 == UInt8(ascii: ".")
        }
        guard !isValid else { return }
        report(
            .error, .fileName, at: path,
            reason: "the folder's name \(PlainText.quoted(name)) has other characters than A-Z a-z 0-9 . _ -")
    }

    private mutating func noteMissingKinds() {
        for kind in registry.kinds where !kind.isOptional && !files.contains(where: { $0.kind == kind }) {
            if misnamedKinds.contains(kind) { continue }
            notes.append("no \(kind.files.description): no \(kind.name) are imported")
        }
    }
}
