/// What a key holds, compared with the entity that should be there.
public enum EntityComparison: Hashable, Sendable {
    /// The same entity, whatever its times and its author are, and however it is written.
    case same
    /// An entity with other content.
    case different(EntityDifference)
    /// Something else: no JSON, or no entity of this type and id.
    case foreign

    /// Compares two entities as JSON, of which `wanted` is one that ``EntityForm`` has written.
    ///
    /// Bytes are compared first; JSON is parsed only where they differ in more than times and author.
    /// Complexity: O(*n*) in the bytes of both.
    public init(stored: Span<UInt8>, wanted: Span<UInt8>) {
        if Self.isSameText(stored, wanted) {
            self = .same
            return
        }
        guard let stored = JSONValue(stored), let wanted = JSONValue(wanted), stored["id"] == wanted["id"],
            stored["entity_type"] == wanted["entity_type"]
        else {
            self = .foreign
            return
        }
        let difference = EntityDifference(stored: stored, wanted: wanted)
        self = difference.members.isEmpty ? .same : .different(difference)
    }

    /// The keys of times and author, which follow each other, and what comes before each.
    private static let stampKeys = [#","created_at":"#, #","updated_at":"#, #","created_by":"#].map {
        Array($0.utf8)
    }

    /// What comes before the times is at least so long: `{"id":"<uuid>","entity_type":"x","semantic_name":""`.
    private static let shortestBeginning =
        #"{"id":"","entity_type":"x","semantic_name":"""#.utf8.count + EntityID.textLength

    /// Whether both are the same bytes, but for the values of times and author.
    private static func isSameText(_ stored: Span<UInt8>, _ wanted: Span<UInt8>) -> Bool {
        // No other place has these bytes: within a string, quotes are escaped.
        let first = stampKeys[0]
        guard let start = wanted.firstIndex(of: first.span, from: shortestBeginning), stored.count >= start,
            stored.extracting(0..<start).isEqual(to: wanted.extracting(0..<start))
        else { return false }
        var (left, right) = (start, start)
        for key in stampKeys {
            guard stored.passes(key.span, at: &left), wanted.passes(key.span, at: &right),
                stored.passesTime(at: &left) || stored.passesString(at: &left),
                wanted.passesTime(at: &right) || wanted.passesString(at: &right)
            else { return false }
        }
        return stored.extracting(left..<stored.count).isEqual(to: wanted.extracting(right..<wanted.count))
    }
}

/// In what a stored entity and the one that should be there differ; times and author do not count.
public struct EntityDifference: Hashable, Sendable {
    /// One member that differs; members of `data` each for itself.
    public struct Member: Hashable, Sendable {
        /// Its name, such as `data.value`.
        public let name: String
        /// What is stored; `nil` if it is not there.
        public let stored: JSONValue?
        /// What should be there; `nil` if nothing should.
        public let wanted: JSONValue?
    }

    /// The members that differ, by name.
    public let members: [Member]
    /// When the stored entity was created, as it says.
    let createdAt: JSONValue?
    /// By whom the stored entity was created, as it says.
    let createdBy: JSONValue?

    private static let stamps: Set = ["created_at", "updated_at", "created_by"]

    init(stored: JSONValue, wanted: JSONValue) {
        createdAt = stored["created_at"]
        createdBy = stored["created_by"]
        var members: [Member] = []
        func compare(_ stored: [String: JSONValue], _ wanted: [String: JSONValue], prefix: String) {
            for name in Set(stored.keys).union(wanted.keys).sorted() {
                let (left, right) = (stored[name], wanted[name])
                if left == right || prefix.isEmpty && Self.stamps.contains(name) { continue }
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
        self.members = members
    }
}

extension Span<UInt8> {
    func firstIndex(of other: Span<UInt8>, from start: Int = 0) -> Int? {
        var index = start
        while index + other.count <= count {
            if self[index] == other[0], extracting(index..<index + other.count).isEqual(to: other) {
                return index
            }
            index += 1
        }
        return nil
    }

    /// Passes `other`, if it stands at `index`.
    fileprivate func passes(_ other: Span<UInt8>, at index: inout Int) -> Bool {
        guard count - index >= other.count, extracting(index..<index + other.count).isEqual(to: other) else {
            return false
        }
        index += other.count
        return true
    }

    /// Passes a JSON string of 24 characters without escapes, as a time is, if one stands at `index`.
    fileprivate func passesTime(at index: inout Int) -> Bool {
        let end = index + 25
        guard end < count, self[index] == UInt8(ascii: "\""), self[end] == UInt8(ascii: "\"") else {
            return false
        }
        // Without a branch in it, so that the loop takes many bytes at a time.
        var found: UInt8 = 0
        for place in (index + 1)..<end {
            found |= (self[place] == UInt8(ascii: "\"") ? 1 : 0) | (self[place] == UInt8(ascii: "\\") ? 1 : 0)
        }
        guard found == 0 else { return false }
        index = end + 1
        return true
    }

    /// Passes a JSON string, if one stands at `index`.
    func passesString(at index: inout Int) -> Bool {
        guard index < count, self[index] == UInt8(ascii: "\"") else { return false }
        index += 1
        while index < count, self[index] != UInt8(ascii: "\"") {
            index += self[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
        return index <= count
    }
}
