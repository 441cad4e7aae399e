import SystemSupport

/// A JSON object of another program, rewritten in the form in which ``JSONWriter`` writes: its members in their order,
/// numbers as they are written, strings with no other escapes than necessary.
///
///     var json = JSONWriter()
///     let names = try JSONObjectText.members(of: cell, into: &json)
package enum JSONObjectText {
    /// Why a text is not such an object.
    package enum Problem: Error, Hashable, Sendable {
        /// It is not JSON, or nested deeper than ``JSONText/maximumDepth``.
        case notJSON
        /// It is JSON, and not an object.
        case notAnObject
        /// A member stands twice in an object.
        case repeatedMember(String)
        /// A string holds half of a surrogate pair, which is not a character.
        case halfCharacter
    }

    /// Writes the members of the object that `text` is.
    ///
    /// - Returns: Their names.
    /// - Throws: ``Problem``; what was written is a beginning then.
    /// - Complexity: O(*n*).
    package static func members(
        of text: Span<UInt8>, into json: inout JSONWriter
    ) throws(Problem) -> Set<String> {
        guard let kind = JSONText.kind(of: text) else { throw .notJSON }
        guard kind == .object else { throw .notAnObject }
        var copy = JSONCopy()
        copy.skipSpace(text)
        let names = copy.members(text, to: &json)
        if let problem = copy.problem { throw problem }
        return names
    }
}

/// A walk over text that is JSON, which ends at the first problem.
private struct JSONCopy {
    private var index = 0
    private(set) var problem: JSONObjectText.Problem?

    /// Copies the members of the object that begins here, its braces not; returns their names.
    mutating func members(_ text: Span<UInt8>, to json: inout JSONWriter) -> Set<String> {
        var names: Set<String> = []
        index += 1
        while problem == nil {
            skipSpace(text)
            if text[index] == UInt8(ascii: "}") { break }
            if text[index] == UInt8(ascii: ",") {
                index += 1
                continue
            }
            let name = String(decoding: string(text), as: UTF8.self)
            if !names.insert(name).inserted { problem = problem ?? .repeatedMember(name) }
            json.key(JSONKey(name))
            skipSpace(text)
            index += 1  // the colon
            value(text, to: &json)
        }
        index += 1
        return names
    }

    private mutating func value(_ text: Span<UInt8>, to json: inout JSONWriter) {
        skipSpace(text)
        switch text[index] {
        case UInt8(ascii: "{"):
            json.beginObject()
            _ = members(text, to: &json)
            json.endObject()
        case UInt8(ascii: "["):
            json.beginArray()
            elements(text, to: &json)
            json.endArray()
        case UInt8(ascii: "\""): json.string(string(text).span)
        default:
            let start = index
            while index < text.count, !isEnd(text[index]) { index += 1 }
            json.value(text.extracting(start..<index))
        }
    }

    private mutating func elements(_ text: Span<UInt8>, to json: inout JSONWriter) {
        index += 1
        while problem == nil {
            skipSpace(text)
            if text[index] == UInt8(ascii: "]") { break }
            if text[index] == UInt8(ascii: ",") { index += 1 } else { value(text, to: &json) }
        }
        index += 1
    }

    /// The string that begins here, without its escapes.
    private mutating func string(_ text: Span<UInt8>) -> [UInt8] {
        let start = index
        _ = text.passesString(at: &index)
        guard case .string(let bytes)? = JSONValue(text.extracting(start..<index)) else { return [] }
        for place in bytes.indices.dropLast() where bytes[place] == 0xED && bytes[place + 1] >= 0xA0 {
            problem = problem ?? .halfCharacter
        }
        return bytes
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }

    mutating func skipSpace(_ text: Span<UInt8>) {
        while index < text.count, text[index] <= 0x20 { index += 1 }
    }
}
