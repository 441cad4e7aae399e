/// Searches a text for a pattern: all ways through the program at once, so that none is taken twice at one place of the
/// text (Thompson, "Regular Expression Search Algorithm", 1968).
struct PatternSearch {
    private let program: [Pattern.Instruction]
    /// The consuming instructions that the search has reached.
    private var current: [Int] = []
    private var following: [Int] = []
    /// The place of the text at which each instruction was reached last, from 1.
    private var reached: [Int]
    private var isFound = false

    init(_ program: [Pattern.Instruction]) {
        self.program = program
        reached = [Int](repeating: 0, count: program.count)
    }

    /// Whether the pattern occurs in the text.
    mutating func finds(in text: String) -> Bool {
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        var place = 1
        enter(0, at: place, isLast: next == nil)
        while let scalar = next, !isFound {
            next = scalars.next()
            place += 1
            swap(&current, &following)
            current.removeAll(keepingCapacity: true)
            for instruction in following {
                guard case .consume(let scalarClass) = program[instruction],
                    scalarClass.contains(scalar.value)
                else { continue }
                enter(instruction + 1, at: place, isLast: next == nil)
            }
            // A match may begin anywhere.
            enter(0, at: place, isLast: next == nil)
        }
        return isFound
    }

    /// Follows the program from an instruction to those that consume a scalar.
    private mutating func enter(_ instruction: Int, at place: Int, isLast: Bool) {
        var waiting = [instruction]
        while let instruction = waiting.popLast() {
            guard reached[instruction] != place else { continue }
            reached[instruction] = place
            switch program[instruction] {
            case .consume: current.append(instruction)
            case .split(let first, let second):
                waiting.append(instruction + second)
                waiting.append(instruction + first)
            case .jump(let distance): waiting.append(instruction + distance)
            case .start: if place == 1 { waiting.append(instruction + 1) }
            case .end: if isLast { waiting.append(instruction + 1) }
            case .match: isFound = true
            }
        }
    }
}
