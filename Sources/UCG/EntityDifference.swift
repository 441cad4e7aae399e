/// What is kept of a stored entity when another takes its place, and in what they differ.
public struct EntityDifference: Hashable, Sendable {
    /// When the stored entity was created, and by whom, as it says.
    let createdAt, createdBy: [UInt8]?

    init(createdAt: [UInt8]?, createdBy: [UInt8]?) {
        self.createdAt = createdAt
        self.createdBy = createdBy
    }

    /// What is kept of a stored entity that is written again; `nil` if it is not JSON.
    public init?(stored: Span<UInt8>) {
        guard let value = JSONValue(stored) else { return nil }
        self.init(value)
    }

    init(_ stored: JSONValue) {
        func text(_ name: String) -> [UInt8]? {
            if case .string(let bytes)? = stored[name] { bytes } else { nil }
        }
        self.init(createdAt: text("created_at"), createdBy: text("created_by"))
    }

    /// One member that differs; members of `data` each for itself.
    public struct Member: Hashable, Sendable {
        /// Its name, such as `data.value`.
        public let name: String
        /// What is stored; `nil` if it is not there.
        public let stored: JSONValue?
        /// What should be there; `nil` if nothing should.
        public let wanted: JSONValue?
    }

    private static let stamps: Set = ["created_at", "updated_at", "created_by"]

    /// The members in which two entities differ, by name; times and author do not count.
    ///
    /// Complexity: O(*n*) in the bytes of both, which are parsed.
    public static func members(stored: [UInt8], wanted: [UInt8]) -> [Member] {
        guard let stored = JSONValue(stored.span), let wanted = JSONValue(wanted.span) else { return [] }
        return members(stored, wanted)
    }

    static func members(_ stored: JSONValue, _ wanted: JSONValue) -> [Member] {
        var members: [Member] = []
        func compare(_ stored: [String: JSONValue], _ wanted: [String: JSONValue], prefix: String) {
            for name in Set(stored.keys).union(wanted.keys).sorted() {
                let (left, right) = (stored[name], wanted[name])
                if left == right || prefix.isEmpty && stamps.contains(name) { continue }
                if prefix.isEmpty, name == "data", case .object(let left) = left,
                    case .object(let right) = right
                {
                    compare(left, right, prefix: "data.")
                } else {
                    members.append(Member(name: prefix + name, stored: left, wanted: right))
                }
            }
        }
        if case .object(let stored) = stored, case .object(let wanted) = wanted {
            compare(stored, wanted, prefix: "")
        }
        return members
    }
}

extension EntityDifference {
    /// The entity that should be there, with the time and the author of its creation as they are stored.
    ///
    /// - Parameter wanted: An entity that ``EntityForm`` has written.
    public func update(_ wanted: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(wanted.count + 64)
        var copied = 0
        for (key, value) in [
            (Array("\"created_at\":".utf8), createdAt), (Array("\"created_by\":".utf8), createdBy),
        ] {
            guard let text = value,
                let start = wanted.extracting(copied..<wanted.count).firstIndex(of: key.span)
            else { continue }
            var end = copied + start + key.count
            bytes.append(wanted.extracting(copied..<end))
            _ = wanted.passesString(at: &end)
            var json = JSONWriter()
            json.string(text.span)
            bytes.append(contentsOf: json.bytes)
            copied = end
        }
        bytes.append(wanted.extracting(copied..<wanted.count))
        return bytes
    }
}
