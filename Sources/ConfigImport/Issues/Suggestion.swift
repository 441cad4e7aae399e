/// What somebody may have meant.
///
///     Suggestion.suffix(for: "theme_nme", among: ["theme_name"])  // (did you mean 'theme_name'?)
package enum Suggestion {
    /// ` (did you mean 'corporate'?)` if a name is close to `word`, else nothing.
    package static func suffix(for word: String, among names: some Sequence<String>) -> String {
        guard let name = closest(to: word, among: names) else { return "" }
        return " (did you mean \(PlainText.quoted(name))?)"
    }

    /// ` (did you mean 'theme_nme' to be this column?)` if one of `words` is close to one of `names`, else nothing.
    static func reverseSuffix(for names: [String], among words: [String]) -> String {
        let meant = words.first { closest(to: $0.lowercased(), among: names) != nil }
        return meant.map { " (did you mean \(PlainText.quoted($0)) to be this column?)" } ?? ""
    }

    /// The name that the fewest changes make of `word`: at most a third of its letters.
    static func closest(to word: String, among names: some Sequence<String>) -> String? {
        let letters = Array(word.unicodeScalars)
        guard (2...64).contains(letters.count) else { return nil }
        var best: (name: String, distance: Int)?
        for name in names where name != word {
            let limit = min(best.map { $0.distance - 1 } ?? .max, max(1, letters.count / 3))
            let other = Array(name.unicodeScalars)
            guard abs(other.count - letters.count) <= limit else { continue }
            let distance = distance(from: letters, to: other)
            if distance <= limit { best = (name, distance) }
        }
        return best?.name
    }

    /// The fewest insertions, deletions, substitutions and swaps of neighbours
    /// that make `right` of `left` (optimal string alignment).
    private static func distance(from left: [Unicode.Scalar], to right: [Unicode.Scalar]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1..<(right.count + 1) {
                let isSame = left[row - 1] == right[column - 1]
                var cost = min(
                    previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1]
                {
                    cost = min(cost, beforePrevious[column - 2] + 1)
                }
                current.append(cost)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
