import SystemSupport

/// How an entity is named where another refers to it.
///
///     EntityReference("$welcome_hero")  // by its semantic name, whatever its type
///     EntityReference("snippet:hero-banner")
///     EntityReference("hero-banner")  // nil
package enum EntityReference: Hashable, Sendable, CustomStringConvertible {
    /// By its id.
    case id(EntityID)
    /// By type and name, `snippet:hero-banner`; the id is derived from them.
    case name(EntityType, String)
    /// By its semantic name, `$welcome_hero`, whatever its type.
    case semanticName(String)

    /// The reference written as `text`, or `nil`.
    package init?(_ text: String) {
        if let id = EntityID(text) {
            self = .id(id)
            return
        }
        if text.hasPrefix("$") {
            let name = text.utf8.dropFirst()
            guard let first = name.first, first.isLowercaseLetter || first == .underscore,
                name.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == .underscore })
            else { return nil }
            self = .semanticName(text)
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty, let type = EntityType(rawValue: String(parts[0])) else {
            return nil
        }
        self = .name(type, String(parts[1]))
    }

    /// The reference written as `text`, which must be UTF-8, or `nil`.
    package init?(_ text: Span<UInt8>) {
        if let id = EntityID(text) {
            self = .id(id)
            return
        }
        var bytes: [UInt8] = []
        bytes.append(text)
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// The reference as it is written.
    package var description: String {
        switch self {
        case .id(let id): id.description
        case .name(let type, let name): "\(type):\(name)"
        case .semanticName(let name): name
        }
    }
}
