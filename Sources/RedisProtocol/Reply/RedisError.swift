/// A failure of a server, of the connection to it, or of what a server was asked for.
///
///     do throws(RedisError) { … } catch {
///         print(error.message, error.advice ?? "")  // no reply to PING within 5 s  is this a Redis server?
///     }
package struct RedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; it decides the exit code.
    package enum Code: Hashable, Sendable {
        /// Nothing can be reached at the address.
        case unavailable
        /// The connection broke.
        case connectionLost
        /// No reply came in time.
        case timeout
        /// What answers does not speak the protocol.
        case protocolViolation
        /// The server does not let this user do it.
        case permission
        /// The server cannot do it now.
        case tryLater
        /// This run no longer holds its lock.
        case lockLost
        /// The server's configuration does not allow it.
        case configuration
        /// The server refused a value.
        case refused
        /// A key holds something that is not an entity.
        case conflict
        /// The server was restarted, so what it confirmed before may be gone.
        case restarted
        /// What was confirmed is not, or perhaps not, what is there.
        case incomplete
        /// The system cannot do it, for example open a socket.
        case system
        /// The run was asked to end.
        case interrupted
    }

    /// A setting of the program; other targets add their own.
    package struct Setting: Hashable, Sendable {
        private let name: String

        /// A setting that is called `name` in the code.
        package init(_ name: String) { self.name = name }

        /// The user's password.
        package static let password = Setting("password")
    }

    /// The kind of failure.
    package var code: Code
    /// What happened, in one line; it may hold words of the server, cut to 80 characters.
    package var message: String
    /// What to do about it.
    package var advice: String?
    /// The setting of the program that can mend it.
    package var setting: Setting?
    /// The name of the command that failed, if it was one.
    package var command: String?
    /// The origin of the data that the server refused, if it is about one piece of data.
    package var origin: CommandOrigin?
    /// Whether the server has said that it may accept the same command later.
    package var isTransient = false

    /// A failure.
    package init(
        _ code: Code, _ message: String, advice: String? = nil, setting: Setting? = nil,
        command: String? = nil
    ) {
        self.code = code
        self.message = message
        self.advice = advice
        self.setting = setting
        self.command = command
    }

    /// Whether a new connection may succeed where this one failed.
    package var isConnectionFailure: Bool { [.unavailable, .connectionLost, .timeout].contains(code) }

    /// Whether the same can succeed if it is tried again: now on a new connection, or later.
    package var isRetryable: Bool { isConnectionFailure || isTransient }

    /// The message.
    package var description: String { message }

    /// A reply that the protocol does not allow for a command.
    package static func unexpectedReply(to command: String) -> RedisError {
        RedisError(.protocolViolation, "an unexpected reply to \(command)", command: command)
    }

    /// The run was asked to end.
    package static let interrupted = RedisError(.interrupted, "interrupted")

    /// More replies than commands.
    package static let outOfStep = RedisError(
        .protocolViolation, "replies out of step: one more than commands")
}

/// The place in the caller's input that a command's data come from; it is passed through as it is.
///
///     throw error.failure(of: .data(CommandOrigin(file: 0, line: 17), command: "SET"))
package struct CommandOrigin: Hashable, Sendable {
    /// The index of the file.
    package let file: UInt32
    /// The line, from 1.
    package let line: UInt32

    /// A place.
    package init(file: UInt32, line: UInt32) {
        self.file = file
        self.line = line
    }
}
