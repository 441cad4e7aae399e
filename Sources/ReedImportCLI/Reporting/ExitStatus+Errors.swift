import ConfigImport
import Glibc
import PostgresBackup
import PrivateRedis
import RedisProtocol

extension ExitStatus {
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
