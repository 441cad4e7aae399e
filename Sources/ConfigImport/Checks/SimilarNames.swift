import SystemSupport
import UCG

/// Names that are equal once letter case, and the way in which characters are composed, are left out of account.
///
/// Only names that differ from their form in lower case, or are not ASCII, have to be added: all others can be similar
/// to one of those only. Complexity: O(*n*) in the names that are added.
struct SimilarNames<Place: Sendable>: Sendable {
    /// Two names that are similar.
    struct Pair: Sendable {
        let name: String
        let place: Place
        let other: String
        /// `nil` if the other name is one that was not added.
        let otherPlace: Place?
    }

    private var firsts: [String: (name: String, place: Place)] = [:]
    private var reported: Set<String> = []
    /// The pairs that were found so far.
    private(set) var pairs: [Pair] = []

    /// Whether a name has to be added.
    static func isOfInterest(_ name: Span<UInt8>) -> Bool {
        for index in name.indices where name[index] >= 0x80 || name[index].isUppercaseLetter { return true }
        return false
    }

    /// Adds a name of a scope.
    mutating func add(_ name: String, scope: Int = 0, at place: Place) {
        // Swift compares strings by canonical equivalence (Unicode Standard Annex 15).
        let folded = "\(scope) \(name.lowercased())"
        guard let first = firsts[folded] else {
            firsts[folded] = (name, place)
            return
        }
        guard !first.name.utf8.elementsEqual(name.utf8) else { return }
        guard reported.insert("\(scope) \(Array(name.utf8))").inserted else { return }
        pairs.append(Pair(name: name, place: place, other: first.name, otherPlace: first.place))
    }

    /// Pairs of an added name with one that was not: those whose form in lower case `contains` knows.
    func pairs(with contains: (_ lowered: String, _ place: Place) -> Bool) -> [Pair] {
        firsts.values.compactMap { name, place in
            let lowered = name.lowercased()
            guard !lowered.utf8.elementsEqual(name.utf8), contains(lowered, place) else { return nil }
            return Pair(name: name, place: place, other: lowered, otherPlace: nil)
        }
        .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
