import GraphSync
import RedisProtocol
import UCG

/// What the keys of some entities hold, as a server has answered, and how that differs from what they should hold.
///
/// This is the only place that compares. Entities are referred to by their index in what was asked.
struct StoredEntities: Sendable {
    /// What has to happen to an entity, and what is stored in its place.
    typealias Difference = (change: Change, stored: StoredEntity)

    private let values: ReplyList
    /// The entities whose keys hold a value of another type, which reads like one that is absent.
    var taken: Set<Int> = []
    /// After how many milliseconds keys vanish, for those that do.
    var expiries: [Int: Int] = [:]

    /// What the keys hold: a string of JSON for each, or null.
    init(_ values: ReplyList = []) { self.values = values }

    /// The indices of all entities.
    var indices: Range<Int> { values.indices }

    /// The entities that are absent, or whose keys hold a value of another type.
    var absent: [Int] { values.indices.filter { values.isNull(at: $0) } }

    /// What has to happen so that an entity is `wanted`; `nil` if it is.
    ///
    /// Complexity: O(*n*) in the bytes of both.
    ///
    /// - Parameter given: The stamps that the entity's source gives.
    func difference(at index: Int, from wanted: Span<UInt8>, given: GivenStamps = []) -> Difference? {
        let compared = values.withString(at: index) { stored in
            let change = Change(stored: stored, wanted: wanted, given: given)
            // An entity does not expire, so it is written again without.
            guard case .unchanged = change, !expiries.isEmpty, expiries[index] != nil else { return change }
            return EntityDifference(stored: stored, given: given).map { .update($0) } ?? change
        }
        guard let change = compared else {
            return taken.contains(index) ? (.otherType, .otherType) : (.create, .absent)
        }
        switch change {
        case .unchanged: return nil
        case .conflict: return (change, .notAnEntity(bytes(at: index)))
        case .create, .update, .delete: return (change, .entity(bytes(at: index)))
        }
    }

    /// What has to happen so that there is no entity at `key`; `nil` if there is none.
    ///
    /// Complexity: O(*n*) in the bytes of the value.
    func deletion(at index: Int, of key: EntityKey) -> Difference? {
        if values.isNull(at: index) { return taken.contains(index) ? (.otherType, .otherType) : nil }
        let stored = bytes(at: index)
        return key.isKey(of: stored) ? (.delete, .entity(stored)) : (.notAnEntity, .notAnEntity(stored))
    }

    /// Whether a key holds exactly this value.
    func holds(_ value: [UInt8], at index: Int) -> Bool { values[index] == .bulkString(value) }

    private func bytes(at index: Int) -> [UInt8] {
        if case .bulkString(let bytes) = values[index] { bytes } else { [] }
    }
}

extension EntityKey {
    /// Whether a value is a JSON entity of this type and id.
    fileprivate func isKey(of value: [UInt8]) -> Bool {
        guard let json = JSONValue(value.span) else { return false }
        return json["id"] == .string(Array(id.description.utf8))
            && json["entity_type"] == .string(Array(type.rawValue.utf8))
    }
}
