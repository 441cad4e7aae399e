import ArgumentParser
import FoundationEssentials
import RedisStore

/// Which Redis is written to.
struct RedisArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The server: host, host:port, [v6]:port, redis://[user[:password]@]host[:port][/db] or \
            unix:///path[?db=n] (default: REDIS_URL, else localhost:6379). The password may also come \
            from REDISCLI_AUTH, which ps does not show.
            """,
            valueName: "url"))
    var redis: String?

    @Option(help: ArgumentHelp("How long connecting may take, up to the first reply.", valueName: "seconds"))
    var connectTimeout = 5.0

    @Option(help: ArgumentHelp("How long to wait for a reply.", valueName: "seconds"))
    var timeout = 30.0

    func validate() throws {
        for (name, seconds) in [("connect-timeout", connectTimeout), ("timeout", timeout)] {
            guard seconds > 0, seconds <= 86_400 else {
                throw ValidationError("--\(name) is \(seconds); give more than 0 and at most 86400 seconds.")
            }
        }
    }

    var options: RedisOptions {
        var options = RedisOptions()
        options.connectTimeout = .milliseconds(connectTimeout * 1000)
        options.replyTimeout = .milliseconds(timeout * 1000)
        return options
    }

    /// The address: `--redis` before `REDIS_URL` before `localhost`; the password also from `REDISCLI_AUTH`.
    func address() throws(Failure) -> RedisAddress {
        let environment = ProcessInfo.processInfo.environment
        let url = environment["REDIS_URL"].flatMap { $0.isEmpty ? nil : $0 }
        let source = redis != nil ? "--redis" : "REDIS_URL"
        let text = redis ?? url ?? "localhost"
        do throws(RedisAddress.Invalid) {
            var address = try RedisAddress(text)
            if address.password == nil, let password = environment["REDISCLI_AUTH"], !password.isEmpty {
                address.password = password
            }
            guard address.user == nil || address.password != nil else {
                throw RedisAddress.Invalid(
                    "a user without a password; give one in the URL or by REDISCLI_AUTH")
            }
            return address
        } catch {
            // The URL itself is not shown: who knows where in it the password is.
            throw Failure(.usage, "invalid URL in \(source): \(error)")
        }
    }
}
