import CSV
import UCG

/// The translations of a run: their texts, layers and scopes, locales and placeholders.
struct TranslationCatalog {
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
    /// The texts themselves.
    var texts = TextTable()
    /// Layers with their scopes, in the order in which they come.
    private(set) var groups: [TranslationSource] = []
    private var groupOfFile: [Int: Int] = [:]
    private var placeholderSets: [[String]] = [[]]
    private var placeholderNumbers: [[String]: UInt32] = [[]: 0]
    /// The same numbers by the names as texts have them, in any order, some more than once.
    private var placeholderLists: [Fingerprint: UInt32] = [:]

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
}
