import SystemSupport
import UCG

/// How a row names another entity.
enum Reference: Hashable, Sendable {
    /// By its id.
    case id(EntityID)
    /// By type and name, `snippet:hero-banner`; the id is derived from them.
    case name(EntityType, String)
    /// By its semantic name, `$welcome_hero`, whatever its type.
    case semanticName(String)

    /// The reference written as `text`, or `nil`.
    init?(_ text: Span<UInt8>) {
        if let id = EntityID(text) {
            self = .id(id)
            return
        }
        let string = PlainText.string(text)
        if string.hasPrefix("$") {
            let name = string.utf8.dropFirst()
            guard let first = name.first, first.isLowercaseLetter || first == .underscore,
                name.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == .underscore })
            else { return nil }
            self = .semanticName(string)
            return
        }
        let parts = string.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let type = EntityType(rawValue: String(parts[0])) else {
            return nil
        }
        self = .name(type, String(parts[1]))
    }

    /// The id that it stands for; `nil` for a semantic name that no entity, or more than one, has.
    func id(by names: SemanticNames) -> EntityID? {
        switch self {
        case .id(let id): return id
        case .name(let type, let name): return names.id(type, name)
        case .semanticName(let name):
            guard case .entity(let id) = names.resolve(name.dropFirst()) else { return nil }
            return id
        }
    }
}
