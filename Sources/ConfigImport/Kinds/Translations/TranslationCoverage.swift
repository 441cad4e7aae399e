import UCG

/// Compares the locales of each key: which lack it, and whose placeholders differ.
///
/// Memory: 4 bytes a translation, where there is more than one locale at all.
struct TranslationCoverage {
    /// What one locale has of the keys of one layer and scope.
    struct Locale {
        let group: Int
        let locale: Int
        var keys = 0
        /// The entries of other locales that have a key this one lacks: the first of them, as many as a list shows.
        var lacking: [Int] = []
        /// Where it was declared.
        let declaration: TranslationCatalog.DeclaredLocale
    }

    /// A text whose placeholders are not those of the key's first text.
    struct Mismatch {
        let entry: Int
        let reference: Int
    }

    /// Locales that lack keys.
    private(set) var gaps: [Locale] = []
    /// The number of keys that each layer and scope has.
    private(set) var keyCounts: [Int]
    /// Texts with other placeholders, in the order of the files.
    private(set) var mismatches: [Mismatch] = []
    /// Which locales have a text of the key, by number; all false between two keys.
    private var isThere: [Bool] = []

    init(_ catalog: TranslationCatalog, groupOf group: (Int) -> Int, localeCount: Int) {
        keyCounts = [Int](repeating: 0, count: catalog.groups.count)
        guard localeCount > 1 else { return }
        isThere = [Bool](repeating: false, count: localeCount)
        var locales = catalog.locales.enumerated().map { group, declared in
            declared.map { Locale(group: group, locale: $0.locale, declaration: $0) }
        }
        var order = (0..<UInt32(catalog.texts.count)).map { $0 }
        order.sort { left, right in
            let (leftKey, rightKey) = (catalog.texts[Int(left)].key, catalog.texts[Int(right)].key)
            return leftKey == rightKey ? left < right : leftKey < rightKey
        }
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count,
                catalog.texts[Int(order[end])].key == catalog.texts[Int(order[start])].key
            {
                end += 1
            }
            let entries = order[start..<end].map { Int($0) }
            compare(entries, in: catalog, locales: &locales[group(entries[0])])
            keyCounts[group(entries[0])] += 1
            start = end
        }
        gaps = locales.flatMap { $0 }.filter {
            $0.keys < keyCounts[$0.group] && !catalog.incompleteGroups.contains($0.group)
        }
        mismatches.sort { $0.entry < $1.entry }
    }

    /// Compares the texts of one key, of which the first is the reference.
    private mutating func compare(
        _ entries: [Int], in catalog: TranslationCatalog, locales: inout [Locale]
    ) {
        for entry in entries.dropFirst()
        where catalog.texts[entry].placeholders != catalog.texts[entries[0]].placeholders {
            mismatches.append(Mismatch(entry: entry, reference: entries[0]))
        }
        for entry in entries { isThere[Int(catalog.texts[entry].locale)] = true }
        for index in locales.indices {
            if isThere[locales[index].locale] {
                locales[index].keys += 1
            } else {
                locales[index].lacking.append(entries[0])
                locales[index].lacking.sort()
                if locales[index].lacking.count > PlainText.listLength { locales[index].lacking.removeLast() }
            }
        }
        for entry in entries { isThere[Int(catalog.texts[entry].locale)] = false }
    }
}
