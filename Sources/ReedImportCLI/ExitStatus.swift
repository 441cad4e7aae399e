import ArgumentParser
import ConfigImport
import Glibc
import RedisStore

/// The exit codes, as README's table has them.
enum ExitStatus: Int32 {
    /// Wrong options; ArgumentParser's own code for them is the same.
    case usage = 64
    /// Invalid input, or entities that Redis refused.
    case data = 65
    /// Input that is missing or cannot be read.
    case noInput = 66
    /// Redis cannot be reached.
    case unavailable = 69
    /// The system cannot, for example open a socket.
    case system = 71
    /// Reading or writing a local file failed.
    case inputOutput = 74
    /// Redis cannot take it now.
    case tryLater = 75
    /// What answers is not Redis.
    case protocolViolation = 76
    /// Redis or a socket does not let this user in.
    case permission = 77
    /// Redis is configured so that it cannot work.
    case configuration = 78
    /// SIGINT.
    case interrupted = 130
    /// SIGTERM.
    case terminated = 143

    init(_ error: InputError) {
        switch error.kind {
        case .missing: self = .noInput
        case .failed: self = .inputOutput
        case .changed: self = .data
        case .system: self = .system
        }
    }

    init(_ error: RedisError) {
        switch error.code {
        case .unavailable, .connectionLost: self = .unavailable
        case .timeout, .tryLater: self = .tryLater
        case .protocolViolation: self = .protocolViolation
        case .permission: self = .permission
        case .configuration: self = .configuration
        case .refused: self = .data
        case .system: self = .system
        case .interrupted: self = Interruption.signal == SIGTERM ? .terminated : .interrupted
        }
    }
}

/// The end of a run that did not succeed.
struct Failure: Error {
    var status: ExitStatus
    /// One line for standard error; `nil` if all has been said.
    var message: String?

    init(_ status: ExitStatus, _ message: String? = nil) {
        self.status = status
        self.message = message
    }
}
