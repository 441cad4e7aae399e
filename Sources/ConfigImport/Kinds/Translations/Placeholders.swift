import SystemSupport
import UCG

/// The parts of a text that its reader's values replace: `{name}`, `{{ name }}`, and the arguments of ICU messages.
///
/// A text is read from left to right, a fixed number of times. Braces that do not fit are text.
/// Complexity: O(*n*) in the bytes of the text.
enum Placeholders {
    /// Calls `body` with each name, in their order, repeated ones again.
    static func forEach(in text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        guard text.contains(UInt8(ascii: "{")) else { return }
        if ICUMessage.hasArgument(text) {
            ICUMessage(text).forEachName(text, body)
        } else {
            forEachSimple(in: text, body)
        }
    }

    private static func forEachSimple(in text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "{"), let found = simple(text, at: index) else {
                index += 1
                continue
            }
            body(text.extracting(found.name))
            index = found.end
        }
    }

    /// `{name}`, `{0}` or `{{ name }}`, if it stands at `index`.
    static func simple(_ text: Span<UInt8>, at index: Int) -> (name: Range<Int>, end: Int)? {
        let isDouble = index + 1 < text.count && text[index + 1] == UInt8(ascii: "{")
        let start = isDouble ? skipSpace(text, index + 2) : index + 1
        let end = nameEnd(text, start)
        guard end > start else { return nil }
        var close = isDouble ? skipSpace(text, end) : end
        for _ in 0..<(isDouble ? 2 : 1) {
            guard close < text.count, text[close] == UInt8(ascii: "}") else { return nil }
            close += 1
        }
        return (start..<end, close)
    }

    /// Where the name or number ends that begins at `start`; `start` itself if there is none.
    static func nameEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        guard start < text.count else { return start }
        if text[start].isDigit {
            while index < text.count, text[index].isDigit { index += 1 }
            return index
        }
        guard text[start].isLetter || text[start] == .underscore else { return start }
        while index < text.count, isNameByte(text[index]) { index += 1 }
        return index
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == .underscore || byte == UInt8(ascii: ".")
    }

    static func skipSpace(_ text: Span<UInt8>, _ start: Int) -> Int {
        var index = start
        while index < text.count, text[index] == 0x20 || (9...13).contains(text[index]) { index += 1 }
        return index
    }

    // MARK: - Lists

    /// The names, each once, in the order of their first appearance.
    static func names(in text: Span<UInt8>) -> [String] {
        var names: [String] = []
        var seen: Set<String> = []
        forEach(in: text) { name in
            let name = PlainText.string(name)
            if seen.insert(name).inserted { names.append(name) }
        }
        return names
    }

    /// Writes the names as an array, each once, in the order of their first appearance.
    static func write(_ text: Span<UInt8>, to json: inout JSONWriter) {
        json.beginArray()
        var first: Fingerprint?
        var isOne = true
        forEach(in: text) { name in
            let print = Fingerprint(name)
            if first == nil { first = print } else if first != print { isOne = false }
        }
        if first != nil, isOne {
            var isWritten = false
            forEach(in: text) { name in
                if !isWritten { json.string(name) }
                isWritten = true
            }
        } else if first != nil {
            for name in names(in: text) { json.string(name) }
        }
        json.endArray()
    }

    /// What has to be the same in every locale of a key, sorted: names in braces, and forms of printf.
    static func comparable(in text: Span<UInt8>) -> [String] {
        var formats: Set<String> = []
        FormatPlaceholders.forEach(in: text) { formats.insert(PlainText.string($0)) }
        return names(in: text).sorted().map { "{\($0)}" } + formats.sorted()
    }

    /// Which placeholders there are, in which order: texts with equal ones have equal fingerprints.
    static func fingerprint(of text: Span<UInt8>) -> Fingerprint? {
        var print: Fingerprint?
        forEach(in: text) { print = Fingerprint($0, after: print) }
        FormatPlaceholders.forEach(in: text) { print = Fingerprint($0, after: print) }
        return print
    }
}
