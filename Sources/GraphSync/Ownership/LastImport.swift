package import UCG

/// What the last finished import of a source did, as it is recorded.
///
///     last.finished.map { Timestamp.now.milliseconds - $0.milliseconds }  // its age
package struct LastImport: Hashable, Sendable {
    /// Tells this run from every other.
    package var run = ""
    /// When the importer began.
    package var started: Timestamp?
    /// When it was finished.
    package var finished: Timestamp?
    /// How long it took.
    package var seconds = ""
    /// The version of the importer.
    package var version = ""
    /// A digest of the configuration's files.
    package var digest = ""
    /// Where it ran.
    package var host = ""
    /// The number of entities of the directory.
    package var entities = 0
    /// The changes of its entities.
    package var counts = ChangeCounts()
    /// Which graph keys its entities have.
    package var graphKeys = GraphRecord()

    /// The field of the setting of ``graphKeys``.
    package static let graphKeysField = "graph_keys"
    /// The field of the setting that was not finished.
    package static let graphKeysBegunField = "graph_keys_begun"

    private static let mostEntities = 1 << 40

    /// An import of which nothing is known.
    package init() {}

    /// The names and values of the fields.
    package var fields: [(name: String, value: String)] {
        [
            ("run", run), ("started", started?.description ?? ""), ("finished", finished?.description ?? ""),
            ("seconds", seconds), ("version", version), ("digest", digest), ("host", host),
            ("entities", String(entities)), ("created", String(counts.created)),
            ("updated", String(counts.updated)), ("unchanged", String(counts.unchanged)),
            ("deleted", String(counts.deleted)), (Self.graphKeysField, graphKeys.finished.rawValue),
            (Self.graphKeysBegunField, graphKeys.begun?.rawValue ?? ""),
        ]
    }

    /// Reads the fields of a record; what is missing, or not a value of its kind, stays empty.
    package init(fields: [String: String]) {
        // No import has more; and sums of them do not overflow.
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
        graphKeys = GraphRecord(
            finished: fields[Self.graphKeysField].flatMap { GraphKeySetting(rawValue: $0) } ?? .none,
            begun: fields[Self.graphKeysBegunField].flatMap { GraphKeySetting(rawValue: $0) })
    }
}
