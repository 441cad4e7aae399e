import Subprocess
import SystemPackage

extension PrivateRedis {
    /// How a command ended.
    package enum Ending: Hashable, Sendable {
        /// By itself, with this code.
        case exited(Int32)
        /// By this signal.
        case signaled(Int32)
        /// It could not be started: there is no such program, or it may not be run.
        case notStarted(String)
    }

    /// Runs a command that finds this server in its environment, with this program's own standard streams.
    ///
    /// It gets `REDIS_URL`, `REDIS_SOCKET`, `REDIS_HOST`, `REDIS_PORT` and, with the password for redis-cli,
    /// `REDISCLI_AUTH`. If the task is cancelled, it gets SIGTERM, and five seconds later SIGKILL.
    package func run(_ command: [String]) async throws -> Ending {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
        do {
            let ended = try await Subprocess.run(
                command[0].contains("/") ? .path(.init(command[0])) : .name(command[0]),
                arguments: Arguments(Array(command.dropFirst())), environment: environment,
                platformOptions: options,
                input: .currentStandardInput, output: .currentStandardOutput, error: .currentStandardError)
            switch ended.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let number): return .signaled(number)
            }
        } catch let error as SubprocessError where !Task.isCancelled {
            return .notStarted(
                error.code == .executableNotFound ? "no such program" : "cannot be started: \(error)")
        }
    }

    private var environment: Environment {
        .inherit.updating([
            "REDIS_URL": "redis://default:\(password)@127.0.0.1:\(port)",
            "REDIS_SOCKET": socket,
            "REDIS_HOST": "127.0.0.1",
            "REDIS_PORT": "\(port)",
            "REDISCLI_AUTH": password,
        ])
    }
}
