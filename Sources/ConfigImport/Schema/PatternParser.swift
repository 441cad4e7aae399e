/// Turns a pattern's text into a program.
struct PatternParser {
    private typealias Program = [Pattern.Instruction]

    private let scalars: [Unicode.Scalar]
    /// The byte at which each scalar begins, and the end.
    private let offsets: [Int]
    private var index = 0
    private var depth = 0

    /// The deepest nesting of groups.
    private static let mostDepth = 64

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        var (offsets, offset) = ([Int](), 0)
        for scalar in scalars {
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        self.offsets = offsets + [offset]
    }

    /// The program of the whole text.
    mutating func program() throws(PatternProblem) -> [Pattern.Instruction] {
        let program = try alternatives()
        guard index == scalars.count else { throw problem("')' without '('") }
        return try checked(program + [.match], at: 0)
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private func problem(_ reason: String, at place: Int? = nil) -> PatternProblem {
        PatternProblem(offset: offsets[place ?? min(index, scalars.count)], reason: reason)
    }

    private func checked(_ program: Program, at place: Int) throws(PatternProblem) -> Program {
        guard program.count <= Pattern.mostInstructions else {
            throw problem("too large; at most \(Pattern.mostInstructions) steps are taken", at: place)
        }
        return program
    }

    private mutating func alternatives() throws(PatternProblem) -> Program {
        let start = index
        var program = try sequence()
        while next == "|" {
            index += 1
            let other = try sequence()
            program =
                [.split(1, program.count + 2)] + program + [.jump(other.count + 1)] + other
            program = try checked(program, at: start)
        }
        return program
    }

    private mutating func sequence() throws(PatternProblem) -> Program {
        var program: Program = []
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = index
            let part = try atom()
            program = try checked(program + repeated(part, from: start), at: start)
        }
        return program
    }

    // MARK: - Repetitions

    private mutating func repeated(_ part: Program, from start: Int) throws(PatternProblem) -> Program {
        var part = part
        var isFirst = true
        var place = index
        while let range = try repetition() {
            guard isFirst else {
                throw problem("a repetition of a repetition; put a group around the first", at: place)
            }
            place = index
            isFirst = false
            part = try copies(part, range, from: start)
        }
        return part
    }

    /// The bounds of a repetition that stands here; `nil` if none does.
    private mutating func repetition() throws(PatternProblem) -> (least: Int, most: Int?)? {
        let bounds: (Int, Int?)
        switch next {
        case "*": bounds = (0, nil)
        case "+": bounds = (1, nil)
        case "?": bounds = (0, 1)
        case "{": return try counted()
        default: return nil
        }
        index += 1
        if next == "?" { index += 1 }  // lazy: the same texts match
        return bounds
    }

    private mutating func counted() throws(PatternProblem) -> (least: Int, most: Int?) {
        let start = index
        index += 1
        guard let least = try number() else {
            throw problem("expected {n}, {n,} or {n,m}; a brace itself is \\{", at: start)
        }
        var most: Int? = least
        if next == "," {
            index += 1
            most = try number()
        }
        guard next == "}" else {
            throw problem("expected {n}, {n,} or {n,m}; a brace itself is \\{", at: start)
        }
        index += 1
        if let most, most < least { throw problem("the second number is below the first", at: start) }
        if next == "?" { index += 1 }
        return (least, most)
    }

    private mutating func number() throws(PatternProblem) -> Int? {
        let start = index
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 0x30)
            index += 1
            guard value ?? 0 <= Pattern.mostInstructions else {
                throw problem("at most \(Pattern.mostInstructions) repetitions are taken", at: start)
            }
        }
        return value
    }

    private func copies(
        _ part: Program, _ range: (least: Int, most: Int?), from start: Int
    ) throws(PatternProblem) -> Program {
        let count = max(range.least, range.most ?? range.least)
        guard (part.count + 1) * max(1, count) <= Pattern.mostInstructions + part.count + 1 else {
            throw problem("too large; at most \(Pattern.mostInstructions) steps are taken", at: start)
        }
        var program: Program = []
        for _ in 0..<range.least { program += part }
        guard let most = range.most else {
            // Again and again, or on.
            return program + [.split(1, part.count + 2)] + part + [.jump(-part.count - 1)]
        }
        let optional = most - range.least
        for number in 0..<optional {
            let rest = (optional - number) * (part.count + 1)
            program += [.split(1, rest)] + part
        }
        return program
    }

    // MARK: - What is repeated

    private mutating func atom() throws(PatternProblem) -> Program {
        let start = index
        guard let scalar = next else { return [] }
        index += 1
        switch scalar {
        case "(": return try group(from: start)
        case "[": return [.consume(try scalarClass(from: start))]
        case ".": return [.consume(.any)]
        case "^": return [.start]
        case "$": return [.end]
        case "\\": return [.consume(try escape(from: start))]
        case "*", "+", "?", "{":
            throw problem("nothing to repeat; the character itself is \\\(scalar)", at: start)
        default: return [.consume(ScalarClass(scalar))]
        }
    }

    private mutating func group(from start: Int) throws(PatternProblem) -> Program {
        if next == "?" {
            index += 1
            guard next == ":" else {
                throw problem(
                    "look-around and named groups are not taken; only (...) and (?:...)", at: start)
            }
            index += 1
        }
        depth += 1
        guard depth <= Self.mostDepth else { throw problem("groups nested too deeply", at: start) }
        let program = try alternatives()
        depth -= 1
        guard next == ")" else { throw problem("'(' without ')'", at: start) }
        index += 1
        return program
    }

    /// The class of what follows a backslash.
    private mutating func escape(from start: Int) throws(PatternProblem) -> ScalarClass {
        guard let scalar = next else { throw problem("nothing follows the last \\", at: start) }
        index += 1
        switch scalar {
        case "d": return .digits
        case "D": return .digits.opposite
        case "w": return .wordCharacters
        case "W": return .wordCharacters.opposite
        case "s": return .spaces
        case "S": return .spaces.opposite
        case "n": return ScalarClass("\n")
        case "r": return ScalarClass("\r")
        case "t": return ScalarClass("\t")
        case "1"..."9": throw problem("back-references are not taken", at: start)
        case "a"..."z", "A"..."Z", "0":
            throw problem(
                "\\\(scalar) means nothing here; there are \\d \\w \\s \\D \\W \\S \\n \\r \\t", at: start)
        default: return ScalarClass(scalar)
        }
    }

    private mutating func scalarClass(from start: Int) throws(PatternProblem) -> ScalarClass {
        var isNegated = false
        if next == "^" {
            isNegated = true
            index += 1
        }
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            let place = index
            let low = try member()
            guard next == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
                ranges += low.members
                continue
            }
            index += 1
            let high = try member()
            guard let first = low.only, let last = high.only, first <= last else {
                throw problem("not a range of characters", at: place)
            }
            ranges.append(first...last)
        }
        guard next == "]" else { throw problem("'[' without ']'", at: start) }
        index += 1
        return ScalarClass(ranges, isNegated: isNegated)
    }

    /// One character of a class, or a class in it.
    private mutating func member() throws(PatternProblem) -> ScalarClass {
        let start = index
        guard let scalar = next else { throw problem("'[' without ']'", at: start) }
        index += 1
        return scalar == "\\" ? try escape(from: start) : ScalarClass(scalar)
    }
}

extension ScalarClass {
    /// Its only scalar; `nil` if it has several.
    fileprivate var only: UInt32? {
        guard !isNegated, ranges.count == 1, ranges[0].count == 1 else { return nil }
        return ranges[0].lowerBound
    }
}
