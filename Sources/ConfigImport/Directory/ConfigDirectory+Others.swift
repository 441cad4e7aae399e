import CSV
import SystemSupport
import UCG

// Files and folders that are not read: what looks as if it were meant to be is said.
extension ConfigDirectory {
    mutating func inspectOthers(_ root: String, _ names: [String]) throws(InputError) {
        let known = registry.tables.map(\.name)
        for name in names where !known.contains(name) && !Self.isTranslations(name) {
            if FolderListing.isCSV(name) {
                inspectFile(name, in: root, among: known)
            } else if !inspectOtherFormat(name, in: root, names, among: known) {
                try inspectFolder(name, in: root)
            }
        }
    }

    mutating func inspectFile(_ name: String, in folder: String, among known: [String]) {
        let path = FolderListing.path(of: name, in: folder)
        guard let meant = Self.similar(to: name, among: known) else {
            guard Self.isLocale(name.dropLast(".csv".count)) else {
                return notes.append("\(PlainText.escaped(path)) is not a file of a configuration; skipped")
            }
            return report(
                .warning, .fileName, at: path,
                reason: "not read under this name (did you mean \(PlainText.quoted("translations.\(name)"))?)"
            )
        }
        let kind = registry.tables.first { $0.name == meant }?.kind
        misnamedKinds.insert(kind ?? .translations)
        report(
            .error, .fileName, at: path,
            reason: "not read under this name (did you mean \(PlainText.quoted(meant))?)")
    }

    /// How the names of tables end that are not CSV, or that a system has renamed.
    static let otherFormats = [".tsv", ".tab", ".xls", ".xlsx", ".ods", ".csv.txt"]

    /// Reports a table that is there in another format only; says whether it is one.
    @discardableResult
    mutating func inspectOtherFormat(
        _ name: String, in folder: String, _ names: [String], among known: [String]
    ) -> Bool {
        guard let end = Self.otherFormats.first(where: { name.asciiLowercased.hasSuffix($0) }) else {
            return false
        }
        let table = String(name.asciiLowercased.dropLast(end.count)) + ".csv"
        guard known.contains(table) || Self.isTranslations(table), !names.contains(table) else {
            return false
        }
        misnamedKinds.insert(registry.tables.first { $0.name == table }?.kind ?? .translations)
        report(
            .error, .fileName, at: FolderListing.path(of: name, in: folder),
            reason: "not a CSV file, by its name; save it as \(PlainText.quoted(table))")
        return true
    }

    /// Whether a file's name without its end is a locale, and can be little else: `de`, `de_CH`, but not `faq`.
    static func isLocale(_ stem: Substring) -> Bool {
        guard Locale(stem) != nil else { return false }
        return stem.prefix { $0 != "_" && $0 != "-" }.utf8.count == 2
    }

    mutating func inspectFolder(_ name: String, in root: String) throws(InputError) {
        guard !Self.layers.contains(where: { $0.name == name }) else { return }
        let path = FolderListing.path(of: name, in: root)
        guard let meant = Self.layers.map(\.name).first(where: { Self.isSimilar(name, to: $0) }) else {
            return skip(path, FolderListing.csvNames(in: path))
        }
        guard try FolderListing.isDirectory(path) else { return }
        _ = try FolderListing.names(in: path)  // what cannot be looked into may hold anything
        guard !FolderListing.csvNames(in: path).isEmpty else { return }
        misnamedKinds.insert(.translations)
        report(
            .error, .unknownFolder, at: path,
            reason: "not read under this name (did you mean \(PlainText.quoted(meant))?)")
    }

    /// Notes folders where none is expected.
    mutating func noteFolders(_ names: [String], in folder: String) {
        for name in names where !FolderListing.isCSV(name) {
            let path = FolderListing.path(of: name, in: folder)
            guard (try? FolderListing.isDirectory(path)) == true else { continue }
            skip(path, FolderListing.csvNames(in: path))
        }
    }

    /// Says of a folder that its CSV files are not read: a warning if one has the name of a file that would be.
    mutating func skip(_ folder: String, _ names: [String]) {
        let known = names.first { name in
            Self.isTranslations(name) || registry.tables.contains { $0.name == name }
        }
        if let known {
            report(
                .warning, .unknownFolder, at: folder,
                reason:
                    "not a folder of a configuration; its files, such as \(PlainText.quoted(known)), are not read"
            )
        } else if !names.isEmpty {
            notes.append(
                "\(PlainText.escaped(folder)) is not a folder of a configuration; its CSV files are skipped")
        }
    }
}

// Names.
extension ConfigDirectory {
    static func isTranslations(_ name: String) -> Bool {
        name.hasPrefix("translations") && name.hasSuffix(".csv")
    }

    static func isSimilar(_ name: String, to known: String) -> Bool {
        let lowered = LookAlike.bare(name).lowercased()
        return lowered == known || Suggestion.closest(to: lowered, among: [known]) != nil
    }

    /// The known name that somebody may have meant, `translations.de.csv` for `translation.de.csv`.
    static func similar(to name: String, among known: [String]) -> String? {
        let lowered = LookAlike.bare(name).lowercased()
        if known.contains(lowered) || isTranslations(lowered) { return lowered }
        let stem = String(lowered.prefix { $0 != "." })
        if Suggestion.closest(to: stem, among: ["translations"]) != nil {
            return "translations" + lowered.dropFirst(stem.count)
        }
        return Suggestion.closest(to: lowered, among: known)
    }
}
