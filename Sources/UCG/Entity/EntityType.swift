/// What kind of thing an entity is: `snippet`, `theme`, or a custom type such as `page`.
public struct EntityType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The type as it stands in the key: `[a-z][a-z0-9_-]*`, at most 64 characters.
    public let rawValue: String

    /// The type named `rawValue`, or `nil` if no type can have that name.
    public init?(rawValue: String) {
        let bytes = rawValue.utf8
        guard let first = bytes.first, first.isLowercaseLetter, bytes.count <= 64,
            bytes.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == .underscore || $0 == .hyphen })
        else { return nil }
        self.rawValue = rawValue
    }

    private init(builtIn name: StaticString) { rawValue = "\(name)" }

    /// A snippet type: what a snippet is made of.
    public static let snippet = EntityType(builtIn: "snippet")
    /// A theme, alone or derived from another.
    public static let theme = EntityType(builtIn: "theme")
    /// An edge of the graph.
    public static let association = EntityType(builtIn: "association")
    /// One text in one language.
    public static let translation = EntityType(builtIn: "translation")

    /// The type's name.
    public var description: String { rawValue }
}
