import SystemSupport

/// Who imports: the name under which the importer keeps what it knows of its own entities, and its keys.
///
///     ImportSource(keyPrefix: "", name: "shop")
///     ImportSource(keyPrefix: "", name: "The shop")  // nil
package struct ImportSource: Hashable, Sendable {
    /// What every key begins with, as it stands; usually empty.
    package let keyPrefix: String
    /// The source's name.
    package let name: String

    /// The name of a source that got none.
    package static let defaultName = "csv"

    /// The source that got no name.
    package init(keyPrefix: String) {
        self.keyPrefix = keyPrefix
        name = Self.defaultName
    }

    /// The source called `name`; `nil` if none can have that name: `[a-z0-9][a-z0-9_-]{0,63}`.
    package init?(keyPrefix: String, name: String) {
        func isFirst(_ byte: UInt8) -> Bool { byte.isLowercaseLetter || byte.isDigit }
        let bytes = name.utf8
        guard let first = bytes.first, isFirst(first), bytes.count <= 64,
            bytes.allSatisfy({ isFirst($0) || $0 == .underscore || $0 == .hyphen })
        else { return nil }
        self.keyPrefix = keyPrefix
        self.name = name
    }
}
