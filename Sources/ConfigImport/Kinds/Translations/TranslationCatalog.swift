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
    /// The same to look up: layer and scope in the upper bits, the locale in the lowest 16.
    private var declared: Set<Int> = []
    /// The texts themselves.
    var texts = TextTable()
    /// Layers with their scopes, in the order in which they come.
    private(set) var groups: [LayerPlace] = []
    private var groupNumbers: [LayerPlace: Int] = [:]
    private var groupOfFile: [Int: Int] = [:]
    /// Keys of rows without any text.
    private(set) var untranslated: [Untranslated] = []
    /// Keys that have to be compared with others, without regard to letter case.
    var similarKeys = SimilarNames<KeyPlace>()

    /// A key of a row without any text.
    struct Untranslated {
        let key: Fingerprint
        let text: String
        let group: Int
        let file: Int
        let position: CSVPosition
    }

    /// Where a key stands.
    struct KeyPlace: Sendable {
        let file: Int
        let position: CSVPosition
        let field: String
        let group: Int
    }
    private var placeholderSets: [[String]] = [[]]
    private var placeholderNumbers: [[String]: UInt32] = [[]: 0]
    /// The same numbers by the names as texts have them, in any order, some more than once.
    private var placeholderLists: [Fingerprint: UInt32] = [:]

    /// The locales that have a text, by layer and scope.
    private var translated: Set<Int> = []

    /// Notes that a layer and scope has a text in a locale.
    mutating func recordText(of group: Int, locale: Int) { translated.insert(group << 16 | locale) }

    /// The layers and scopes that have a text in a locale.
    func groups(_ locales: LocaleTable) -> Set<EntityGroup> {
        Set(
            translated.map { place in
                let source = groups[place >> 16]
                return EntityGroup(
                    layer: source.layer.rawValue, scope: source.scope,
                    locale: locales[place & 0xFFFF].rawValue)
            })
    }

    /// The number of the layer and scope of a file.
    mutating func group(of source: LayerPlace, file: Int) -> Int {
        let group = LayerPlace(layer: source.layer, scope: source.scope, locale: nil)
        let number = groupNumbers[group] ?? groups.count
        if number == groups.count {
            groupNumbers[group] = number
            groups.append(group)
            locales.append([])
        }
        groupOfFile[file] = number
        return number
    }

    /// Notes that rows of a layer and scope could not be read.
    mutating func recordUnreadRows(of group: Int) { incompleteGroups.insert(group) }

    /// Notes a row without any text.
    mutating func record(_ row: Untranslated) { untranslated.append(row) }

    /// Notes that a layer and scope has a locale; the first place stands.
    mutating func declare(_ locale: DeclaredLocale, of group: Int) {
        if declared.insert(group << 16 | locale.locale).inserted { locales[group].append(locale) }
    }

    /// The layer and scope of a file that was read.
    func group(file: Int) -> Int { groupOfFile[file] ?? 0 }

    /// The number of a text's set of placeholders.
    mutating func placeholders(in text: Span<UInt8>) -> UInt32 {
        guard let print = Placeholders.fingerprint(of: text) else { return 0 }
        if let number = placeholderLists[print] { return number }
        let set = Placeholders.comparable(in: text)
        let number = placeholderNumbers[set] ?? UInt32(placeholderSets.count)
        if number == placeholderSets.count {
            placeholderSets.append(set)
            placeholderNumbers[set] = number
        }
        placeholderLists[print] = number
        return number
    }

    /// A set of placeholders, as texts have them, sorted.
    func names(_ placeholders: UInt32) -> [String] { placeholderSets[Int(placeholders)] }
}
