import FoundationEssentials

/// The table that says which schema versions are applied to a database.
///
///     let schema = try SchemaMigrations(of: server)
///     _ = try await schema.record(3, "add pages")
///     try await schema.version()  // 3
public struct SchemaMigrations: Sendable {
    /// One version that was applied.
    public struct Entry: Hashable, Sendable, Codable {
        /// Its number, 1 or more.
        public var version: Int
        /// What it is called.
        public var name: String
        /// When it was recorded, by RFC 3339 in UTC.
        public var appliedAt: String

        enum CodingKeys: String, CodingKey {
            case version, name
            case appliedAt = "applied_at"
        }
    }

    private let server: PostgresServer
    private let table: String

    /// The table called `table`, `schema_migrations` or `schema.schema_migrations`, of a database.
    ///
    /// - Throws: ``BackupError/Code/usage`` if that is not a name of one or two parts.
    public init(of server: PostgresServer, table: String = "schema_migrations") throws(BackupError) {
        let parts = table.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ (1...63).contains($0.utf8.count) && !$0.contains("\0") })
        else {
            throw BackupError(
                .usage, "'\(table)' is not the name of a table", advice: "give table or schema.table")
        }
        self.server = server
        // Quoted: the name is taken as it is typed.
        self.table = parts.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ".")
    }

    /// Makes the table, if it is not there.
    ///
    /// - Returns: Whether it was made.
    /// - Throws: ``BackupError/Code/refused`` if a table of that name belongs to another program.
    public func initialize() async throws(BackupError) -> Bool {
        switch try await columns() {
        case nil:
            _ = try await server.query(
                """
                set client_min_messages = warning;
                create table if not exists \(table) (
                  version bigint primary key check (version > 0),
                  name text not null,
                  applied_at timestamptz not null default now());
                """)
            return true
        case let columns?:
            try requireOurs(columns)
            return false
        }
    }

    /// The highest version that is recorded; 0 if none is.
    ///
    /// - Throws: ``BackupError/Code/configuration`` if the table is missing.
    public func version() async throws(BackupError) -> Int {
        try await requireTable()
        return try await server.query(Int.self, by: "select coalesce(max(version), 0) from \(table);")
    }

    /// All versions that are recorded, the lowest first.
    ///
    /// - Throws: ``BackupError/Code/configuration`` if the table is missing.
    public func history() async throws(BackupError) -> [Entry] {
        try await requireTable()
        return try await server.query(
            [Entry].self,
            by: """
                select coalesce(json_agg(json_build_object('version', version, 'name', name, 'applied_at',
                  to_char(applied_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by version), '[]')
                from \(table);
                """)
    }

    /// Records that a version is applied.
    ///
    /// - Returns: Whether it is new; recording the same version and name again changes nothing.
    /// - Throws: ``BackupError/Code/refused`` if the version has another name already.
    public func record(_ version: Int, _ name: String) async throws(BackupError) -> Bool {
        guard version > 0 else {
            throw BackupError(.usage, "the version is \(version)", advice: "give 1 or more")
        }
        guard !name.isEmpty, !name.contains("\0") else {
            throw BackupError(.usage, "the name is empty", advice: "give what the version is called")
        }
        try await requireTable()
        // The lock makes two that record at once wait for each other; there need not be a unique index.
        let found = try await server.query(
            """
            begin;
            set local lock_timeout = '10s';
            lock table \(table) in share row exclusive mode;
            with known as (select name from \(table) where version = :version),
              added as (insert into \(table) (version, name, applied_at)
                select :version, :'name', now() where not exists (select from known) returning name)
            select json_build_object('name', name) from known;
            commit;
            """, [("version", "\(version)"), ("name", name)])
        guard let line = found.first else { return true }
        guard let known = try? JSONDecoder().decode([String: String].self, from: Data(line.utf8))["name"]
        else {
            throw BackupError(.data, "psql gave an answer that was not expected")
        }
        guard known == name else {
            throw BackupError(
                .refused, "version \(version) is recorded as '\(known)' already; nothing was changed",
                advice: "give the next number")
        }
        return false
    }

    private func requireTable() async throws(BackupError) {
        guard let columns = try await columns() else {
            throw BackupError(
                .configuration, "\(server) has no table \(table)",
                advice: "make it: reed-import schema init")
        }
        try requireOurs(columns)
    }

    /// The columns of the table with their types; `nil` if there is no such table.
    private func columns() async throws(BackupError) -> [String: String]? {
        try await server.query(
            [String: String]?.self,
            by: """
                select coalesce((select json_object_agg(attname, format_type(atttypid, null)) from pg_attribute
                  where attrelid = to_regclass(:'table') and attnum > 0 and not attisdropped), 'null');
                """, [("table", table)])
    }

    private func requireOurs(_ columns: [String: String]) throws(BackupError) {
        let isInteger = ["smallint", "integer", "bigint"].contains(columns["version"] ?? "")
        let isText = ["text", "character varying"].contains(columns["name"] ?? "")
        let isTime = columns["applied_at"]?.hasPrefix("timestamp") ?? false
        guard columns.count == 3, isInteger, isText, isTime else {
            let owner =
                switch Set(columns.keys) {
                case ["version"]: "dbmate's or Rails'"
                case ["version", "dirty"]: "golang-migrate's"
                default: "another program's"
                }
            throw BackupError(
                .refused,
                "the table \(table) looks like \(owner) (\(columns.keys.sorted().joined(separator: ", ")))",
                advice: "name another table", parameter: .migrationsTable)
        }
    }
}
