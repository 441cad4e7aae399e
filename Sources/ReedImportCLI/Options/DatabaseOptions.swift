import ArgumentParser
import FoundationEssentials
import PostgresBackup

/// What is printed beside the result.
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
            return server
        } catch {
            throw Failure(.usage, "\(url == nil ? "REED_DATABASE_URL" : "--database"): \(error.message)")
        }
    }
}
