import SystemSupport

/// Commands in the Redis protocol: an array of strings with their lengths, so that no content can end one argument and
/// begin another (Redis documentation, "Redis serialization protocol specification").
extension [UInt8] {
    /// Appends an argument of a command.
    package mutating func appendArgument(_ argument: [UInt8]) {
        appendLength(argument.count)
        append(argument.span)
        appendLineEnd()
    }

    /// Appends the array header for `count` arguments, the command's name included.
    @inlinable package mutating func appendArrayHeader(_ count: Int) {
        append(UInt8(ascii: "*"))
        append(decimal: count)
        appendLineEnd()
    }

    /// Appends the header of a string of `length` bytes.
    @inlinable package mutating func appendLength(_ length: Int) {
        append(UInt8(ascii: "$"))
        append(decimal: length)
        appendLineEnd()
    }

    /// Appends the end of a line.
    @inlinable package mutating func appendLineEnd() {
        append(13)
        append(10)
    }

    /// Appends a number that is not negative.
    @usableFromInline mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
