import SystemSupport
import UCG

/// A text that holds arguments of ICU messages, for example `{n, plural, one {# item} other {# items}}`.
///
/// The names of arguments are placeholders, and those inside their branches; the branches' own texts are not. Source:
/// ICU User Guide, "Formatting Messages".
///
/// Complexity: O(*n*) in the bytes of the text, whatever its nesting, which is followed to 64 levels.
struct ICUMessage {
    /// For each byte, where the brace is that closes the one there; 0 where none does.
    private let closings: [Int]

    private static let mostLevels = 64

    private static let keywords = [
        "plural", "select", "selectordinal", "number", "date", "time", "spellout", "ordinal", "duration",
        "choice",
        "list",
    ].map { Array($0.utf8) }

    /// Whether a text holds an argument with a type, quoted or not.
    static func hasArgument(_ text: Span<UInt8>) -> Bool {
        guard text.contains(UInt8(ascii: ",")) else { return false }
        for index in text.indices where text[index] == UInt8(ascii: "{") {
            if argument(text, at: index) != nil { return true }
        }
        return false
    }

    /// An argument with a type at `index`: its name, and where its type ends.
    private static func argument(_ text: Span<UInt8>, at index: Int) -> (name: Range<Int>, typeEnd: Int)? {
        let start = Placeholders.skipSpace(text, index + 1)
        let end = Placeholders.nameEnd(text, start)
        guard end > start else { return nil }
        let comma = Placeholders.skipSpace(text, end)
        guard comma < text.count, text[comma] == UInt8(ascii: ",") else { return nil }
        let typeStart = Placeholders.skipSpace(text, comma + 1)
        var typeEnd = typeStart
        while typeEnd < text.count, text[typeEnd].isLowercaseLetter { typeEnd += 1 }
        let isType = keywords.contains { word in
            word.count == typeEnd - typeStart && word.indices.allSatisfy { text[typeStart + $0] == word[$0] }
        }
        let next = Placeholders.skipSpace(text, typeEnd)
        guard isType, next < text.count, text[next] == UInt8(ascii: ",") || text[next] == UInt8(ascii: "}")
        else {
            return nil
        }
        return (start..<end, next)
    }

    init(_ text: Span<UInt8>) {
        var closings = [Int](repeating: 0, count: text.count)
        var open: [Int] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "{"): open.append(index)
            case UInt8(ascii: "}"): if let start = open.popLast() { closings[start] = index }
            case UInt8(ascii: "'"):
                index = Self.quoteEnd(text, index)
                continue
            default: break
            }
            index += 1
        }
        self.closings = closings
    }

    /// Where what an apostrophe begins ends: a doubled one, a quoted piece of text, or only itself.
    private static func quoteEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        guard start + 1 < text.count else { return start + 1 }
        if text[start + 1] == UInt8(ascii: "'") { return start + 2 }
        guard text[start + 1] == UInt8(ascii: "{") || text[start + 1] == UInt8(ascii: "}") else {
            return start + 1
        }
        var index = start + 1
        while index < text.count {
            if text[index] == UInt8(ascii: "'") {
                guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "'") else { return index + 1 }
                index += 1
            }
            index += 1
        }
        return index
    }

    /// What a brace has opened that is not closed yet.
    private enum Level {
        /// The style of an argument, in which a brace opens a branch.
        case argument
        /// Text: a branch, or braces without a meaning.
        case text
    }

    /// Calls `body` with each name, in their order, repeated ones again.
    func forEachName(_ text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var levels: [Level] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "'"):
                index = Self.quoteEnd(text, index)
                continue
            case UInt8(ascii: "}"): _ = levels.popLast()
            case UInt8(ascii: "{") where closings[index] > 0:
                if levels.count >= Self.mostLevels {
                    index = closings[index]  // which closes what is not looked into
                } else if levels.last == .argument {
                    levels.append(.text)
                } else if let found = Placeholders.simple(text, at: index) {
                    body(text.extracting(found.name))
                    index = found.end
                    continue
                } else if let found = Self.argument(text, at: index) {
                    body(text.extracting(found.name))
                    levels.append(.argument)
                    index = found.typeEnd
                    continue
                } else {
                    levels.append(.text)
                }
            default: break
            }
            index += 1
        }
    }
}
