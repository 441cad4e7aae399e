public import UCG

/// What the last finished import of a source did: the fields of its hash `last`.
public struct LastImport: Hashable, Sendable {
    /// Tells this run from every other.
    public var run = ""
    /// When the importer began.
    public var started: Timestamp?
    /// When it was finished.
    public var finished: Timestamp?
    /// How long it took.
    public var seconds = ""
    /// The version of the importer.
    public var version = ""
    /// A digest of the configuration's files.
    public var digest = ""
    /// Where it ran.
    public var host = ""
    /// How many entities the directory had.
    public var entities = 0
    /// What became of them.
    public var counts = ChangeCounts()

    private static let mostEntities = 1 << 40

    /// An import of which nothing is known.
    public init() {}

    /// The names and values of the fields.
    public var fields: [(name: String, value: String)] {
        [
            ("run", run), ("started", started?.description ?? ""), ("finished", finished?.description ?? ""),
            ("seconds", seconds), ("version", version), ("digest", digest), ("host", host),
            ("entities", String(entities)), ("created", String(counts.created)),
            ("updated", String(counts.updated)), ("unchanged", String(counts.unchanged)),
            ("deleted", String(counts.deleted)),
        ]
    }

    /// Reads the fields of the hash; what is missing or no value of its kind stays empty.
    public init(fields: [String: String]) {
        // No import has so many; and sums of them do not overflow.
        func number(_ name: String) -> Int {
            fields[name].flatMap { Int($0) }.map { min(max($0, 0), Self.mostEntities) } ?? 0
        }
        run = fields["run"] ?? ""
        started = fields["started"].flatMap { Timestamp(rfc3339: $0) }
        finished = fields["finished"].flatMap { Timestamp(rfc3339: $0) }
        seconds = fields["seconds"] ?? ""
        version = fields["version"] ?? ""
        digest = fields["digest"] ?? ""
        host = fields["host"] ?? ""
        entities = number("entities")
        counts.created = number("created")
        counts.updated = number("updated")
        counts.unchanged = number("unchanged")
        counts.deleted = number("deleted")
    }
}
