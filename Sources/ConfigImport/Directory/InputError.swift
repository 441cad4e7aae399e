import CSV
import Glibc

/// Why a directory or file could not be read at all.
///
///     do throws(InputError) { _ = try Configuration.check(path, ImportOptions()) } catch {
///         print(error)  // config/themes.csv: changed while it was read
///     }
package struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The cause; it decides the exit code.
    package enum Kind: Sendable {
        /// It is missing, unreadable or not a regular file.
        case missing
        /// The system failed while reading it.
        case failed
        /// It is not what it was when it was checked.
        case changed
        /// The system has no memory or descriptors left.
        case system
        /// The run was asked to end.
        case interrupted
    }

    /// The cause.
    package var kind: Kind
    /// The file or directory, as the user would open it.
    package var path: String
    /// What is wrong.
    package var reason: String

    /// What to do about it.
    package var advice: String?

    /// `PATH: REASON`.
    package var description: String { "\(PlainText.escaped(path)): \(reason)" }

    init(_ kind: Kind, at path: String, reason: String, advice: String? = nil) {
        self.kind = kind
        self.path = path
        self.reason = reason
        self.advice = advice
    }

    init(_ error: ReadError, _ path: String) {
        self.init(
            .failed, at: path,
            reason: "cannot read: \(ReadError.text(of: error.errno)) at byte \(error.byteOffset)")
    }

    init(_ error: FileError, _ path: String) {
        let kind: Kind =
            switch error {
            case .system(EMFILE), .system(ENFILE), .system(ENOMEM): .system
            case .system(EIO): .failed
            default: .missing
            }
        self.init(kind, at: path, reason: error.description)
    }

    static func changed(_ path: String) -> InputError {
        InputError(.changed, at: path, reason: "changed while it was read", advice: "run again")
    }
}
