/// What a plain dump holds, found out while it passes by.
struct DumpContents {
    /// The rows of each table, by the name that COPY gives it, for example `public.users`.
    private(set) var rows: [String: Int] = [:]
    /// The number of tables that it creates.
    private(set) var tableCount = 0
    /// Every schema it creates, and `public`, which pg_dump does not create; as SQL identifiers.
    private(set) var schemas = ["public"]
    /// The server it was taken from.
    private(set) var serverVersion: PostgresVersion?
    /// The pg_dump that wrote it.
    private(set) var dumpVersion: PostgresVersion?
    /// Whether psql is told to run no commands within it.
    private(set) var isRestricted = false
    /// The first command of psql, or of transactions, that pg_dump does not write.
    private(set) var unexpectedCommand: String?
    /// What a restore in one transaction into empty schemas leaves out, as ranges of bytes.
    ///
    /// `BEGIN` and `COMMIT` around large objects, which would end the transaction; `SET lock_timeout = 0`,
    /// which would wait for ever; and before objects are dropped what names types that are not there:
    /// stand-ins for views, by which pg_dump breaks circles, and constraints of domains.
    private(set) var omissions: [Range<Int>] = []

    /// What only a superuser may make, as far as the dump alone tells.
    private(set) var privileged: [String] = []
    /// The extensions that it installs, as SQL identifiers.
    private(set) var extensions: [String] = []
    /// The subscriptions that a restore leaves out: they would talk to other servers.
    private(set) var subscriptions: [String] = []

    private var reader = DumpReader()
    private var key: [UInt8]?
    private var isDropping = true
    private var isInBody = false  // of a function of SQL
    private var hasTrailer = false

    /// Whether it ends as pg_dump ends every dump.
    var isComplete: Bool { hasTrailer && key == nil && reader.isBetweenStatements }

    /// Reads the next bytes.
    mutating func read(_ bytes: Span<UInt8>) {
        var reader = reader
        reader.read(bytes) { record($0) }
        self.reader = reader
    }

    private mutating func record(_ event: DumpReader.Event) {
        switch event {
        case .comment(let text): record(comment: String(decoding: text, as: UTF8.self))
        case .command(let text): record(command: text)
        case .rows(let count, let copy):
            rows[Self.tableName(ofCopy: copy.text), default: 0] += count
        case .statement(let statement):
            hasTrailer = false
            record(statement)
        }
    }

    private mutating func record(comment: String) {
        if comment == "-- PostgreSQL database dump complete" {
            hasTrailer = true
        } else if comment.hasPrefix("-- Dumped from database version ") {
            serverVersion = serverVersion ?? PostgresVersion(String(comment.dropFirst(32)))
        } else if comment.hasPrefix("-- Dumped by pg_dump version ") {
            dumpVersion = dumpVersion ?? PostgresVersion(String(comment.dropFirst(29)))
        } else if comment.hasPrefix("-- Name: ") {
            isDropping = false
        }
    }

    private mutating func record(command: [UInt8]) {
        let restrict = Array("\\restrict ".utf8)
        let unrestrict = Array("\\unrestrict ".utf8)
        if command.starts(with: restrict), key == nil, !isRestricted {
            key = Array(command.dropFirst(restrict.count))
            isRestricted = true
        } else if command.starts(with: unrestrict), key == Array(command.dropFirst(unrestrict.count)),
            hasTrailer
        {
            key = nil
        } else {
            unexpectedCommand = unexpectedCommand ?? String(decoding: command.prefix(80), as: UTF8.self)
        }
    }

    private mutating func record(_ statement: DumpReader.Statement) {
        recordPrivileges(statement)
        if Self.ofSubscriptions.contains(where: statement.hasPrefix) {
            omissions.append(statement.bytes)
            return
        }
        if statement.hasPrefix("CREATE TABLE ") || statement.hasPrefix("CREATE UNLOGGED TABLE ") {
            tableCount += 1
        } else if statement.hasPrefix("CREATE SCHEMA ") {
            let name = Self.identifier(statement.text.dropFirst("CREATE SCHEMA ".utf8.count))
            let schema = String(decoding: name, as: UTF8.self)
            if !schemas.contains(schema) { schemas.append(schema) }
        } else if isDropping && Self.needsTypes.contains(where: statement.hasPrefix)
            || Self.omitted.contains(statement.text)
        {
            omissions.append(statement.bytes)
        } else if statement.hasPrefix("CREATE "), statement.text.contains(Array("BEGIN ATOMIC".utf8)) {
            isInBody = true
        } else if isInBody, statement.text == Array("END".utf8) {
            isInBody = false
        } else if Self.transactions.contains(where: statement.begins(with:)) {
            unexpectedCommand =
                unexpectedCommand ?? String(decoding: statement.text.prefix(80), as: UTF8.self)
        }
    }

    private static let needsTypes = ["CREATE OR REPLACE VIEW ", "ALTER DOMAIN "]
    /// pg_dump writes `SET transaction_timeout` since release 17, and servers know it since then.
    private static let omitted = ["BEGIN", "COMMIT", "SET lock_timeout = 0", "SET transaction_timeout = 0"]
        .map { Array($0.utf8) }
    private static let ofSubscriptions = [
        "CREATE SUBSCRIPTION ", "ALTER SUBSCRIPTION ", "DROP SUBSCRIPTION ", "COMMENT ON SUBSCRIPTION ",
        "SECURITY LABEL ON SUBSCRIPTION ",
    ]

    /// Notes what only a superuser may make (PostgreSQL documentation, "CREATE PUBLICATION" and the like).
    private mutating func recordPrivileges(_ statement: DumpReader.Statement) {
        func name(after words: String) -> String {
            String(decoding: Self.identifier(statement.text.dropFirst(words.utf8.count)), as: UTF8.self)
        }
        if statement.hasPrefix("CREATE EXTENSION IF NOT EXISTS ") {
            extensions.append(name(after: "CREATE EXTENSION IF NOT EXISTS "))
        } else if statement.hasPrefix("CREATE SUBSCRIPTION ") {
            subscriptions.append(name(after: "CREATE SUBSCRIPTION "))
        } else if statement.hasPrefix("CREATE PUBLICATION ") {
            let text = String(decoding: statement.text, as: UTF8.self)
            if text.contains(" FOR ALL TABLES") || text.contains(" TABLES IN SCHEMA ") {
                privileged.append("publication \(name(after: "CREATE PUBLICATION "))")
            }
        } else if statement.hasPrefix("CREATE EVENT TRIGGER ") {
            privileged.append("event trigger \(name(after: "CREATE EVENT TRIGGER "))")
        } else if statement.hasPrefix("CREATE FOREIGN DATA WRAPPER ") {
            privileged.append("foreign-data wrapper \(name(after: "CREATE FOREIGN DATA WRAPPER "))")
        }
    }
    /// What would end, or nest in, the transaction of a restore.
    private static let transactions = [
        "begin", "start transaction", "commit", "end", "rollback", "abort", "savepoint", "release",
        "prepare transaction",
    ]

    /// `public.users` of `COPY public.users (id, name) FROM stdin`.
    private static func tableName(ofCopy text: [UInt8]) -> String {
        let rest = text.dropFirst("COPY ".utf8.count)
        return String(decoding: identifier(rest), as: UTF8.self)
    }

    /// The identifier, with its schema and quotes, that `text` begins with.
    private static func identifier(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        let end = text.firstIndex { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return !isQuoted && (byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n"))
        }
        return text[..<(end ?? text.endIndex)]
    }
}
