import CSV
import UCG

/// What is kept of each translation to compare it with others: 24 bytes, beside its identity.
struct TranslationCatalog {
    /// One text.
    struct Entry {
        /// The key, in its layer and scope.
        let key: Fingerprint
        let value: Fingerprint
        /// The number of its set of placeholders.
        let placeholders: UInt32
        let locale: UInt16
    }

    /// A locale of one layer and scope, and where a file first says that it has it.
    struct DeclaredLocale {
        let locale: Int
        let file: Int
        let position: CSVPosition
        let field: String?
    }

    /// Layers and scopes of which rows could not be read, so that what is missing may be there.
    private(set) var incompleteGroups: Set<Int> = []
    /// The locales of each layer and scope.
    private(set) var locales: [[DeclaredLocale]] = []
    private var entries = ChunkedArray<Entry>()
    /// The number of the first translation among all identities.
    private var firstIdentity = 0
    /// Layers with their scopes, in the order in which they come.
    private(set) var groups: [TranslationSource] = []
    private var groupOfFile: [Int: Int] = [:]
    private var placeholderSets: [[String]] = [[]]
    private var placeholderNumbers: [[String]: UInt32] = [[]: 0]
    /// The same numbers by the names as texts have them, in any order, some more than once.
    private var placeholderLists: [Fingerprint: UInt32] = [:]

    var count: Int { entries.count }

    /// The number of the layer and scope of a file.
    mutating func group(of source: TranslationSource, file: Int) -> Int {
        let group = TranslationSource(layer: source.layer, scope: source.scope, locale: nil)
        let number = groups.firstIndex(of: group) ?? groups.count
        if number == groups.count {
            groups.append(group)
            locales.append([])
        }
        groupOfFile[file] = number
        return number
    }

    /// Notes that rows of a layer and scope could not be read.
    mutating func noteUnreadRows(of group: Int) { incompleteGroups.insert(group) }

    /// Notes that a layer and scope has a locale; the first place stands.
    mutating func declare(_ locale: DeclaredLocale, of group: Int) {
        if !locales[group].contains(where: { $0.locale == locale.locale }) { locales[group].append(locale) }
    }

    /// The layer and scope of a file that was read.
    func group(file: Int) -> Int { groupOfFile[file] ?? 0 }

    /// The number of a text's set of placeholders.
    mutating func placeholders(in text: Span<UInt8>) -> UInt32 {
        guard let print = Placeholders.fingerprint(of: text) else { return 0 }
        if let number = placeholderLists[print] { return number }
        let set = Placeholders.names(in: text).sorted()
        let number = placeholderNumbers[set] ?? UInt32(placeholderSets.count)
        if number == placeholderSets.count {
            placeholderSets.append(set)
            placeholderNumbers[set] = number
        }
        placeholderLists[print] = number
        return number
    }

    /// The names of a set of placeholders, sorted.
    func names(_ placeholders: UInt32) -> [String] { placeholderSets[Int(placeholders)] }

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
