import UCG

/// What is kept of each translation to compare it with others: 24 bytes, in addition to its identity.
struct TextTable: Sendable {
    /// One text.
    struct Entry: Sendable {
        /// The key, in its layer and scope.
        let key: Fingerprint
        let value: Fingerprint
        /// The number of its set of placeholders.
        let placeholders: UInt32
        let locale: UInt16
    }

    private var entries = ChunkedArray<Entry>()
    /// The number of the first translation among all identities.
    private var firstIdentity = 0

    var count: Int { entries.count }

    /// Adds a text whose identity has the number `identity`; they come one after the other.
    mutating func append(_ entry: Entry, identity: Int) {
        if entries.count == 0 { firstIdentity = identity }
        entries.append(entry)
    }

    /// The text with the identity of that number.
    func entry(identity: Int) -> Entry { entries[identity - firstIdentity] }

    subscript(index: Int) -> Entry { entries[index] }

    /// The number of an entry's identity.
    func identity(of index: Int) -> Int { index + firstIdentity }
}
