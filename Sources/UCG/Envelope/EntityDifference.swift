import SystemSupport

/// What is kept of a stored entity when another takes its place, and in what they differ.
///
///     for member in EntityDifference.members(stored: stored, wanted: wanted) {
///         print(member.name, member.stored ?? "-", member.wanted ?? "-")
///     }
package struct EntityDifference: Hashable, Sendable {
    /// When the stored entity was created, and by whom, as it says.
    let createdAt, createdBy: [UInt8]?

    init(createdAt: [UInt8]?, createdBy: [UInt8]?) {
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    /// What is kept of a stored entity that is written again; `nil` if it is not JSON.
    package init?(stored: Span<UInt8>, given: GivenStamps = []) {
        guard let value = JSONValue(stored) else { return nil }
        self.init(value, given: given)
    }

    init(_ stored: JSONValue, given: GivenStamps) {
        func text(_ name: String) -> [UInt8]? {
            if case .string(let bytes)? = stored[name] { bytes } else { nil }
        }
        self.init(
            createdAt: given.contains(.createdAt) ? nil : text("created_at"),
            createdBy: given.contains(.createdBy) ? nil : text("created_by"))
    }

    /// One member that differs; members of `data` each for itself.
    package struct Member: Hashable, Sendable {
        /// Its name, for example `data.value`.
        package let name: String
        /// What is stored; `nil` if it is not there.
        package let stored: JSONValue?
        /// What should be there; `nil` if nothing should.
        package let wanted: JSONValue?
    }

    /// The members that make no difference.
    private static func ignored(_ given: GivenStamps) -> Set<[UInt8]> {
        var names: Set = ["updated_at"]
        if !given.contains(.createdAt) { names.insert("created_at") }
        if !given.contains(.createdBy) { names.insert("created_by") }
        return Set(names.map { Array($0.utf8) })
    }

    /// The members in which two entities differ, by name; times and author count only if the source gives them.
    ///
    /// Complexity: O(*n*) in the bytes of both, which are parsed.
    package static func members(
        stored: [UInt8], wanted: [UInt8], given: GivenStamps = []
    ) -> [Member] {
        guard let stored = JSONValue(stored.span), let wanted = JSONValue(wanted.span) else { return [] }
        return members(stored: stored, wanted: wanted, given: given)
    }

    static func members(stored: JSONValue, wanted: JSONValue, given: GivenStamps) -> [Member] {
        let stamps = ignored(given)
        var members: [Member] = []
        func compare(stored: [[UInt8]: JSONValue], wanted: [[UInt8]: JSONValue], prefix: String) {
            let names = Set(stored.keys).union(wanted.keys).sorted { $0.lexicographicallyPrecedes($1) }
            for name in names {
                let (left, right) = (stored[name], wanted[name])
                if left == right || prefix.isEmpty && stamps.contains(name) { continue }
                let shown = String(decoding: name, as: UTF8.self)
                if prefix.isEmpty, shown == "data", case .object(let left) = left,
                    case .object(let right) = right
                {
                    compare(stored: left, wanted: right, prefix: "data.")
                } else if prefix == "data.", shown == "fields", let left = fields(left),
                    let right = fields(right)
                {
                    compareFields(stored: left, wanted: right)
                } else {
                    members.append(Member(name: prefix + shown, stored: left, wanted: right))
                }
            }
        }
        /// Members of a snippet's fields, each under its field's name.
        func compareFields(stored: [Field], wanted: [Field]) {
            func byName(_ fields: [Field]) -> [[UInt8]: [[UInt8]: JSONValue]] {
                Dictionary(fields.map { ($0.name, $0.members) }) { first, _ in first }
            }
            let (storedByName, wantedByName) = (byName(stored), byName(wanted))
            let added = wanted.map(\.name).filter { storedByName[$0] == nil }
            let before = members.count
            for name in stored.map(\.name) + added {
                let (left, right) = (storedByName[name], wantedByName[name])
                let shown = "fields.\(String(decoding: name, as: UTF8.self))"
                if let left, let right {
                    compare(stored: left, wanted: right, prefix: "\(shown).")
                } else {
                    members.append(
                        Member(
                            name: shown, stored: left.map { .object($0) }, wanted: right.map { .object($0) }))
                }
            }
            if members.count == before, stored.map(\.name) != wanted.map(\.name) {
                func names(_ fields: [Field]) -> JSONValue { .array(fields.map { .string($0.name) }) }
                members.append(Member(name: "fields (order)", stored: names(stored), wanted: names(wanted)))
            }
        }
        if case .object(let stored) = stored, case .object(let wanted) = wanted {
            compare(stored: stored, wanted: wanted, prefix: "")
        }
        return members
    }
}

extension EntityDifference {
    /// One field of a snippet.
    private struct Field {
        let name: [UInt8]
        let members: [[UInt8]: JSONValue]
    }

    /// The fields of a snippet, if each has a name of its own.
    private static func fields(_ value: JSONValue?) -> [Field]? {
        guard case .array(let elements)? = value else { return nil }
        var fields: [Field] = []
        var names: Set<[UInt8]> = []
        for element in elements {
            guard case .object(let members) = element, case .string(let name)? = element["name"],
                names.insert(name).inserted
            else { return nil }
            fields.append(Field(name: name, members: members))
        }
        return fields
    }

    private static let createdAtKey = Array("\"created_at\":".utf8)
    private static let createdByKey = Array("\"created_by\":".utf8)

    /// The entity that should be there, with the time and the author of its creation as they are stored.
    ///
    /// - Parameter wanted: An entity that ``EntityEnvelope`` has written.
    package func update(_ wanted: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted.count + 64)
        var copied = 0
        for (key, value) in [(Self.createdAtKey, createdAt), (Self.createdByKey, createdBy)] {
            guard let text = value,
                let start = wanted.extracting(copied..<wanted.count).firstIndex(of: key.span)
            else { continue }
            var end = copied + start + key.count
            bytes.append(wanted.extracting(copied..<end))
            _ = wanted.passesString(at: &end)
            bytes.appendJSONString(text)
            copied = end
        }
        bytes.append(wanted.extracting(copied..<wanted.count))
        return bytes
    }
}

extension [UInt8] {
    /// Appends text as a JSON string; halves of surrogate pairs, which ``JSONValue`` keeps as three bytes that no UTF-8
    /// has, stay escapes.
    fileprivate mutating func appendJSONString(_ text: [UInt8]) {
        append(UInt8(ascii: "\""))
        defer { append(UInt8(ascii: "\"")) }
        if text.span.firstEscaped(from: 0) == text.count, !text.contains(0xED) {
            return append(contentsOf: text)
        }
        var start = 0
        func isHalf(_ index: Int) -> Bool {
            text[index] == 0xED && index + 2 < text.count && text[index + 1] >= 0xA0
        }
        func plain(_ end: Int) -> [UInt8] {
            var json = JSONWriter()
            json.string(text.span.extracting(start..<end))
            return Array(json.bytes.dropFirst().dropLast())
        }
        for index in text.indices where index >= start && isHalf(index) {
            append(contentsOf: plain(index))
            let unit = 0xD000 | UInt16(text[index + 1] & 0x3F) << 6 | UInt16(text[index + 2] & 0x3F)
            append(contentsOf: "\\u\(String(unit, radix: 16))".utf8)
            start = index + 3
        }
        append(contentsOf: plain(text.count))
    }
}
