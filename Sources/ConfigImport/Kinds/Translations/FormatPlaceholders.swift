import SystemSupport
import UCG

/// Placeholders as printf has them, `%s`, `%1$s`, `%(name)s`, and `%name%`: they are compared between locales, and not
/// listed in an entity.
///
/// A percent sign before white space or a word is text: `100 % sure`, `5%discount`.
enum FormatPlaceholders {
    /// Calls `body` with each of them, in their order.
    ///
    /// - Complexity: O(*n*) in the bytes of the text.
    static func forEach(in text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
        guard text.contains(UInt8(ascii: "%")) else { return }
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "%") else {
                index += 1
                continue
            }
            if index + 1 < text.count, text[index + 1] == UInt8(ascii: "%") {
                index += 2  // a percent sign itself
            } else if let end = end(text, index + 1) {
                body(text.extracting(index..<end))
                index = end
            } else {
                index += 1
            }
        }
    }

    private static func end(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        if index < text.count, text[index] == UInt8(ascii: "(") {
            index += 1
            while index < text.count, isWordByte(text[index]) { index += 1 }
            guard index > start + 1, index < text.count, text[index] == UInt8(ascii: ")") else { return nil }
            return conversionEnd(text, index + 1)
        }
        if index < text.count, text[index].isLetter || text[index] == .underscore {
            while index < text.count, isWordByte(text[index]) { index += 1 }
            if index < text.count, text[index] == UInt8(ascii: "%") { return index + 1 }
            index = start
        }
        while index < text.count, text[index].isDigit { index += 1 }
        // `1$` numbers the argument; else the digits are a width.
        if index > start, index < text.count, text[index] == UInt8(ascii: "$") { index += 1 }
        return conversionEnd(text, index)
    }

    /// Where flags, width, precision and the letter of a conversion end; `nil` if there is no such letter.
    private static func conversionEnd(_ text: Span<UInt8>, _ start: Int) -> Int? {
        var index = start
        while index < text.count, text[index].isDigit || "-+#.".utf8.contains(text[index]) { index += 1 }
        while index < text.count, "hlqLzjt".utf8.contains(text[index]), index < start + 4 { index += 1 }
        guard index < text.count, "sdiufFeEgGxXc@".utf8.contains(text[index]) else { return nil }
        let isWord = index + 1 < text.count && isWordByte(text[index + 1])
        return isWord ? nil : index + 1
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte.isLetter || byte.isDigit || byte == .underscore || byte >= 0x80
    }
}
