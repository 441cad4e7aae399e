package import UCG

/// One thing that a graph key says, because an entity accounts for it.
///
///     let entry = GraphEntry(.child(id, of: parent), .weight("10"))
///     entry.slot.isShared  // whether another entity may account for the same slot
package struct GraphEntry: Hashable, Sendable {
    /// Where it stands.
    package let slot: GraphSlot
    /// What stands there.
    package let value: GraphValue

    /// An entry of `value` at `slot`.
    package init(_ slot: GraphSlot, _ value: GraphValue = .present) {
        self.slot = slot
        self.value = value
    }
}

/// A place in the graph keys that one entry can take: a key, or a member of a key that holds many.
///
/// Names are bytes: two of them are the same only if their bytes are.
///
///     GraphSlot.name(.theme, Array("corporate".utf8))  // the key semantic:theme:corporate
package enum GraphSlot: Hashable, Sendable {
    /// `semantic:<type>:<name>`: the id of the entity of that name.
    case name(EntityType, [UInt8])
    /// In `type_index:<type>`: an entity of the type.
    case type(EntityType, EntityID)
    /// `assoc:<path>`: the association with the path.
    case path([UInt8])
    /// In `children:<parent>`: a contained entity, ordered by weight.
    case child(EntityID, of: EntityID)
    /// `parent:<child>`: the entity that contains it.
    case parent(of: EntityID)
    /// In `refs:<child>`: an association that points to it.
    case reference(from: EntityID, to: EntityID)
    /// In `word:<word>`: an entity that has the word.
    case word([UInt8], EntityID)
    /// In `entity_words:<uuid>`: a word of the entity.
    case entityWord(EntityID, [UInt8])

    /// Whether another entity may account for the same slot: now or, after a change of the directory, from now on.
    ///
    /// All other slots have the type and the id of their entity in them. An id may become that of an entity of another type.
    package var isShared: Bool {
        switch self {
        case .name, .path, .child, .parent, .word, .entityWord: true
        case .type, .reference: false
        }
    }

    /// Whether it is a key of its own, which may hold something that is another's.
    package var isKey: Bool {
        switch self {
        case .name, .path, .parent: true
        case .child, .type, .reference, .word, .entityWord: false
        }
    }
}

/// What stands at a slot of the graph keys.
///
///     GraphValue.weight("1.50")  // as the CSV has it
package enum GraphValue: Hashable, Sendable {
    /// The slot itself says everything.
    case present
    /// The id of the entity that is named, or that contains.
    case id(EntityID)
    /// Where a contained entity stands among its siblings: a number as JSON has it.
    case weight(String)
    /// An association.
    case association(Association)

    /// What `assoc:<path>` says of an association.
    package struct Association: Hashable, Sendable {
        /// The id of the association.
        package let id: EntityID
        /// The entity that it starts from; `nil` for a root.
        package let parent: EntityID?
        /// The entity that it points to.
        package let child: EntityID
        /// Its type, for example `contains`.
        package let type: [UInt8]
        /// Its weight, a number as JSON has it.
        package let weight: String
    }
}
