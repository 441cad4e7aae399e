/// What a plain dump holds, found out while it passes by.
struct DumpContents {
    /// The rows of each table, by the name that COPY gives it, such as `public.users`.
    private(set) var rows: [String: Int] = [:]
    /// How many tables it creates.
    private(set) var tableCount = 0
    /// Every schema it creates, and `public` if it fills that; as SQL identifiers.
    private(set) var schemas: [String] = []
    /// The server it was taken from.
    private(set) var serverVersion: PostgresVersion?
    /// The pg_dump that wrote it.
    private(set) var dumpVersion: PostgresVersion?
    /// Whether psql is told to run no commands within it.
    private(set) var isRestricted = false
    /// The first command of psql that pg_dump does not write.
    private(set) var foreignCommand: String?
    /// What a restore in one transaction into empty schemas leaves out, as ranges of bytes.
    ///
    /// `BEGIN` and `COMMIT` around large objects, which would end the transaction; and the stand-ins for
    /// views by which pg_dump breaks circles before it drops them: they name types that are not there.
    private(set) var omissions: [Range<Int>] = []

    private var reader = DumpReader()
    private var key: [UInt8]?
    private var isDropping = true
    private var hasTrailer = false

    /// Whether it ends as pg_dump ends every dump.
    var isComplete: Bool { hasTrailer && key == nil && reader.isBetweenStatements }

    /// Reads the next bytes.
    mutating func read(_ bytes: Span<UInt8>) {
        var reader = reader
        reader.read(bytes) { take($0) }
        self.reader = reader
    }

    private mutating func take(_ event: DumpReader.Event) {
        switch event {
        case .comment(let text): take(comment: String(decoding: text, as: UTF8.self))
        case .command(let text): take(command: text)
        case .rows(let count, let copy):
            rows[Self.tableName(ofCopy: copy.text), default: 0] += count
        case .statement(let statement):
            hasTrailer = false
            take(statement)
        }
    }

    private mutating func take(comment: String) {
        if comment == "-- PostgreSQL database dump complete" {
            hasTrailer = true
        } else if comment.hasPrefix("-- Dumped from database version ") {
            serverVersion = serverVersion ?? PostgresVersion(String(comment.dropFirst(32)))
        } else if comment.hasPrefix("-- Dumped by pg_dump version ") {
            dumpVersion = dumpVersion ?? PostgresVersion(String(comment.dropFirst(29)))
        } else if comment.hasPrefix("-- Name: ") {
            isDropping = false
            if comment.contains("; Schema: public; Owner: ") { add(schema: "public") }
        }
    }

    private mutating func take(command: [UInt8]) {
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
            foreignCommand = foreignCommand ?? String(decoding: command.prefix(80), as: UTF8.self)
        }
    }

    private mutating func take(_ statement: DumpReader.Statement) {
        if statement.hasPrefix("CREATE TABLE ") || statement.hasPrefix("CREATE UNLOGGED TABLE ") {
            tableCount += 1
        } else if statement.hasPrefix("CREATE SCHEMA ") {
            let name = Self.identifier(statement.text.dropFirst("CREATE SCHEMA ".utf8.count))
            add(schema: String(decoding: name, as: UTF8.self))
        } else if isDropping && statement.hasPrefix("CREATE OR REPLACE VIEW ")
            || [Array("BEGIN".utf8), Array("COMMIT".utf8)].contains(statement.text)
        {
            omissions.append(statement.bytes)
        }
    }

    private mutating func add(schema: String) {
        if !schemas.contains(schema) { schemas.append(schema) }
    }

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
