import SystemSupport

/// Checks JSON text and takes its insignificant white space away (RFC 8259).
///
/// Numbers and strings stay as they are written.
///
///     JSONText.kind(of: Array("[1,2]".utf8).span)  // .array; nil if it is not JSON
package enum JSONText {
    /// What a JSON text is.
    package enum Kind: Sendable {
        /// `{...}`
        case object
        /// `[...]`
        case array
        /// A string, a number, `true`, `false` or `null`.
        case scalar
    }

    /// Containers may be nested this deep.
    package static let maximumDepth = 512

    /// What `text` is; `nil` if it is not JSON, or nested deeper than ``maximumDepth``.
    package static func kind(of text: Span<UInt8>) -> Kind? {
        var discarded = JSONWriter()
        return minify(text, into: &discarded)
    }

    /// Writes `text` without insignificant white space, as a value.
    ///
    /// - Returns: What it is; `nil` if it is not JSON, and then what was written
    ///   is a beginning of it. Complexity: O(*n*).
    @discardableResult
    package static func minify(_ text: Span<UInt8>, into json: inout JSONWriter) -> Kind? {
        json.separate()
        var index = 0
        /// The closing bracket of each open container.
        var open: [UInt8] = []
        skipSpace(text, &index)
        guard index < text.count else { return nil }
        let kind: Kind =
            switch text[index] {
            case UInt8(ascii: "{"): .object
            case UInt8(ascii: "["): .array
            default: .scalar
            }
        while true {
            // Here a value is due.
            guard index < text.count else { return nil }
            let byte = text[index]
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                guard open.count < maximumDepth else { return nil }
                open.append(byte + 2)  // `}` and `]` come two after `{` and `[` in ASCII
                json.appendVerbatim(byte)
                index += 1
                skipSpace(text, &index)
                if index < text.count, text[index] != open[open.count - 1] {
                    if byte == UInt8(ascii: "{") {
                        guard copyKey(text, &index, &json) else { return nil }
                    }
                    continue
                }
            } else {
                guard copyScalar(text, &index, &json) else { return nil }
                skipSpace(text, &index)
            }
            // Behind a value: close containers until one goes on.
            while let close = open.last, index < text.count, text[index] == close {
                json.appendVerbatim(close)
                open.removeLast()
                index += 1
                skipSpace(text, &index)
            }
            guard let close = open.last else { return index == text.count ? kind : nil }
            guard index < text.count, text[index] == UInt8(ascii: ",") else { return nil }
            json.appendVerbatim(UInt8(ascii: ","))
            index += 1
            skipSpace(text, &index)
            if close == UInt8(ascii: "}") {
                guard copyKey(text, &index, &json) else { return nil }
            }
        }
    }

    /// Whether `text` is a number by the grammar of RFC 8259, section 6.
    package static func isNumber(_ text: Span<UInt8>) -> Bool {
        var index = 0
        return skipNumber(text, &index) && index == text.count
    }

    /// Whether `text` is an integer by that grammar: no fraction, exponent or leading zero.
    package static func isInteger(_ text: Span<UInt8>) -> Bool {
        var index = 0
        return skipInteger(text, &index) && index == text.count
    }

    private static func skipSpace(_ text: Span<UInt8>, _ index: inout Int) {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private static func copyKey(_ text: Span<UInt8>, _ index: inout Int, _ json: inout JSONWriter) -> Bool {
        let start = index
        guard skipString(text, &index) else { return false }
        for position in start..<index { json.appendVerbatim(text[position]) }
        skipSpace(text, &index)
        guard index < text.count, text[index] == UInt8(ascii: ":") else { return false }
        json.appendVerbatim(UInt8(ascii: ":"))
        index += 1
        skipSpace(text, &index)
        return true
    }

    private static func copyScalar(_ text: Span<UInt8>, _ index: inout Int, _ json: inout JSONWriter) -> Bool
    {
        let start = index
        let isScalar =
            switch text[index] {
            case UInt8(ascii: "\""): skipString(text, &index)
            case UInt8(ascii: "t"): skipWord("true", text, &index)
            case UInt8(ascii: "f"): skipWord("false", text, &index)
            case UInt8(ascii: "n"): skipWord("null", text, &index)
            default: skipNumber(text, &index)
            }
        guard isScalar else { return false }
        for position in start..<index { json.appendVerbatim(text[position]) }
        return true
    }

    private static func skipWord(_ word: String, _ text: Span<UInt8>, _ index: inout Int) -> Bool {
        for byte in word.utf8 {
            guard index < text.count, text[index] == byte else { return false }
            index += 1
        }
        return true
    }

    private static func skipString(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: "\"") else { return false }
        index += 1
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return true
            case 0..<0x20: return false
            case UInt8(ascii: "\\"):
                guard index < text.count, skipEscape(text, &index) else { return false }
            default: continue
            }
        }
        return false
    }

    private static func skipEscape(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        let letter = text[index]
        index += 1
        switch letter {
        case UInt8(ascii: "u"):
            guard index + 4 <= text.count else { return false }
            for _ in 0..<4 {
                guard text[index].hexValue != nil else { return false }
                index += 1
            }
            return true
        default:
            return [UInt8]("\"\\/bfnrt".utf8).contains(letter)
        }
    }

    static func skipNumber(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        guard skipInteger(text, &index) else { return false }
        if index < text.count, text[index] == UInt8(ascii: ".") {
            index += 1
            guard skipDigits(text, &index) else { return false }
        }
        if index < text.count, text[index].lowercased == UInt8(ascii: "e") {
            index += 1
            if index < text.count, [UInt8(ascii: "+"), .hyphen].contains(text[index]) { index += 1 }
            guard skipDigits(text, &index) else { return false }
        }
        return true
    }

    private static func skipInteger(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        if index < text.count, text[index] == .hyphen { index += 1 }
        if index < text.count, text[index] == UInt8(ascii: "0") {
            index += 1
            return true
        }
        return skipDigits(text, &index)
    }

    private static func skipDigits(_ text: Span<UInt8>, _ index: inout Int) -> Bool {
        let start = index
        while index < text.count, text[index].isDigit { index += 1 }
        return index > start
    }
}
