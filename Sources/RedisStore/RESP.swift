import UCG

/// Commands in Redis's wire protocol: an array of length-prefixed strings, so
/// that no content can end one and begin another.
extension [UInt8] {
    /// Appends a command of these arguments.
    mutating func appendCommand(_ arguments: String...) {
        appendArrayHeader(arguments.count)
        for argument in arguments {
            appendLength(argument.utf8.count)
            append(argument)
            appendLineEnd()
        }
    }

    /// Appends `SET key value`.
    mutating func appendSet(_ key: EntityKey, _ value: [UInt8]) {
        append("*3\r\n$3\r\nSET\r\n")
        appendLength(key.byteCount)
        key.append(to: &self)
        appendLineEnd()
        appendLength(value.count)
        append(contentsOf: value)
        appendLineEnd()
    }

    private mutating func appendArrayHeader(_ count: Int) {
        append(UInt8(ascii: "*"))
        append(String(count))
        appendLineEnd()
    }

    private mutating func appendLength(_ length: Int) {
        append(UInt8(ascii: "$"))
        append(String(length))
        appendLineEnd()
    }

    private mutating func appendLineEnd() { append("\r\n") }
}
