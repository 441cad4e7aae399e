import SystemSupport

/// A JSON text as a value, for comparing what was written in different ways (RFC 8259).
///
/// Two values are equal if only white space, escapes or the order of members make a difference between their
/// texts. Numbers are equal if their texts are: `1.0` is not `1`.
///
///     let value = JSONValue(bytes.span)
///     value?["data"]?["name"]
package indirect enum JSONValue: Hashable, Sendable, CustomStringConvertible {
    case null
    case boolean(Bool)
    /// A number as the text has it.
    case number(String)
    /// A string without its escapes: UTF-8, but for halves of surrogate pairs, which stay apart from all characters.
    case string([UInt8])
    case array([JSONValue])
    /// Members by the UTF-8 of their names, so that names are the same only if their bytes are; of those with the same
    /// name the last.
    case object([[UInt8]: JSONValue])

    /// The value that `text` is; `nil` if it is not JSON, or nested deeper than ``JSONText/maximumDepth``.
    ///
    /// Complexity: O(*n*) in its bytes.
    package init?(_ text: Span<UInt8>) {
        guard JSONText.kind(of: text) != nil else { return nil }
        var reader = Reader(index: 0)
        self = reader.value(text)
    }

    /// A member of an object; `nil` if there is none of that name, or this is not an object.
    package subscript(name: String) -> JSONValue? {
        if case .object(let members) = self { members[Array(name.utf8)] } else { nil }
    }

    /// The value as JSON, the members of objects by name.
    package var description: String {
        switch self {
        case .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .number(let text): return text
        case .string(let bytes):
            var json = JSONWriter()
            json.string(String(decoding: bytes, as: UTF8.self))
            return String(decoding: json.bytes, as: UTF8.self)
        case .array(let elements): return "[" + elements.map(\.description).joined(separator: ",") + "]"
        case .object(let members):
            let texts = members.sorted { $0.key.lexicographicallyPrecedes($1.key) }
                .map { "\(JSONValue.string($0.key)):\($0.value)" }
            return "{" + texts.joined(separator: ",") + "}"
        }
    }

    /// Reads text that was found to be JSON.
    private struct Reader {
        var index: Int

        mutating func value(_ text: Span<UInt8>) -> JSONValue {
            skipSpace(text)
            switch text[index] {
            case UInt8(ascii: "{"): return .object(members(text))
            case UInt8(ascii: "["): return .array(elements(text))
            case UInt8(ascii: "\""): return .string(string(text))
            case UInt8(ascii: "t"): return word(4, .boolean(true))
            case UInt8(ascii: "f"): return word(5, .boolean(false))
            case UInt8(ascii: "n"): return word(4, .null)
            default: return .number(number(text))
            }
        }

        private mutating func word(_ count: Int, _ value: JSONValue) -> JSONValue {
            index += count
            return value
        }

        private mutating func skipSpace(_ text: Span<UInt8>) {
            while index < text.count, text[index] <= 0x20 { index += 1 }
        }

        /// Passes a bracket or a comma; whether a value follows, and not the end of the container.
        private mutating func passes(_ text: Span<UInt8>, before end: UInt8) -> Bool {
            skipSpace(text)
            let isEnd = text[index] == end
            if isEnd || text[index] == UInt8(ascii: ",") { index += 1 }
            skipSpace(text)
            return !isEnd
        }

        private mutating func elements(_ text: Span<UInt8>) -> [JSONValue] {
            var elements: [JSONValue] = []
            index += 1
            while passes(text, before: UInt8(ascii: "]")) { elements.append(value(text)) }
            return elements
        }

        private mutating func members(_ text: Span<UInt8>) -> [[UInt8]: JSONValue] {
            var members: [[UInt8]: JSONValue] = [:]
            index += 1
            while passes(text, before: UInt8(ascii: "}")) {
                let name = string(text)
                skipSpace(text)
                index += 1  // the colon
                members[name] = value(text)
            }
            return members
        }

        private mutating func number(_ text: Span<UInt8>) -> String {
            var number = ""
            while index < text.count, text[index].isDigit || "+-.eE".utf8.contains(text[index]) {
                number.unicodeScalars.append(Unicode.Scalar(text[index]))
                index += 1
            }
            return number
        }

        private mutating func string(_ text: Span<UInt8>) -> [UInt8] {
            var bytes: [UInt8] = []
            index += 1
            while text[index] != UInt8(ascii: "\"") {
                if text[index] == UInt8(ascii: "\\") {
                    escape(text, &bytes)
                } else {
                    bytes.append(text[index])
                    index += 1
                }
            }
            index += 1
            return bytes
        }

        private mutating func escape(_ text: Span<UInt8>, _ bytes: inout [UInt8]) {
            let letter = text[index + 1]
            index += 2
            switch letter {
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "u"): codePoint(text, &bytes)
            default: bytes.append(letter)
            }
        }

        private mutating func codePoint(_ text: Span<UInt8>, _ bytes: inout [UInt8]) {
            var point = unit(text)
            let isPair =
                (0xD800..<0xDC00).contains(point) && index + 6 <= text.count
                && text[index] == UInt8(ascii: "\\")
                && text[index + 1] == UInt8(ascii: "u")
            if isPair {
                let start = index
                index += 2
                let low = unit(text)
                if (0xDC00..<0xE000).contains(low) {
                    point = 0x10000 + (point - 0xD800) << 10 + (low - 0xDC00)
                } else {
                    index = start
                }
            }
            appendUTF8(point, to: &bytes)
        }

        /// The four digits at hand.
        private mutating func unit(_ text: Span<UInt8>) -> UInt32 {
            var unit: UInt32 = 0
            for _ in 0..<4 {
                unit = unit << 4 | UInt32(text[index].hexValue ?? 0)
                index += 1
            }
            return unit
        }

        /// Half of a pair becomes three bytes, too, as no UTF-8 has them.
        private func appendUTF8(_ point: UInt32, to bytes: inout [UInt8]) {
            func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(point >> shift & 0x3F) }
            switch point {
            case 0..<0x80: bytes.append(UInt8(point))
            case 0..<0x800: bytes += [0xC0 | UInt8(point >> 6), tail(0)]
            case 0..<0x10000: bytes += [0xE0 | UInt8(point >> 12), tail(6), tail(0)]
            default: bytes += [0xF0 | UInt8(point >> 18), tail(12), tail(6), tail(0)]
            }
        }
    }
}
