public import FoundationEssentials

/// A finished backup: what its metadata file, `NAME.json`, says.
///
///     let backup = try await catalog.create(version, of: [server]).backup
///     print(backup.databases, backup.tableCount)
public struct Backup: Hashable, Sendable {
    /// The version that was given to it.
    public var version: String
    /// When it was begun.
    public var createdAt: Date
    /// How long it took, in seconds.
    public var duration: Double
    /// One file for each database, at least one.
    public var files: [File]

    /// The dump of one database.
    public struct File: Hashable, Sendable, Codable {
        /// The database's name, without host, user and password.
        public var database: String
        /// Host and port of its server, or the folder of its socket; `nil` if an older version made the backup.
        public var server: String?
        /// The dump's name in the backup folder.
        public var file: String
        /// Its size as it is stored.
        public var sizeBytes: Int
        /// The SHA-256 of its bytes as they are stored, in hexadecimal.
        public var sha256: String
        /// How it is compressed.
        public var compression: Compression?
        /// The number of tables that it creates.
        public var tableCount: Int
        /// The rows of each table that has any place for them, by its name in SQL.
        public var rows: [String: Int]
        /// The release of the server.
        public var serverVersion: String
        /// The release of pg_dump.
        public var pgDumpVersion: String
        /// The file with the grants that a restore would lose, of a safety backup that had some.
        public var grantsFile: String?

        enum CodingKeys: String, CodingKey {
            case database, server, file
            case sizeBytes = "size_bytes"
            case sha256, compression
            case tableCount = "table_count"
            case rows
            case serverVersion = "server_version"
            case pgDumpVersion = "pg_dump_version"
            case grantsFile = "grants_file"
        }
    }

    /// The size of all files together, in bytes.
    public var sizeBytes: Int { files.reduce(0) { $0 + $1.sizeBytes } }
    /// The names of its databases.
    public var databases: [String] { files.map(\.database) }
    /// The tables of all files together.
    public var tableCount: Int { files.reduce(0) { $0 + $1.tableCount } }
}

/// One database is described by the object itself, more than one by its member `files`.
extension Backup: Codable {
    enum CodingKeys: String, CodingKey {
        case version
        case createdAt = "created_at"
        case duration = "duration_seconds"
        case files
        case sizeBytes = "size_bytes"
        case tableCount = "table_count"
    }

    /// Reads what ``encode(to:)`` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        version = try container.decode(String.self, forKey: .version)
        createdAt = try container.decode(Date.self, forKey: .createdAt)
        duration = try container.decode(Double.self, forKey: .duration)
        files = try container.decodeIfPresent([File].self, forKey: .files) ?? [File(from: decoder)]
    }

    /// Writes the members of the metadata file.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(version, forKey: .version)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encode(duration, forKey: .duration)
        if files.count == 1 {
            try files[0].encode(to: encoder)
        } else {
            try container.encode(files, forKey: .files)
            try container.encode(sizeBytes, forKey: .sizeBytes)
            try container.encode(tableCount, forKey: .tableCount)
        }
    }

    /// The backup that `json` describes; `nil` if it does not.
    init?(json: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let backup = try? decoder.decode(Backup.self, from: Data(json)), !backup.files.isEmpty
        else { return nil }
        self = backup
    }

    /// The bytes of its metadata file.
    var json: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        }
    }
}

/// A program that makes dumps smaller.
///
///     try await catalog.create(version, of: [server], compression: .gzip)
public enum Compression: String, Hashable, Sendable, Codable, CaseIterable {
    case gzip, zstd

    /// What it adds to a file's name.
    var fileExtension: String {
        switch self {
        case .gzip: "gz"
        case .zstd: "zst"
        }
    }
}
