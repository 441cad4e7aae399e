import UCG

/// Commands in Redis's wire protocol: an array of length-prefixed strings, so
/// that no content can end one and begin another.
extension [UInt8] {
    /// A command of these arguments.
    static func command(_ arguments: String...) -> [UInt8] { command(arguments.map { Array($0.utf8) }) }

    /// A command of these arguments.
    static func command(_ arguments: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arguments.reduce(32) { $0 + $1.count + 16 })
        bytes.appendArrayHeader(arguments.count)
        for argument in arguments { bytes.appendArgument(argument) }
        return bytes
    }

    /// Appends an argument of a command.
    mutating func appendArgument(_ argument: [UInt8]) {
        appendLength(argument.count)
        append(argument.span)
        appendLineEnd()
    }

    /// Appends how a command of so many arguments begins, its own name included.
    mutating func appendArrayHeader(_ count: Int) {
        append(UInt8(ascii: "*"))
        append(decimal: count)
        appendLineEnd()
    }

    /// Appends what comes before a string of so many bytes.
    mutating func appendLength(_ length: Int) {
        append(UInt8(ascii: "$"))
        append(decimal: length)
        appendLineEnd()
    }

    /// Appends what ends every line.
    mutating func appendLineEnd() {
        append(13)
        append(10)
    }

    /// Appends a number that is not negative.
    private mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
