/// A regular expression whose search takes time in proportion to the text, whatever the expression is.
///
/// It knows literals, `.` (anything but a line feed), classes such as `[a-z_]`, `[^0-9]`, `\d`, `\w`, `\s` and their
/// opposites (ASCII), the anchors `^` and `$` of the whole text, groups `(…)` and `(?:…)`, alternatives `|`, and the
/// repetitions `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, each also lazy. It looks at Unicode scalars, and finds a match
/// anywhere in the text. Back-references and look-around are refused: no engine can search for them in linear time.
///
///     let sku = try Pattern("^[A-Z]{2}-[0-9]{4}$")
///     sku.matches("UL-0001")  // true
struct Pattern: Hashable, Sendable {
    /// The expression as it was written.
    let text: String
    private let program: [Instruction]

    /// The most instructions of a program.
    static let mostInstructions = 1000

    /// One step of a search.
    enum Instruction: Hashable, Sendable {
        /// Consumes a scalar of a class.
        case consume(ScalarClass)
        /// Goes on at two places; relative to this one.
        case split(Int, Int)
        /// Goes on at another place; relative to this one.
        case jump(Int)
        /// Goes on at the beginning of the text only.
        case start
        /// Goes on at the end of the text only.
        case end
        /// The text matches.
        case match
    }

    /// The pattern written as `text`.
    ///
    /// - Throws: ``PatternProblem`` if it is not one that can be searched for in linear time.
    init(_ text: String) throws(PatternProblem) {
        self.text = text
        var parser = PatternParser(text)
        program = try parser.program()
    }

    /// Whether the pattern occurs in a text.
    ///
    /// Complexity: O(*n* · *m*) in the scalars of the text and the instructions of the pattern, which are at most 1,000.
    func matches(_ text: String) -> Bool {
        var search = PatternSearch(program)
        return search.finds(in: text)
    }
}

/// Why a text is not a pattern.
struct PatternProblem: Error, Hashable {
    /// The byte of the pattern that the reason is about, from 0.
    let offset: Int
    let reason: String
}

/// A set of Unicode scalars.
struct ScalarClass: Hashable, Sendable {
    /// The scalars, in ranges.
    var ranges: [ClosedRange<UInt32>]
    /// Whether all other scalars are meant.
    var isNegated = false

    /// Whether a scalar belongs to it.
    func contains(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return !isNegated }
        return isNegated
    }

    /// One scalar.
    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    /// Anything but a line feed.
    static let any = ScalarClass([0x0A...0x0A], isNegated: true)
    static let digits = ScalarClass([0x30...0x39])
    /// Letters, digits and the underscore.
    static let wordCharacters = ScalarClass([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    /// Space, tab, line feed, vertical tab, form feed and carriage return.
    static let spaces = ScalarClass([0x09...0x0D, 0x20...0x20])

    /// All other scalars, as ranges.
    var opposite: ScalarClass { ScalarClass(ranges, isNegated: !isNegated) }

    /// The ranges of the scalars that belong to it.
    var members: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var (members, next) = ([ClosedRange<UInt32>](), UInt32(0))
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { members.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        return next > 0x10FFFF ? members : members + [next...0x10FFFF]
    }
}
