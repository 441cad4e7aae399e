import UCG

/// The `{name}` in a text that its reader's values replace.
enum Placeholders {
    /// Calls `body` with the name in each `{name}`, in their order, repeated ones again.
    ///
    /// A name is a letter or `_`, then letters, digits and `_`. Other braces are text.
    static func forEach(in text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        guard text.contains(UInt8(ascii: "{")) else { return }
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "{") else {
                index += 1
                continue
            }
            let start = index + 1
            index = start
            while index < text.count, isNameByte(text[index], isFirst: index == start) { index += 1 }
            if index > start, index < text.count, text[index] == UInt8(ascii: "}") {
                body(text.extracting(start..<index))
                index += 1
            }
        }
    }

    /// The names, each once, in the order of their first appearance.
    static func names(in text: Span<UInt8>) -> [String] {
        var names: [String] = []
        forEach(in: text) { name in
            let name = PlainText.string(name)
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        byte.isLetter || byte == .underscore || (!isFirst && byte.isDigit)
    }
}
