package import UCG

extension GraphKeySetting {
    /// What an entity accounts for in the graph keys.
    ///
    /// What its data lacks, as that of an entity from another program may, leads to no entry.
    ///
    ///     GraphKeySetting.graph.entries(of: .theme, id, json: bytes.span)
    ///
    /// Complexity: O(*n*) in the bytes of the entity, which are parsed unless its type alone says everything.
    package func entries(of type: EntityType, _ id: EntityID, json: Span<UInt8>) -> [GraphEntry] {
        guard self != .none else { return [] }
        var entries = [GraphEntry(.type(type, id))]
        if type == .translation, self == .graph { return entries }
        guard let entity = JSONValue(json) else { return entries }
        if let name = entity.text("semantic_name") { entries.append(GraphEntry(.name(type, name), .id(id))) }
        if let data = entity["data"] {
            switch type {
            case .snippet: entries += Self.naturalName(data.text("snippet_type"), of: type, id)
            case .theme: entries += Self.naturalName(data.text("name"), of: type, id)
            case .association: entries += Self.edge(id, data)
            default: break
            }
        }
        if self == .words {
            for word in Self.words(of: entity) {
                entries.append(GraphEntry(.word(word, id)))
                entries.append(GraphEntry(.entityWord(id, word)))
            }
        }
        return entries
    }

    private static func naturalName(_ name: [UInt8]?, of type: EntityType, _ id: EntityID) -> [GraphEntry] {
        name.map { [GraphEntry(.name(type, $0), .id(id))] } ?? []
    }

    /// What an association accounts for, and the instance that it places by name.
    private static func edge(_ id: EntityID, _ data: JSONValue) -> [GraphEntry] {
        guard let child = data.id("child_id"), let type = data.text("association_type") else { return [] }
        var entries = [GraphEntry(.reference(from: id, to: child))]
        let weight = data.number("weight") ?? "0"
        let parent = data.id("parent_id")
        if let path = data.text("path") {
            let association = GraphValue.Association(
                id: id, parent: parent, child: child, type: type, weight: weight)
            entries.append(GraphEntry(.path(path), .association(association)))
        }
        if let parent, type == Array("contains".utf8) {
            entries.append(GraphEntry(.child(child, of: parent), .weight(weight)))
            entries.append(GraphEntry(.parent(of: child), .id(parent)))
        }
        if let instance = data.type("entity_type"),
            let name = data.text("entity_id")
        {
            entries.append(GraphEntry(.name(instance, name), .id(child)))
        }
        return entries
    }

    /// The words by which an entity is found, each once.
    private static func words(of entity: JSONValue) -> Set<[UInt8]> {
        let texts =
            [entity.text("semantic_name")]
            + ["title", "content", "description", "value"].map { entity["data"]?.text($0) }
        var words: Set<[UInt8]> = []
        for case .some(let text) in texts {
            for word in Words(of: String(decoding: text, as: UTF8.self)) { words.insert(Array(word.utf8)) }
        }
        return words
    }
}

extension JSONValue {
    fileprivate func text(_ name: String) -> [UInt8]? {
        if case .string(let bytes)? = self[name] { bytes } else { nil }
    }

    fileprivate func id(_ name: String) -> EntityID? { text(name).flatMap { EntityID($0.span) } }

    fileprivate func type(_ name: String) -> EntityType? {
        text(name).flatMap { EntityType(rawValue: String(decoding: $0, as: UTF8.self)) }
    }

    fileprivate func number(_ name: String) -> String? {
        if case .number(let text)? = self[name] { text } else { nil }
    }
}
