import CSV
import FoundationEssentials
import Glibc

/// The file system as the search for configuration files sees it.
enum FolderListing {
    /// `folder/name`, without a second slash.
    static func path(of name: String, in folder: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// Whether there is a directory at `path`, which was found in a listing; links are followed.
    ///
    /// - Throws: ``InputError`` if it cannot be looked into: that is not the same as being absent.
    static func isDirectory(_ path: String) throws(InputError) -> Bool {
        var status = stat()
        // Sound: stat fills the structure during the call, which only reads the path.
        guard unsafe stat(path, &status) == 0 else {
            let number = errno
            throw InputError(
                kind(of: number), at: path,
                reason: number == ENOENT ? "is a link that leads nowhere" : ReadError.text(of: number))
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory, by their bytes, without those that begin with a dot.
    static func names(in path: String) throws(InputError) -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { !$0.hasPrefix(".") }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            let number = ((error as? CocoaError)?.underlying as? POSIXError)?.code.rawValue
            throw InputError(
                number.map { kind(of: $0) } ?? .missing, at: path,
                reason: number.map { ReadError.text(of: $0) } ?? "cannot be listed")
        }
    }

    private static func kind(of number: CInt) -> InputError.Kind {
        [EMFILE, ENFILE, ENOMEM].contains(number) ? .system : .missing
    }

    /// The names of the CSV files in a folder and below it, four levels deep; what cannot be looked into has none.
    static func csvNames(in path: String, levels: Int = 4) -> [String] {
        guard let names = try? names(in: path) else { return [] }
        var found = names.filter(isCSV)
        guard levels > 0 else { return found }
        for name in names where !isCSV(name) {
            let inner = Self.path(of: name, in: path)
            guard (try? isDirectory(inner)) == true else { continue }
            found += csvNames(in: inner, levels: levels - 1)
        }
        return found
    }

    /// Whether a name is that of a CSV file.
    static func isCSV(_ name: String) -> Bool { name.asciiLowercased.hasSuffix(".csv") }
}
