package import UCG

/// One change of a plan, with what it is about.
///
///     print(change.key, change.label ?? "")  // entity:theme:…  corporate.berlin
///     for member in change.members { print(member.name) }
package struct PlannedChange: Sendable {
    /// The entity's key.
    package let key: EntityKey
    /// Where the entity comes from; `nil` if the directory no longer has it.
    package let origin: EntityOrigin?
    /// What happens to it.
    package let change: Change
    /// What the key holds.
    package let stored: StoredEntity
    /// What it should hold; `nil` if it should hold nothing.
    package let wanted: [UInt8]?
    /// After how many milliseconds the key would vanish as it is; `nil` if never, as it should.
    package let expiry: Int?
    /// The stamps that the entity's source gives, which are compared too.
    package let given: GivenStamps

    /// A change of the entity at `key`.
    package init(
        key: EntityKey, origin: EntityOrigin?, change: Change, stored: StoredEntity, wanted: [UInt8]?,
        expiry: Int? = nil, given: GivenStamps = []
    ) {
        self.key = key
        self.origin = origin
        self.change = change
        self.stored = stored
        self.wanted = wanted
        self.expiry = expiry
        self.given = given
    }

    /// The members that an update changes, by name; none for any other change.
    ///
    /// Complexity: O(*n*) in the bytes of both entities, which are parsed.
    package var members: [EntityDifference.Member] {
        guard case .update = change, let stored = stored.bytes, let wanted else { return [] }
        return EntityDifference.members(stored: stored, wanted: wanted, given: given)
    }

    /// The user's name for the entity, for example `hero.welcome (de_DE)`; `nil` if it says nothing of the kind.
    package var label: String? {
        guard let bytes = wanted ?? stored.bytes, let data = JSONValue(bytes.span)?["data"] else {
            return nil
        }
        func text(_ name: String) -> String? {
            guard case .string(let bytes)? = data[name] else { return nil }
            return String(decoding: bytes, as: UTF8.self)
        }
        guard let name = text("name") ?? text("snippet_type") ?? text("path") ?? text("key") else {
            return nil
        }
        return text("locale").map { "\(name) (\($0))" } ?? name
    }
}
