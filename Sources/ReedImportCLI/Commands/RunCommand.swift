import ArgumentParser
import ConfigImport
import Glibc
import GraphSync
import PrivateRedis
import RedisProtocol
import RedisStore
import SystemSupport

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Imports into a disposable Redis and runs a command with it.",
        discussion: """
            The server listens on a port of 127.0.0.1, with a password of its own, and on a unix socket; it keeps \
            nothing on disk, and is gone when the command has ended. The command finds it by REDIS_URL, \
            REDIS_HOST, REDIS_PORT and REDIS_SOCKET; redis-cli takes the password from REDISCLI_AUTH:
              reed-import run --csv ./config -- npm test

            Exits with the command's own code; 127 if there is no such command; 128 and the number of the \
            signal if one ended it. Before that, 64 to 77 as import does; 78 if redis-server is missing, 71 if \
            it does not start; 130 and 143 if interrupted.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Entity options") var entities: EntityOptions

    @Option(
        help: ArgumentHelp("Listen on this port of 127.0.0.1; 0 for a free one.", valueName: "port"))
    var port: UInt16 = 0

    @Flag(name: .shortAndLong, help: "Print errors and warnings only.")
    var quiet = false

    @Argument(
        parsing: .postTerminator, help: ArgumentHelp("The command to run, after --.", valueName: "command"))
    var command: [String] = []

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError(
                "no command; give one after --, as in: reed-import run --csv config -- npm test")
        }
        guard !input.allowExisting else {
            throw ValidationError("--allow-existing asks a server that has entities; this one begins empty.")
        }
    }

    func run() async throws {
        Interruption.endAtOnce(saying: "reed-import: interrupted; nothing written\n")
        let stamp = try entities.stamp()
        let progress = Progress(quiet: quiet)
        let configuration = try input.check(TextReporter(), isQuiet: quiet, progress)
        let run = ImportRun(
            configuration, source: ImportSource(keyPrefix: entities.keyPrefix), stamp: stamp, isQuiet: quiet,
            progress)
        let (isQuiet, graphKeys) = (quiet, entities.graphKeys)
        let command = command
        let ending: PrivateRedis.Ending
        do {
            // A signal before or after ends this program, and the server with it.
            ending = try await PrivateRedis.run(port: port) { server in
                try Self.fill(server, run, graphKeys: graphKeys)
                if !isQuiet { Console.complain("note: \(run.total) entities imported into a private Redis") }
                return try await Cancellation.run { try await server.run(command) }
            }
        } catch let error as PrivateRedisError {
            throw Failure(error)
        }
        try Interruption.check()
        switch ending {
        case .exited(0): return
        case .exited(let code): throw ExitCode(code)
        case .signaled(let number): throw ExitCode(128 + number)
        case .notStarted(let reason):
            Console.complain("\(command[0]): \(reason)")
            throw ExitCode(127)
        }
    }

    private static func fill(
        _ server: PrivateRedis, _ run: ImportRun, graphKeys: GraphKeySetting?
    ) throws {
        var sync = SyncOptions()
        sync.graphKeys = graphKeys
        var options = RedisOptions()
        let cancellation = Interruption.catchSignals()
        defer {
            Interruption.releaseSignals()
            if cancellation != .never { close(cancellation.descriptor) }
        }
        options.cancellation = cancellation
        try run.write(
            to: try RedisAddress("unix://:\(server.password)@\(server.socket)"), options, sync,
            lockTimeout: .zero, verify: false)
    }
}
