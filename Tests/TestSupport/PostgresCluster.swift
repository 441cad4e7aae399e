import Foundation

/// A PostgreSQL cluster of its own, of an unprivileged user, in a folder of its own.
///
/// It listens on a free port of the loopback interface, where passwords are
/// asked for, and on a socket in its folder, where they are not.
public final class PostgresCluster: @unchecked Sendable {
    /// The one that most tests share, each with databases of its own.
    public static let shared = Result { try PostgresCluster() }

    private let process = Process()
    private let folder: String

    /// The port on 127.0.0.1.
    public let port: Int
    /// The superuser.
    public let user = "admin"
    /// The superuser's password; no other word of any output has it in it.
    public let password = "gehe!m%42"

    /// Makes a cluster and starts it.
    ///
    /// - Parameter programs: The folder of another release's programs than the system's newest.
    public init(programs: String? = nil) throws {
        let made = try run("mktemp", "-d", "/tmp/reed-pg-XXXXXX")
        folder = made.output.trimmingCharacters(in: .newlines)
        port = try freePort()
        // As root PostgreSQL does not run; its package brings a user.
        let isRoot = geteuid() == 0
        let prefix = isRoot ? "setpriv --reuid=postgres --regid=postgres --clear-groups " : ""
        try password.write(toFile: "\(folder)/password", atomically: true, encoding: .utf8)
        if isRoot { _ = try run("chown", "-R", "postgres", folder) }
        // When the tests are gone, however they ended, so are the server and its folder.
        let script = """
            cd '\(folder)' || exit 1
            bin='\(programs ?? "")'
            if [ -n "$bin" ]; then
              # Where the server's user can reach them, with the libraries that lie beside the package.
              package=$(realpath "$bin/../..")
              mkdir programs && cp -rL "$package" "$package".libs programs && chmod -R a+rX programs
              bin="$PWD/programs/$(basename "$package")/pginstall/bin"
            else
              bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
            fi
            \(prefix)"$bin/initdb" -D data -U \(user) -A scram-sha-256 --auth-local=trust -E UTF8 \
              --locale=C.UTF-8 --no-sync --pwfile=password >initdb.log 2>&1 || exit 1
            \(prefix)"$bin/postgres" -D data -p \(port) -c listen_addresses=127.0.0.1 \
              -c unix_socket_directories='\(folder)' -c fsync=off -c full_page_writes=off \
              -c max_connections=200 -c client_connection_check_interval=100ms >log 2>&1 & server=$!
            echo $server >pid
            while kill -0 \(getpid()) 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 1; done
            kill -QUIT $server 2>/dev/null
            sleep 1
            cd / && rm -rf '\(folder)'
            """
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try waitUntil("PostgreSQL answers") { try ask("select 1", in: "postgres").status == 0 }
    }

    deinit { stop(SIGQUIT) }

    /// Ends the server by its process id, with a signal such as SIGKILL.
    public func stop(_ signal: Int32) {
        guard let text = try? String(contentsOfFile: "\(folder)/pid", encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return }
        kill(pid, signal)
    }

    /// What a program needs to connect by the socket, without a password.
    public func environment(_ database: String) -> [String: String] {
        [
            "PGHOST": folder, "PGPORT": "\(port)", "PGUSER": user, "PGDATABASE": database,
            "REED_DATABASE_URL": "",
        ]
    }

    /// A URL to connect by the port.
    public func url(_ database: String, user: String? = nil, password: String? = nil) -> String {
        let hidden = (password ?? self.password).replacing("%", with: "%25")
        return "postgres://\(user ?? self.user):\(hidden)@127.0.0.1:\(port)/\(database)"
    }

    /// Runs SQL by psql.
    @discardableResult
    public func ask(_ sql: String, in database: String) throws -> ProcessResult {
        try run(
            "/usr/bin/env", ["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"],
            environment: environment(database), input: sql)
    }

    /// Runs SQL that must succeed, and answers what it printed.
    @discardableResult
    public func query(_ sql: String, in database: String) throws -> String {
        let result = try ask(sql, in: database)
        guard result.status == 0 else { throw TestFailure(result.errors) }
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// Runs SQL in a psql that stays, with its transaction and locks, until it is let go.
    public func hold(_ sql: String, in database: String) throws -> RunningProcess {
        let file = try TemporaryDirectory()
        let done = file.path(of: "done")
        let session = try RunningProcess(
            "/usr/bin/env", ["psql", "-X", "-q", "-w"], environment: environment(database),
            input: "\(sql)\n\\! touch '\(done)'\nselect pg_sleep(60);\n")
        try waitUntil("the other session is ready") { FileManager.default.fileExists(atPath: done) }
        return session
    }
}
