import FoundationEssentials
import Subprocess

/// A PostgreSQL database, and as whom to connect to it.
///
/// The parameters reach pg_dump and psql by their environment, which only this
/// user can read; never by their arguments.
///
///     let server = try PostgresServer(url: "postgres://localhost/cms")
///     print(server)  // cms on localhost
public struct PostgresServer: Sendable, CustomStringConvertible {
    /// The variables of libpq that differ from this process's own environment; `nil` is to be removed.
    private let changes: [String: String?]
    private let effective: [String: String]

    /// Is told each command line before it is run.
    ///
    /// It never holds a password.
    public var onCommand: (@Sendable (String) -> Void)?

    /// Is told what libpq warns of, for example a password file that others may read and that it therefore ignores.
    public var onWarning: (@Sendable (String) -> Void)?

    /// The database of a URL, or of the `PG*` variables if there is none.
    ///
    /// What a URL leaves open comes from the variables, as libpq does it.
    ///
    /// - Parameter url: `postgres://user:password@host:port/database?sslmode=require`, or the name of a database.
    /// - Throws: ``BackupError`` with the code ``BackupError/Code/usage`` if the URL is not valid; the
    ///   message quotes no part of it.
    public init(url: String? = nil) throws(BackupError) {
        try self.init(url: url, environment: ProcessInfo.processInfo.environment)
    }

    /// The database that `environment`, which is this process's own but in tests, completes.
    init(url: String?, environment: [String: String]) throws(BackupError) {
        var changes: [String: String?] = [:]
        if let url {
            let given = try Self.variables(of: url)
            // A service file, and an address, would win over the host of the URL.
            for name in ["PGSERVICE", "PGSERVICEFILE"] where given["PGHOST"] != nil {
                changes[name] = .some(nil)
            }
            if given["PGHOST"] != nil { changes["PGHOSTADDR"] = .some(nil) }
            for (name, value) in given { changes[name] = value }
        }
        self.init(changes, environment)
    }

    private init(_ changes: [String: String?], _ environment: [String: String]) {
        self.changes = changes
        var effective = environment
        for (name, value) in changes { effective[name] = value }
        self.effective = effective
    }

    private static func variables(of text: String) throws(BackupError) -> [String: String] {
        let name = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        if name, !text.isEmpty { return ["PGDATABASE": text] }
        if !text.contains("://"), !text.contains("="), !text.contains("@") {
            // A name with other characters, and not a URL.
            throw BackupError(
                .usage,
                "a database's name with other characters than letters, digits, '_' and '-' is written as a URL",
                advice: "give postgres:///\(text.utf8.map { Self.encoded($0) }.joined())")
        }
        do {
            return try PostgresURL(text).variables
        } catch {
            throw BackupError(.usage, "invalid database URL: \(error.reason)")
        }
    }

    /// The same server and user, another database.
    func database(_ name: String) -> PostgresServer {
        var changes = changes
        changes["PGDATABASE"] = name
        var server = PostgresServer(changes, effective)
        server.onCommand = onCommand
        server.onWarning = onWarning
        return server
    }

    private static func encoded(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            String(UnicodeScalar(byte))
        default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }

    /// Whether a database is named, and not left to libpq, which would take that of the user's name.
    ///
    /// To libpq an empty variable is not set.
    public var namesDatabase: Bool {
        ["PGDATABASE", "PGSERVICE"].contains { effective[$0]?.isEmpty == false }
    }

    /// The database's name, as far as it is known before connecting.
    public var database: String? { effective["PGDATABASE"] ?? effective["PGUSER"] }

    /// Host and port, or the folder of the socket.
    public var host: String {
        let host = effective["PGHOST"] ?? effective["PGHOSTADDR"]
        let port = effective["PGPORT"].map { ":\($0)" } ?? ""
        return host.map { $0 + port } ?? effective["PGSERVICE"].map { "service \($0)" }
            ?? "local socket\(port)"
    }

    /// `cms on db.example.org:5432`, without user and password.
    public var description: String { "\(database ?? "default database") on \(host)" }

    /// What names the database on a command line.
    ///
    /// A service file would win over the environment.
    var arguments: [String] {
        guard case let name?? = changes["PGDATABASE"] else { return [] }
        let quoted = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
        return ["--dbname=dbname='\(quoted)'"]
    }

    /// The environment of a child that connects to this database.
    var environment: Environment {
        var values: [Environment.Key: String?] = [:]
        for (name, value) in changes {
            if let key = Environment.Key(rawValue: name) { values[key] = value }
        }
        if effective["PGCONNECT_TIMEOUT"] == nil { values["PGCONNECT_TIMEOUT"] = "10" }
        if effective["PGAPPNAME"] == nil { values["PGAPPNAME"] = "reed-import" }
        values["PGCLIENTENCODING"] = .some(nil)  // a dump keeps the database's own encoding
        values["REED_DATABASE_URL"] = .some(nil)
        values["PG_COLOR"] = "never"
        values["LC_ALL"] = "C"  // messages are compared with English ones
        return .inherit.updating(values)
    }

    /// `text` without the password, should a program ever show it.
    func redacted(_ text: String) -> String {
        guard let password = effective["PGPASSWORD"], password.utf8.count > 3 else { return text }
        return text.replacing(password, with: "***")
    }
}
