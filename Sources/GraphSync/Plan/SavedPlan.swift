package import UCG

/// A plan in a file, to be carried out later exactly as it is: one JSON object a line.
///
/// The first line says what the plan is for, each further one is a change with a digest of what its key held,
/// and the last one how many changes there are, so that a file that was cut off is noticed.
///
///     let plan = try SavedPlan(bytes)
///     plan.affects(.theme, id)  // whether the entity is one of those that change
package struct SavedPlan: Sendable {
    /// What a plan was made of, and for.
    package struct Header: Hashable, Sendable {
        /// The source.
        package var source: String
        /// What every key begins with.
        package var keyPrefix: String
        /// The author of new entities.
        package var author: String
        /// The options that say what is read.
        package var input: [String]
        /// The server, the user and the database as one URL, without a password.
        package var server: String
        /// A digest of the configuration's files.
        package var digest: String
        /// Whether other sources' entities are taken over.
        package var adopts: Bool

        /// What a plan was made of, and for.
        package init(
            source: String, keyPrefix: String, author: String, input: [String], server: String,
            digest: String,
            adopts: Bool
        ) {
            self.source = source
            self.keyPrefix = keyPrefix
            self.author = author
            self.input = input
            self.server = server
            self.digest = digest
            self.adopts = adopts
        }
    }

    /// What is to happen to one entity, and what its key held.
    package struct Entry: Hashable, Sendable {
        /// `create`, `update` or `delete`.
        package let action: String
        /// A digest of the value; empty if there was none.
        package let stored: String
    }

    /// What it was made of, and for.
    package let header: Header
    /// The changes, by type and id.
    package private(set) var entries: [EntityType: [EntityID: Entry]] = [:]
    /// What happens to the graph keys of entities that do not change.
    package private(set) var graphKeys = GraphKeyUpdate()

    private static let format = 3

    /// The number of changes.
    package var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    /// The ids of entities of a type that are to be deleted.
    package func deletions(_ type: EntityType) -> PackedIDs {
        PackedIDs((entries[type] ?? [:]).filter { $0.value.action == "delete" }.map(\.key))
    }

    /// Whether a change is one of the plan's, to the same value.
    package func contains(_ change: PlannedChange) -> Bool {
        entries[change.key.type]?[change.key.id] == Self.entry(change)
    }

    /// Whether the plan has a change of this entity.
    package func affects(_ type: EntityType, _ id: EntityID) -> Bool { entries[type]?[id] != nil }

    private static func entry(_ change: PlannedChange) -> Entry? {
        let action: String
        switch change.change {
        case .create: action = "create"
        case .update: action = "update"
        case .delete: action = "delete"
        case .unchanged, .conflict: return nil
        }
        return Entry(action: action, stored: change.stored.bytes.map { ContentDigest.text(of: $0) } ?? "")
    }

    // MARK: - Writing

    /// The first line of the file.
    package static func line(_ header: Header) -> [UInt8] {
        line { json in
            json.member("reed_import_plan", format)
            json.member("source", header.source)
            json.member("key_prefix", header.keyPrefix)
            json.member("created_by", header.author)
            json.member("server", header.server)
            json.member("digest", header.digest)
            json.member("adopt", header.adopts)
            json.key("input")
            json.array { for option in header.input { $0.string(option) } }
        }
    }

    /// The line of a change; `nil` if it changes nothing.
    package static func line(_ change: PlannedChange) -> [UInt8]? {
        guard let entry = entry(change) else { return nil }
        return line { json in
            json.member("action", entry.action)
            json.member("type", change.key.type.rawValue)
            json.member("id", change.key.id.description)
            json.member("stored", entry.stored)
        }
    }

    /// The last line of the file.
    package static func line(count: Int, _ graphKeys: GraphKeyUpdate) -> [UInt8] {
        line { json in
            json.member("changes", count)
            json.member("graph_keys", graphKeys.now.rawValue)
            json.member("graph_keys_before", graphKeys.before.finished.rawValue)
            json.member("graph_keys_begun", orNull: graphKeys.before.begun?.rawValue)
            json.member("graph_keys_of_unchanged", graphKeys.rewritten)
        }
    }

    private static func line(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var json = JSONWriter()
        json.object(body)
        return json.bytes + [UInt8(ascii: "\n")]
    }

    // MARK: - Reading

    /// Why a file is not a plan that can be carried out.
    package enum Invalid: Error, Hashable, Sendable {
        /// It is not a plan, or it is truncated.
        case damaged
        /// Another version of reed-import has written it.
        case otherFormat
    }

    /// The plan in a file's bytes.
    ///
    /// Complexity: O(*n*) in the bytes.
    package init(_ bytes: [UInt8]) throws(Invalid) {
        var lines = bytes.split(separator: UInt8(ascii: "\n")).makeIterator()
        guard let first = lines.next().flatMap({ JSONValue(Array($0).span) }) else { throw .damaged }
        if case .number(let number)? = first["reed_import_plan"], number != String(Self.format) {
            throw .otherFormat
        }
        guard let header = Self.header(first) else { throw .damaged }
        self.header = header
        var number = 0
        while let line = lines.next() {
            guard let value = JSONValue(Array(line).span) else { throw .damaged }
            if case .number(let count)? = value["changes"] {
                guard Int(count) == number, lines.next() == nil, let update = Self.graphKeys(value) else {
                    throw .damaged
                }
                graphKeys = update
                return
            }
            guard let type = value.text("type").flatMap({ EntityType(rawValue: $0) }),
                let id = value.text("id").flatMap({ EntityID($0) }), let action = value.text("action"),
                let stored = value.text("stored"), ["create", "update", "delete"].contains(action)
            else { throw .damaged }
            entries[type, default: [:]][id] = Entry(action: action, stored: stored)
            number += 1
        }
        throw .damaged
    }

    private static func graphKeys(_ value: JSONValue) -> GraphKeyUpdate? {
        func setting(_ name: String) -> GraphKeySetting? {
            value.text(name).flatMap { GraphKeySetting(rawValue: $0) }
        }
        guard let now = setting("graph_keys"), let before = setting("graph_keys_before"),
            case .number(let number)? = value["graph_keys_of_unchanged"], let count = Int(number)
        else { return nil }
        var update = GraphKeyUpdate()
        update.now = now
        update.before = GraphRecord(finished: before, begun: setting("graph_keys_begun"))
        update.rewritten = count
        return update
    }

    private static func header(_ value: JSONValue) -> Header? {
        guard value["reed_import_plan"] == .number(String(format)), let source = value.text("source"),
            let prefix = value.text("key_prefix"), let author = value.text("created_by"),
            let server = value.text("server"), let digest = value.text("digest"),
            case .array(let input)? = value["input"], case .boolean(let adopts)? = value["adopt"]
        else { return nil }
        return Header(
            source: source, keyPrefix: prefix, author: author, input: input.compactMap(\.text),
            server: server,
            digest: digest, adopts: adopts)
    }
}

extension JSONValue {
    fileprivate var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    fileprivate func text(_ name: String) -> String? { self[name]?.text }
}
