import ArgumentParser
import FoundationEssentials
import RedisProtocol
import RedisStore
import SystemSupport

/// Which Redis is written to.
struct RedisArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The server: host, host:port, [v6]:port, redis://[user[:password]@]host[:port][/db] or \
            unix:///path[?db=n] (default: REDIS_URL, else localhost:6379). The password may also come \
            from --redis-password-file or REDISCLI_AUTH, which ps does not show.
            """,
            valueName: "url"))
    var redis: String?

    @Option(help: ArgumentHelp("A file that holds the password, and nothing else.", valueName: "file"))
    var redisPasswordFile: String?

    @Option(
        help: ArgumentHelp("How long to wait for a server that is still starting.", valueName: "time"))
    var wait = TimeSpan(.zero)

    @Option(help: ArgumentHelp("How long connecting may take, up to the first reply.", valueName: "time"))
    var connectTimeout = TimeSpan(.seconds(5))

    @Option(help: ArgumentHelp("How long to wait for a reply.", valueName: "time"))
    var timeout = TimeSpan(.seconds(30))

    @Option(
        help: ArgumentHelp(
            "How long to try again after a transient failure, for example a lost connection; 0 for never.",
            valueName: "time"))
    var retryFor = TimeSpan(.seconds(30))

    @Flag(help: "Use a server whose policy may evict entities; exit 65 if it does.")
    var allowEviction = false

    @Flag(help: "Begin although the server's maxmemory is too small for what is new.")
    var ignoreMemory = false

    @Flag(
        name: .customLong("no-server-check"),
        help: "Do without INFO: restarts, flushes and evictions go unnoticed.")
    var skipsServerCheck = false

    /// The files that are read.
    var files: [String] { redisPasswordFile.map { [$0] } ?? [] }

    func validate() throws {
        for (name, span) in [("connect-timeout", connectTimeout), ("timeout", timeout)] {
            guard span.duration > .zero else {
                throw ValidationError("--\(name) is 0; give a time, for example 5 or 500ms.")
            }
        }
    }

    var options: RedisOptions {
        var options = RedisOptions()
        options.connectTimeout = connectTimeout.duration
        options.replyTimeout = timeout.duration
        options.retryFor = retryFor.duration
        options.wait = wait.duration
        options.allowsEviction = allowEviction
        options.ignoresMemory = ignoreMemory
        options.checksServer = !skipsServerCheck
        return options
    }

    /// The address: `--redis` before `REDIS_URL` before `localhost`; the password in it before the one in
    /// `--redis-password-file` before `REDISCLI_AUTH`.
    func address() throws(Failure) -> RedisAddress {
        if let redis { return try address(redis, from: "--redis") }
        return try address(Self.variable ?? "localhost", from: "REDIS_URL")
    }

    /// The address that a plan was made for; `--redis` may repeat it, and say no other.
    ///
    /// A plan has no password: it comes from `REDIS_URL` if that is of the same address, else from where ``address()``
    /// takes it.
    ///
    /// - Parameter server: The address as the plan has it.
    func address(ofPlan server: String) throws(Failure) -> RedisAddress {
        if redis != nil {
            let given = try address()
            guard given.description == server else {
                throw Failure(
                    .refused,
                    "the plan was made for \(server), and --redis is \(given); nothing written; make a new plan"
                )
            }
            return given
        }
        if let variable = Self.variable, let given = try? address(variable, from: "REDIS_URL"),
            given.description == server
        {
            return given
        }
        return try address(server, from: "the plan")
    }

    private static var variable: String? {
        ProcessInfo.processInfo.environment["REDIS_URL"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func address(_ text: String, from source: String) throws(Failure) -> RedisAddress {
        let environment = ProcessInfo.processInfo.environment
        do {
            var address = try RedisAddress(text)
            if address.password == nil, let path = redisPasswordFile {
                address.password = try password(in: path)
            }
            if address.password == nil, let password = environment["REDISCLI_AUTH"], !password.isEmpty {
                address.password = password
            }
            guard address.user == nil || address.password != nil else {
                throw RedisAddress.Invalid(
                    "a user without a password; give one by --redis-password-file, REDISCLI_AUTH or in the URL"
                )
            }
            return address
        } catch let failure as Failure {
            throw failure
        } catch {
            // The URL itself is not shown: who knows where in it the password is.
            throw Failure(.usage, "invalid URL in \(source): \(error)")
        }
    }

    /// The first line of a file.
    private func password(in path: String) throws(Failure) -> String {
        let bytes: [UInt8]
        do throws(WholeFile.Failure) {
            bytes = try WholeFile.read(
                path, limit: Self.longestPassword, cancellation: Interruption.cancellation,
                patience: timeout.duration)
        } catch {
            switch error {
            case .unreadable(let reason):
                throw Failure(.noInput, "cannot read the password file \(path): \(reason)")
            case .interrupted: throw Failure(.signal, "interrupted; nothing written")
            }
        }
        let line = bytes.prefix { $0 != 0 && $0 != 10 && $0 != 13 }
        guard !line.isEmpty, let password = String(validating: line, as: UTF8.self) else {
            throw Failure(.usage, "the password file \(path) holds no password in its first line")
        }
        return password
    }

    private static let longestPassword = 4096
}
