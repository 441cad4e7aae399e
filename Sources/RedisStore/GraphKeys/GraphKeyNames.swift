import GraphSync
import UCG

/// The Redis keys of the graph.
struct GraphKeyNames {
    private let prefix: [UInt8]

    /// Keys that begin with `prefix`.
    init(prefix: String) { self.prefix = Array(prefix.utf8) }

    /// What the keys of each sort begin with, `prefix` aside, for the rights of a user.
    static let beginnings = [
        "semantic:", "type_index:", "assoc:", "children:", "parent:", "refs:", "word:", "entity_words:",
    ]

    /// The key that a slot is, or is in.
    func key(of slot: GraphSlot) -> [UInt8] {
        switch slot {
        case .name(let type, let name): key("semantic:\(type):", name)
        case .type(let type, _): key("type_index:\(type)", [])
        case .path(let path): key("assoc:", path)
        case .child(_, let parent): key("children:", parent)
        case .parent(let child): key("parent:", child)
        case .reference(_, let child): key("refs:", child)
        case .word(let word, _): key("word:", word)
        case .entityWord(let id, _): key("entity_words:", id)
        }
    }

    /// The same as text, for messages.
    func text(of slot: GraphSlot) -> String { String(decoding: key(of: slot), as: UTF8.self) }

    private func key(_ beginning: String, _ end: [UInt8]) -> [UInt8] { prefix + Array(beginning.utf8) + end }
    private func key(_ beginning: String, _ id: EntityID) -> [UInt8] { key(beginning, id.text) }
}

extension EntityID {
    /// The id as the bytes of its text.
    var text: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }
}

extension GraphSlot {
    /// What stands for the slot in its key, if that holds many; `nil` if the slot is a key of its own.
    var member: [UInt8]? {
        switch self {
        case .name, .path, .parent: nil
        case .type(_, let id), .child(let id, _), .reference(let id, _), .word(_, let id): id.text
        case .entityWord(_, let word): word
        }
    }
}
