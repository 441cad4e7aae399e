import SystemSupport

/// What kind of thing an entity is: `snippet`, `theme`, or a custom type, for example `page`.
///
///     EntityType(rawValue: "menu-item")
///     EntityType(rawValue: "Menu item")  // nil
package struct EntityType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The type as it stands in the key: `[a-z][a-z0-9_-]*`, at most 64 characters.
    package let rawValue: String

    /// The type named `rawValue`, or `nil` if no type can have that name.
    package init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard let first = bytes.first, first.isLowercaseLetter, bytes.count <= 64,
            bytes.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == .underscore || $0 == .hyphen })
        else { return nil }
        self.rawValue = rawValue
    }

    private init(builtIn name: StaticString) { rawValue = "\(name)" }

    /// A snippet type: what a snippet is made of.
    package static let snippet = EntityType(builtIn: "snippet")
    /// A theme, alone or derived from another.
    package static let theme = EntityType(builtIn: "theme")
    /// An edge of the graph.
    package static let association = EntityType(builtIn: "association")
    /// One text in one language.
    package static let translation = EntityType(builtIn: "translation")

    /// The built-in types, in an order in which no reference dangles while they are written one after the other.
    package static let builtIn: [EntityType] = [.snippet, .theme, .association, .translation]

    @inlinable package static func == (left: EntityType, right: EntityType) -> Bool {
        left.rawValue == right.rawValue
    }

    /// The type's name.
    package var description: String { rawValue }
}
