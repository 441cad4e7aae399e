import SystemSupport

/// Writes canonical JSON: no white space, text as it is, only `"`, `\` and
/// U+0000 to U+001F escaped, as Python's `json.dumps(value, ensure_ascii=False,
/// separators=(",", ":"))` does.
///
/// It puts the commas; that braces match is the caller's affair.
///
///     var json = JSONWriter()
///     json.object { $0.member("name", "Über \"uns\"") }
///     String(decoding: json.bytes, as: UTF8.self)  // {"name":"Über \"uns\""}
package struct JSONWriter: Sendable {
    /// What was written so far, UTF-8.
    package private(set) var bytes: [UInt8] = []

    /// An empty writer.
    package init() {}

    /// Passes what was written so far to `body`.
    func withBytes(_ body: (Span<UInt8>) -> Void) { body(bytes.span) }

    /// Forgets what was written and keeps the memory.
    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Begins an object, as a value.
    package mutating func beginObject() {
        separate()
        bytes.append(UInt8(ascii: "{"))
    }

    /// Ends an object.
    package mutating func endObject() { bytes.append(UInt8(ascii: "}")) }

    /// Begins an array, as a value.
    package mutating func beginArray() {
        separate()
        bytes.append(UInt8(ascii: "["))
    }

    /// Ends an array.
    package mutating func endArray() { bytes.append(UInt8(ascii: "]")) }

    /// Begins a member; its value comes next.
    package mutating func key(_ key: JSONKey) {
        separate()
        bytes.append(contentsOf: key.encoded)
    }

    /// Begins a member with a key that ``JSONKey/encoded`` gave.
    package mutating func key(_ encoded: Span<UInt8>) {
        separate()
        bytes.append(encoded)
    }

    /// Writes a string, which must be UTF-8.
    package mutating func string(_ text: Span<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        escape(text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a string.
    package mutating func string(_ text: String) { string(text.utf8.span) }

    /// Writes a string of characters that need no escape, which `append` adds to the bytes.
    mutating func quoted(_ append: (inout [UInt8]) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        append(&bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes an id as a string.
    package mutating func id(_ id: EntityID) { quoted { id.append(to: &$0) } }

    /// Writes `true` or `false`.
    package mutating func boolean(_ value: Bool) { literal(value ? "true" : "false") }

    /// Writes `null`.
    package mutating func null() { literal("null") }

    /// Writes an integer.
    package mutating func integer(_ value: Int) { literal(String(value)) }

    /// Writes a number as `text` has it; it must be a number by the grammar of RFC 8259.
    package mutating func number(_ text: Span<UInt8>) {
        separate()
        bytes.append(text)
    }

    /// Writes a value that another writer has made.
    package mutating func value(_ other: JSONWriter) {
        separate()
        bytes.append(contentsOf: other.bytes)
    }

    /// Writes a value that is JSON already.
    package mutating func value(_ encoded: Span<UInt8>) {
        separate()
        bytes.append(encoded)
    }

    /// Writes the members that another writer has made; none is fine.
    package mutating func members(_ other: JSONWriter) {
        if !other.bytes.isEmpty { value(other) }
    }

    /// Adds text that is JSON already, as ``JSONText`` makes it.
    mutating func appendVerbatim(_ byte: UInt8) { bytes.append(byte) }

    /// Puts a comma unless this is the first value of its container or the value of a member.
    mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): return
        default: bytes.append(UInt8(ascii: ","))
        }
    }

    private mutating func literal(_ text: String) {
        separate()
        bytes.append(text)
    }

    private mutating func escape(_ text: Span<UInt8>) {
        var start = 0
        while true {
            let end = text.firstEscaped(from: start)
            bytes.append(text.extracting(start..<end))
            if end == text.count { return }
            appendEscape(text[end])
            start = end + 1
        }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0..<0x20:
            bytes.append("u00")
            bytes.append((byte >> 4).hexDigit)
            bytes.append(byte.hexDigit)
        default: bytes.append(byte)
        }
    }
}

/// A member's name, encoded once: `"name":`.
///
///     json.key("name")
///     json.key(JSONKey(name))
package struct JSONKey: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The name as a string, and the colon.
    package let encoded: [UInt8]

    /// The member called `name`.
    package init(_ name: String) {
        var json = JSONWriter()
        json.string(name)
        encoded = json.bytes + [UInt8(ascii: ":")]
    }

    /// The member called `value`.
    package init(stringLiteral value: String) { self.init(value) }
}
