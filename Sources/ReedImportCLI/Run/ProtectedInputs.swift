import FoundationEssentials
import Glibc
import SystemSupport

/// What a run reads, so that no result file is written over it.
struct ProtectedInputs {
    /// The configuration directory, if there is one.
    var directory: String?
    /// Other files: a plan, a password.
    var files: [String] = []
    /// Result files of the same run.
    var results: [String] = []

    /// A configuration has few files; beyond this number of entries the search ends.
    private static let mostEntries = 100_000
    /// `themes/<theme>/templates/<template>/`.
    private static let mostLevels = 4

    /// Opens a result file.
    ///
    /// - Parameter option: The option that names it.
    func open(_ path: String, for option: String, unless cancellation: CancellationSignal) throws(Failure)
        -> ResultFile
    {
        if let input = input(at: path) {
            throw Failure(
                .usage, "\(option) \(path) would overwrite \(input); nothing written; give another file")
        }
        do throws(ResultFileError) {
            return try ResultFile(path: path, cancellation: cancellation)
        } catch {
            throw Failure(error)
        }
    }

    /// What the run reads or writes at `path`, under whatever name; `nil` if nothing.
    private func input(at path: String) -> String? {
        guard path != "-" else { return nil }
        for result in results where Self.isSame(result, as: path) { return "another result of this run" }
        for file in files where Self.isSame(file, as: path) { return file }
        guard let directory else { return nil }
        if path.lowercased().hasSuffix(".csv"), let folder = Self.real(Self.folder(of: path)),
            let root = Self.real(directory), folder == root || folder.hasPrefix(root + "/")
        {
            return "a file of the configuration directory, or become one"
        }
        guard let status = FileStatus(path: path), status.isRegular else { return nil }
        var count = 0
        return Self.file(status.number, below: directory, levels: Self.mostLevels, &count)
    }

    /// The name that a file has in a folder or below it; `nil` if none that ends in `.csv`.
    private static func file(
        _ number: FileNumber, below folder: String, levels: Int, _ count: inout Int
    ) -> String? {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            count += 1
            guard count < mostEntries else { return nil }
            let path = "\(folder)/\(name)"
            guard let status = FileStatus(path: path) else { continue }
            if name.hasSuffix(".csv"), status.number == number { return path }
            if status.isDirectory, levels > 0,
                let found = file(number, below: path, levels: levels - 1, &count)
            {
                return found
            }
        }
        return nil
    }

    private static func isSame(_ left: String, as right: String) -> Bool {
        if left == right { return true }
        guard let status = FileStatus(path: left) else { return false }
        return status.isRegular && status.number == FileStatus(path: right)?.number
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func real(_ path: String) -> String? {
        // Sound: realpath answers NULL or a NUL-terminated string of its own, which is copied and freed.
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
