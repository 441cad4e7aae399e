/// Text from files, made fit for a terminal.
///
///     PlainText.escaped("a\u{1B}[31m")  // a\x1b[31m: a terminal shows it and does not obey
package enum PlainText {
    /// The most characters of a value that a message shows.
    static let valueLength = 80
    /// The most names of a list that a message shows.
    static let listLength = 5

    /// `text` with everything escaped that is not printable: controls as `\x1b`,
    /// `\t`, `\n`; what is invisible or turns text around as `\u{202e}`.
    package static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars { result += escaped(scalar) }
        return result
    }

    /// `'text'`, escaped, and cut to 80 characters.
    static func quoted(_ text: String) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            let piece = escaped(scalar)
            if count + piece.unicodeScalars.count > valueLength { return "'\(shown)…'" }
            shown += piece
            count += piece.unicodeScalars.count
        }
        return "'\(shown)'"
    }

    static func quoted(_ text: Span<UInt8>) -> String { quoted(string(text)) }

    /// `'a', 'b' and 7 more`: the first names of a list, and how many follow.
    ///
    /// A list can be as long as a file, and an issue that names it can come as often.
    /// - Parameter count: The number of all of them, of which `names` need only be the first ``listLength``.
    package static func list(_ names: some Sequence<String>, count: Int) -> String {
        let first = names.prefix(listLength).map { quoted($0) }
        let rest = count - first.count
        return first.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// A copy of valid UTF-8.
    static func string(_ text: Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        for index in text.indices { bytes.append(text[index]) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One scalar as it may be shown.
    static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case " "..."~": return String(scalar)
        case "\t": return "\\t"
        case "\n": return "\\n"
        case "\r": return "\\r"
        default: break
        }
        if scalar.value < 0x100, scalar.properties.generalCategory == .control {
            let digits = String(scalar.value, radix: 16)
            return "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .privateUse,
            .unassigned:
            return "\\u{\(String(scalar.value, radix: 16))}"
        default:
            return String(scalar)
        }
    }

    /// The number of cells of a terminal that a printable scalar takes: 0, 1 or 2.
    static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The number of cells of a terminal that printable text takes.
    static func width(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    /// What Unicode calls wide or full-width (Standard Annex 11), in whole blocks.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653,
        0x26A1...0x26A1, 0x26BD...0x26BE, 0x26C4...0x26C5, 0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA,
        0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C, 0x2753...0x2755, 0x2757...0x2757,
        0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF,
        0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF,
        0x20000...0x3FFFD,
    ]
}
