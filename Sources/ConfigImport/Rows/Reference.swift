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

    /// The id it stands for; `nil` for a semantic name, which no id can be derived from.
    var id: EntityID? {
        switch self {
        case .id(let id): id
        case .name(let type, let name): EntityName.id(type, name)
        case .semanticName: nil
        }
    }
}
