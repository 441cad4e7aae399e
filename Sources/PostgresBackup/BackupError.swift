/// Why a backup, a restore or a schema version could not be done.
///
///     do throws(BackupError) { _ = try catalog.list() } catch {
///         print(error.code, error.message)
///     }
public struct BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; a program decides by it whether to try again.
    public enum Code: Hashable, Sendable {
        /// A name, version, URL or age that is not valid.
        case usage
        /// A safety check refused, for example because nothing good would be left.
        case refused
        /// A backup, or what the server made of it, is not as it should be.
        case data
        /// No backup has that name.
        case notFound
        /// The server cannot be reached, or the connection was lost.
        case unavailable
        /// The system cannot, for example start a process.
        case system
        /// The backup folder cannot be made.
        case cannotCreate
        /// Reading or writing a local file failed, for example on a full disk.
        case inputOutput
        /// A lock is held, or the server cannot take it now.
        case tryLater
        /// The server, or the folder's rights, do not let this user in.
        case permission
        /// A program is missing or too old, or a table is missing.
        case configuration
        /// The task was cancelled; everything begun is undone.
        case interrupted
    }

    /// Decides the exit code.
    public var code: Code
    /// One line: what failed, and why.
    ///
    /// It never holds a password, nor a row's value.
    public var message: String
    /// What to do about it, if that is known.
    public var advice: String?

    /// The parameter that can mend it, if there is one.
    public var parameter: Parameter?

    /// A parameter of this library, which a program may offer under a name of its own.
    public enum Parameter: Hashable, Sendable {
        /// Whether a group may write to the backup folder.
        case allowsGroup
        /// The databases that are restored.
        case databases
        /// The table of schema versions.
        case migrationsTable
    }

    /// A failure of a kind.
    public init(_ code: Code, _ message: String, advice: String? = nil, parameter: Parameter? = nil) {
        self.code = code
        self.message = message
        self.advice = advice
        self.parameter = parameter
    }

    /// Message and advice in one line.
    public var description: String { advice.map { "\(message); \($0)" } ?? message }

    /// The same failure, with `context` before its message.
    func during(_ context: String) -> BackupError {
        BackupError(code, "\(context): \(message)", advice: advice, parameter: parameter)
    }
}
