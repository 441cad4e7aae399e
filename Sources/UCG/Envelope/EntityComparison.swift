import SystemSupport

/// What a key holds, compared with the entity that should be there.
///
///     switch EntityComparison(stored: stored.span, wanted: wanted.span) {
///     case .same: break  // but for times and author
///     case .different(let difference): write(difference.update(wanted.span))
///     case .notAnEntity: refuse()
///     }
package enum EntityComparison: Hashable, Sendable {
    /// The same entity, whatever its times and its author are, and however it is written.
    case same
    /// An entity with other content.
    case different(EntityDifference)
    /// Something else: no JSON, or no entity of this type and id.
    case notAnEntity

    /// Compares two entities as JSON, of which `wanted` is one that ``EntityEnvelope`` has written.
    ///
    /// Stamps that the entity's source gives are content; the others make no difference. Bytes are compared first. JSON is parsed only where they differ in more than times and author, and not even
    /// then if both are written in the same way, as they are unless another program has written one of them.
    /// Complexity: O(*n*) in the bytes of both.
    package init(stored: Span<UInt8>, wanted: Span<UInt8>, given: GivenStamps = []) {
        if given.isEmpty, let stamps = Stamps(stored: stored, wanted: wanted) {
            let storedRest = stored.extracting(stamps.storedEnd..<stored.count)
            let wantedRest = wanted.extracting(stamps.wantedEnd..<wanted.count)
            if storedRest.isEqual(to: wantedRest) {
                self = .same
                return
            }
            // The order of members aside, the same values would be the same bytes.
            if storedRest.count != wantedRest.count || Self.sum(storedRest) != Self.sum(wantedRest),
                JSONText.isCanonical(stored), JSONText.isCanonical(wanted),
                let createdAt = Self.text(stored.extracting(stamps.createdAt)),
                let createdBy = Self.text(stored.extracting(stamps.createdBy))
            {
                self = .different(EntityDifference(createdAt: createdAt, createdBy: createdBy))
                return
            }
        }
        guard let stored = JSONValue(stored), let wanted = JSONValue(wanted), stored["id"] == wanted["id"],
            stored["entity_type"] == wanted["entity_type"]
        else {
            self = .notAnEntity
            return
        }
        let isSame = EntityDifference.members(stored: stored, wanted: wanted, given: given).isEmpty
        self = isSame ? .same : .different(EntityDifference(stored, given: given))
    }

    /// The text in quotes, if it has no escapes.
    private static func text(_ quoted: Span<UInt8>) -> [UInt8]? {
        if quoted.contains(UInt8(ascii: "\\")) { return nil }
        var text: [UInt8] = []
        text.append(quoted.extracting(1..<quoted.count - 1))
        return text
    }

    /// A sum that is the same for the same bytes in whatever order.
    private static func sum(_ bytes: Span<UInt8>) -> UInt64 {
        var sum: UInt64 = 0
        for index in bytes.indices { sum &+= UInt64(bytes[index]) &* UInt64(bytes[index]) }
        return sum
    }
}

/// Where times and author stand in two entities that begin alike and are written in the same order.
private struct Stamps {
    /// `created_at` and `created_by` of the stored entity, quotes included.
    let createdAt, createdBy: Range<Int>
    /// Behind the author.
    let storedEnd, wantedEnd: Int

    /// The keys of times and author, which follow each other, and what comes before each; inline, as each comparison
    /// reads them.
    private static let createdAtKey: InlineArray<14, UInt8> = inline(#","created_at":"#)
    private static let updatedAtKey: InlineArray<14, UInt8> = inline(#","updated_at":"#)
    private static let createdByKey: InlineArray<14, UInt8> = inline(#","created_by":"#)

    private static func inline<let count: Int>(_ text: String) -> InlineArray<count, UInt8> {
        let bytes = Array(text.utf8)
        return InlineArray { bytes[$0] }
    }

    /// What comes before the times is at least so long: `{"id":"<uuid>","entity_type":"x","semantic_name":""`.
    private static let shortestBeginning =
        #"{"id":"","entity_type":"x","semantic_name":"""#.utf8.count + EntityID.textLength

    /// Finds them; `nil` if the entities differ before them, or one of them is written in another way.
    init?(stored: Span<UInt8>, wanted: Span<UInt8>) {
        // No other place has these bytes: within a string, quotes are escaped.
        guard let start = wanted.firstIndex(of: Self.createdAtKey.span, from: Self.shortestBeginning),
            stored.count >= start, stored.extracting(0..<start).isEqual(to: wanted.extracting(0..<start))
        else { return nil }
        var (left, right) = (start, start)
        func passes(_ key: Span<UInt8>) -> Range<Int>? {
            guard stored.passes(key, at: &left), wanted.passes(key, at: &right) else { return nil }
            let value = left
            guard stored.passesTime(at: &left) || stored.passesString(at: &left),
                wanted.passesTime(at: &right) || wanted.passesString(at: &right)
            else { return nil }
            return value..<left
        }
        guard let createdAt = passes(Self.createdAtKey.span), passes(Self.updatedAtKey.span) != nil,
            let createdBy = passes(Self.createdByKey.span)
        else { return nil }
        (self.createdAt, self.createdBy) = (createdAt, createdBy)
        (storedEnd, wantedEnd) = (left, right)
    }
}

extension Span<UInt8> {
    func firstIndex(of other: Span<UInt8>, from start: Int = 0) -> Int? {
        var index = start
        while index + other.count <= count {
            // Most places differ in one of two bytes.
            if self[index] == other[0], self[index + other.count - 1] == other[other.count - 1],
                extracting(index..<index + other.count).isEqual(to: other)
            {
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
        while true {
            index = firstEscaped(from: index)
            guard index < count else { return false }
            if self[index] == UInt8(ascii: "\"") { break }
            index += self[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index += 1
        return true
    }
}
