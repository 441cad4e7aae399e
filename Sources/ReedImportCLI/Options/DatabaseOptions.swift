import ArgumentParser
import FoundationEssentials
import PostgresBackup
import Synchronization

/// What is printed in addition to the result.
struct DetailOptions: ParsableArguments {
    @Flag(help: "Print each program that is run; passwords never.")
    var verbose = false

    /// Who is told the command lines.
    var listener: (@Sendable (String) -> Void)? {
        guard verbose else { return nil }
        return { Console.complain("running \($0)") }
    }
}

/// Which databases.
struct DatabasesOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            postgres://user@host:port/database, or the name of a database; may be given more than once \
            (default: REED_DATABASE_URL, else PGHOST, PGDATABASE, ...). Give passwords by \
            REED_DATABASE_URL, PGPASSWORD or ~/.pgpass, which ps does not show.
            """,
            valueName: "url"))
    var database: [String] = []

    func servers(_ details: DetailOptions) throws(Failure) -> [PostgresServer] {
        var servers: [PostgresServer] = []
        for url in database { servers.append(try PostgresServer.server(of: url, details)) }
        return servers.isEmpty ? [try PostgresServer.server(of: nil, details)] : servers
    }
}

/// Which database.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            postgres://user@host:port/database, or the name of a database (default: REED_DATABASE_URL, \
            else PGHOST, PGDATABASE, ...). Give the password by REED_DATABASE_URL, PGPASSWORD or \
            ~/.pgpass, which ps does not show.
            """,
            valueName: "url"))
    var database: String?

    func server(_ details: DetailOptions) throws(Failure) -> PostgresServer {
        try PostgresServer.server(of: database, details)
    }
}

extension PostgresServer {
    /// The database of a URL as typed, else of the environment.
    fileprivate static func server(of url: String?, _ details: DetailOptions) throws(Failure)
        -> PostgresServer
    {
        let variable = ProcessInfo.processInfo.environment["REED_DATABASE_URL"].flatMap {
            $0.isEmpty ? nil : $0
        }
        do throws(BackupError) {
            var server = try PostgresServer(url: url ?? variable)
            server.onCommand = details.listener
            server.onWarning = { LibpqWarnings.report($0) }
            guard server.namesDatabase else {
                throw BackupError(
                    .usage, "no database is named",
                    advice: "give --database, REED_DATABASE_URL or PGDATABASE")
            }
            return server
        } catch {
            let place = url != nil ? "--database: " : variable != nil ? "REED_DATABASE_URL: " : ""
            throw Failure(.usage, place + error.description)
        }
    }
}

/// What libpq warns of, each once: every program that is run says it again.
private enum LibpqWarnings {
    private static let reported = Mutex<Set<String>>([])

    static func report(_ line: String) {
        guard reported.withLock({ $0.insert(line).inserted }) else { return }
        Console.complain(line)
    }
}
