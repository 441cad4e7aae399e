import SystemSupport

extension JSONText {
    /// Whether `text` is JSON in the one form that ``JSONWriter`` gives it: no white space between its parts, and
    /// nothing escaped that need not be, or in another way.
    ///
    /// Two such texts of the same value have the same bytes but for the order of members; so if they have not, their
    /// values differ. False, too, for containers nested deeper than 64.
    /// Complexity: O(*n*).
    static func isCanonical(_ text: Span<UInt8>) -> Bool {
        var scan = CanonicalScan()
        return scan.passes(text)
    }
}

/// A walk over JSON that ends where it is not canonical.
private struct CanonicalScan {
    private var index = 0
    private var depth = 0
    /// The open containers, the innermost in the lowest bit: 1 for an object.
    private var objects: UInt64 = 0

    private static let deepest = 64

    mutating func passes(_ text: Span<UInt8>) -> Bool {
        while true {
            // Here a value is due.
            guard index < text.count else { return false }
            switch text[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth < Self.deepest else { return false }
                let isObject = text[index] == UInt8(ascii: "{")
                objects = objects << 1 | (isObject ? 1 : 0)
                depth += 1
                index += 1
                guard index < text.count else { return false }
                if text[index] != (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    if isObject { guard passesKey(text) else { return false } }
                    continue
                }
            case UInt8(ascii: "\""): guard passesString(text) else { return false }
            case UInt8(ascii: "t"): guard passes("true", text) else { return false }
            case UInt8(ascii: "f"): guard passes("false", text) else { return false }
            case UInt8(ascii: "n"): guard passes("null", text) else { return false }
            default: guard JSONText.skipNumber(text, &index) else { return false }
            }
            // Behind a value: close containers until one goes on.
            while depth > 0, index < text.count, text[index] == close {
                objects >>= 1
                depth -= 1
                index += 1
            }
            if depth == 0 { return index == text.count }
            guard index < text.count, text[index] == UInt8(ascii: ",") else { return false }
            index += 1
            if isInObject { guard passesKey(text) else { return false } }
        }
    }

    private var isInObject: Bool { objects & 1 == 1 }
    private var close: UInt8 { isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]") }

    private mutating func passes(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        let end = index + word.utf8CodeUnitCount
        guard end <= text.count else { return false }
        // Sound: the buffer is a constant's, and lent for the call.
        let isSame = word.withUTF8Buffer { letters in
            for place in letters.indices where unsafe text[index + place] != letters[place] { return false }
            return true
        }
        index = end
        return isSame
    }

    private mutating func passesKey(_ text: Span<UInt8>) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: "\""), passesString(text), index < text.count,
            text[index] == UInt8(ascii: ":")
        else { return false }
        index += 1
        return true
    }

    private mutating func passesString(_ text: Span<UInt8>) -> Bool {
        index += 1
        while true {
            index = text.firstEscaped(from: index)
            guard index < text.count else { return false }
            let byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return true }
            guard byte == UInt8(ascii: "\\"), passesEscape(text) else { return false }
        }
    }

    /// Skips what follows a backslash, if nothing shorter would do.
    private mutating func passesEscape(_ text: Span<UInt8>) -> Bool {
        guard index < text.count else { return false }
        let letter = text[index]
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard index + 4 <= text.count, text[index] == UInt8(ascii: "0"),
                text[index + 1] == UInt8(ascii: "0"),
                text[index + 2] == UInt8(ascii: "0") || text[index + 2] == UInt8(ascii: "1"),
                let low = text[index + 3].hexValue, text[index + 3] == low.hexDigit
            else { return false }
            let byte = (text[index + 2] - UInt8(ascii: "0")) << 4 | low
            index += 4
            return ![0x08, 0x09, 0x0A, 0x0C, 0x0D].contains(byte)
        default: return false
        }
    }
}
