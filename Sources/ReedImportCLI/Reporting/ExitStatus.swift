import ArgumentParser
import ConfigImport
import Glibc
import PostgresBackup
import PrivateRedis
import RedisProtocol
import RedisStore

/// The exit codes, as README's table has them.
enum ExitStatus: Int32 {
    /// A question was answered with no.
    case declined = 1
    /// `plan` found changes.
    case differences = 2
    /// A safety check refused.
    case refused = 3
    /// Wrong options; ArgumentParser's own code for them is the same.
    case usage = 64
    /// Invalid input, a damaged backup, entities that Redis refused or lost.
    case data = 65
    /// Input or a backup that is missing or cannot be read.
    case noInput = 66
    /// Redis or PostgreSQL cannot be reached.
    case unavailable = 69
    /// The system cannot, for example open a socket.
    case system = 71
    /// A folder or file cannot be made.
    case cannotCreate = 73
    /// Reading or writing a local file failed.
    case inputOutput = 74
    /// Redis or PostgreSQL cannot take it now, or a lock is held.
    case tryLater = 75
    /// What answers is not Redis.
    case protocolViolation = 76
    /// Redis, PostgreSQL, a socket or the backup folder does not let this user in.
    case permission = 77
    /// Redis is configured so that it cannot work; a program or table is missing.
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
        case .interrupted: self = .signal
        }
    }

    init(_ error: RedisError) {
        switch error.code {
        case .unavailable, .connectionLost, .restarted: self = .unavailable
        case .timeout, .tryLater, .lockLost: self = .tryLater
        case .protocolViolation: self = .protocolViolation
        case .permission: self = .permission
        case .configuration: self = .configuration
        case .conflict: self = .refused
        case .refused, .incomplete: self = .data
        case .system: self = .system
        case .interrupted: self = .signal
        }
    }

    init(_ error: PrivateRedisError) {
        switch error.code {
        case .missingProgram: self = .configuration
        case .failed: self = .system
        }
    }

    init(_ error: BackupError) {
        switch error.code {
        case .usage: self = .usage
        case .refused: self = .refused
        case .data: self = .data
        case .notFound: self = .noInput
        case .unavailable: self = .unavailable
        case .system: self = .system
        case .cannotCreate: self = .cannotCreate
        case .inputOutput: self = .inputOutput
        case .tryLater: self = .tryLater
        case .permission: self = .permission
        case .configuration: self = .configuration
        case .interrupted: self = .signal
        }
    }

    /// The status of the signal that came.
    static var signal: ExitStatus { Interruption.signal == SIGTERM ? .terminated : .interrupted }
}
