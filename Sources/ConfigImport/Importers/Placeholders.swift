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
        } else {
            for name in names(in: text) { json.string(name) }
        }
        json.endArray()
    }

    /// Which names there are, in which order: texts with equal ones have equal fingerprints.
    static func fingerprint(of text: Span<UInt8>) -> Fingerprint? {
        var print: Fingerprint?
        forEach(in: text) { print = Fingerprint($0, after: print) }
        return print
    }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        byte.isLetter || byte == .underscore || (!isFirst && byte.isDigit)
    }
}
