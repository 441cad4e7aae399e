import CSV
import FoundationEssentials
import Glibc
import UCG

/// The files of a configuration directory, found by their names.
struct ConfigDirectory {
    /// In the order in which they are imported: by kind, then by the bytes of the path.
    private(set) var files: [ConfigFile] = []
    /// Problems with names.
    private(set) var issues: [Issue] = []
    /// What a person may want to know but need not mend.
    private(set) var notes: [String] = []
    /// Files that only a later version imports, by name.
    private(set) var laterFiles: Set<String> = []

    private static let tables: [(name: String, kind: ConfigFile.Kind)] = [
        ("snippets.csv", .snippets), ("themes.csv", .themes), ("associations.csv", .associations),
    ]
    private static let laterNames = [
        "entities.csv", "meta_snippets.csv", "validation_rules.csv", "snippet_relationships.csv",
        "field_types.csv",
    ]

    /// Finds the files of `root`, and opens each once to see that it can be read.
    init(_ root: String) throws(InputError) {
        let names = try Self.names(in: root)
        for (name, kind) in Self.tables where names.contains(name) {
            try add(Self.join(root, name), kind)
        }
        for name in Self.laterNames where names.contains(name) {
            laterFiles.insert(name)
            warn(.laterFile, Self.join(root, name), "this version does not import \(name) yet; skipped")
        }
        try addTranslations(in: root, names, .global, scope: nil)
        try addLayer("themes", in: root, names, .theme)
        try addLayer("snippets", in: root, names, .snippet)
        try addLayer("plugins", in: root, names, .plugin)
        noteOthers(root, names)
        files.sort { left, right in
            let order = EntityKind.allCases
            let (leftKind, rightKind) = (
                order.firstIndex(of: left.entityKind), order.firstIndex(of: right.entityKind)
            )
            if leftKind != rightKind { return (leftKind ?? 0) < (rightKind ?? 0) }
            return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
        guard !files.isEmpty || issues.contains(where: { $0.severity == .error }) else {
            throw InputError(
                .missing, root,
                "no snippets.csv, themes.csv, associations.csv or translations*.csv in this directory")
        }
        noteMissingKinds()
    }

    private mutating func add(_ path: String, _ kind: ConfigFile.Kind) throws(InputError) {
        do throws(FileError) {
            let identity = try ByteSource.file(path, chunkSize: 1).identity()
            files.append(ConfigFile(path: path, kind: kind, identity: identity))
        } catch {
            throw InputError(error, path)
        }
    }

    private mutating func warn(_ code: IssueCode, _ path: String, _ reason: String) {
        issues.append(
            Issue(
                severity: .warning, code: code, path: path, position: CSVPosition(line: 1, column: 1),
                field: nil, reason: reason, excerpt: .none))
    }

    private mutating func refuse(_ path: String, _ reason: String) {
        issues.append(
            Issue(
                severity: .error, code: .fileName, path: path, position: CSVPosition(line: 1, column: 1),
                field: nil, reason: reason, excerpt: .none))
    }

    /// Adds the `translations*.csv` of one folder; says whether there are any.
    @discardableResult
    private mutating func addTranslations(
        in folder: String, _ names: [String], _ layer: TranslationSource.Layer, scope: String?
    ) throws(InputError) -> Bool {
        var hasAny = false
        for name in names where Self.isTranslations(name) {
            hasAny = true
            let path = Self.join(folder, name)
            let middle = name.dropFirst("translations".count).dropLast(".csv".count)
            if middle.isEmpty {
                try add(path, .translations(TranslationSource(layer: layer, scope: scope, locale: nil)))
            } else if middle.hasPrefix("."), let locale = Locale(middle.dropFirst()) {
                try add(path, .translations(TranslationSource(layer: layer, scope: scope, locale: locale)))
            } else {
                refuse(
                    path,
                    "expected translations.csv or translations.<locale>.csv, such as translations.de.csv")
            }
        }
        return hasAny
    }

    /// Adds the translations below `<root>/<layer folder>/<scope>/`.
    private mutating func addLayer(
        _ name: String, in root: String, _ rootNames: [String], _ layer: TranslationSource.Layer
    ) throws(InputError) {
        let folder = Self.join(root, name)
        guard rootNames.contains(name), Self.isDirectory(folder) else { return }
        for scope in try Self.names(in: folder) {
            let path = Self.join(folder, scope)
            guard Self.isDirectory(path) else { continue }
            let names = try Self.names(in: path)
            if try addTranslations(in: path, names, layer, scope: scope) { checkName(scope, path) }
            guard layer == .theme else { continue }
            let templates = Self.join(path, "templates")
            guard names.contains("templates"), Self.isDirectory(templates) else { continue }
            for template in try Self.names(in: templates) {
                let path = Self.join(templates, template)
                guard Self.isDirectory(path) else { continue }
                let names = try Self.names(in: path)
                if try addTranslations(in: path, names, .template, scope: "\(scope)/\(template)") {
                    checkName(scope, path)
                    checkName(template, path)
                }
            }
        }
    }

    private mutating func checkName(_ name: String, _ path: String) {
        let isFit = name.utf8.allSatisfy {
            $0.isLetter || $0.isDigit || $0 == .underscore || $0 == .hyphen || $0 == UInt8(ascii: ".")
        }
        guard !isFit else { return }
        refuse(
            path, "the folder's name \(PlainText.quoted(name)) has other characters than A-Z a-z 0-9 . _ -")
    }

    private mutating func noteOthers(_ root: String, _ names: [String]) {
        let known = Self.tables.map(\.name) + Self.laterNames
        for name in names where name.lowercased().hasSuffix(".csv") {
            guard !known.contains(name), !Self.isTranslations(name) else { continue }
            if let meant = Self.similar(to: name, among: known) {
                warn(
                    .fileName, Self.join(root, name),
                    "not a file of a configuration (did you mean \(PlainText.quoted(meant))?); skipped")
            } else {
                notes.append(
                    "\(PlainText.escaped(Self.join(root, name))) is not a file of a configuration; skipped")
            }
        }
    }

    private static func isTranslations(_ name: String) -> Bool {
        name.hasPrefix("translations") && name.hasSuffix(".csv")
    }

    /// The known name that somebody may have meant, `translations.de.csv` for `translation.de.csv`.
    private static func similar(to name: String, among known: [String]) -> String? {
        let lowered = name.lowercased()
        if known.contains(lowered) || isTranslations(lowered) { return lowered }
        let stem = String(lowered.prefix { $0 != "." })
        if Suggestion.closest(to: stem, among: ["translations"]) != nil {
            return "translations" + lowered.dropFirst(stem.count)
        }
        return Suggestion.closest(to: lowered, among: known)
    }

    private mutating func noteMissingKinds() {
        for kind in EntityKind.allCases where !files.contains(where: { $0.entityKind == kind }) {
            if kind == .translations, issues.contains(where: { $0.severity == .error }) { continue }
            let name = kind == .translations ? "translations*.csv" : "\(kind.rawValue).csv"
            notes.append("no \(name): no \(kind.rawValue) are imported")
        }
    }
}

// The file system.
extension ConfigDirectory {
    /// `folder/name`, without a second slash.
    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    private static func isDirectory(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// The names in a directory, by their bytes, without those that begin with a dot.
    private static func names(in path: String) throws(InputError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            let number = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
            throw InputError(.missing, path, number.map { ReadError.text(of: $0) } ?? "cannot be listed")
        }
    }
}
