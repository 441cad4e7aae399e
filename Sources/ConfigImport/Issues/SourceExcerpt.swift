package import CSV

/// Shows a place of a file as a compiler does: the line, and a caret below it.
///
///     3 | corporate.berlin,corporat,location,berlin
///       |                  ^~~~~~~~
package struct SourceExcerpts {
    /// Bytes that are kept on either side of a place.
    private static let reach = 400
    /// Cells that are shown before the caret, and in all.
    private static let (leadingCells, allCells) = (48, 100)

    /// The bytes around each place that was asked for.
    private var windows: [CSVPosition: Window] = [:]
    private let delimiter: UInt8

    private struct Window {
        var bytes: [UInt8] = []
        /// The column of the first of them, from 1.
        var firstColumn: Int
        var isCutBehind = false

        /// Takes away the halves of characters that a cut left at the ends.
        mutating func dropPartialCharacters() {
            if firstColumn > 1 {
                let halves = bytes.prefix { $0 & 0xC0 == 0x80 }.count
                bytes.removeFirst(halves)
                firstColumn += halves
            }
            if isCutBehind {
                while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
                if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
            }
        }
    }

    /// Reads what is needed of the file at `path`; of a file that cannot be read nothing is shown.
    ///
    /// - Parameter delimiter: What ends an unquoted field; `nil` if it was detected.
    package init(of path: String, at positions: Set<CSVPosition>, delimiter: UInt8?) {
        self.delimiter = delimiter ?? Self.detectedDelimiter(path)
        if !positions.isEmpty { try? read(path, positions.sorted()) }
    }

    private static func detectedDelimiter(_ path: String) -> UInt8 {
        guard let source = try? ByteSource.file(path) else { return UInt8(ascii: ",") }
        var reader = CSVReader(
            source, dialect: CSVDialect(delimiter: UInt8(ascii: ","), skipsLeadingComments: true) ?? .rfc4180,
            detectsDelimiter: true)
        _ = try? reader.next()
        return reader.dialect.delimiter
    }

    private mutating func read(_ path: String, _ positions: [CSVPosition]) throws(FileError) {
        var source = try ByteSource.file(path)
        var pending = positions[...]
        var position = CSVPosition(line: 1, column: 1)
        var isFileStart = true
        while !pending.isEmpty {
            do throws(ReadError) { guard try source.refill() else { return } } catch { return }
            source.withChunk { chunk in
                let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
                let hasMark = isFileStart && chunk.count >= 3 && (0..<3).allSatisfy { chunk[$0] == mark[$0] }
                isFileStart = false
                for index in (hasMark ? 3 : 0)..<chunk.count {
                    let byte = chunk[index]
                    if byte == UInt8(ascii: "\n") {
                        pending = pending.drop { $0.line <= position.line }
                        if pending.isEmpty { return }
                        position = CSVPosition(line: position.line + 1, column: 1)
                    } else {
                        while let place = pending.first, place.line == position.line,
                            position.column > place.column + Self.reach
                        {
                            windows[place]?.isCutBehind = true
                            pending.removeFirst()
                        }
                        if pending.isEmpty { return }
                        for place in pending {
                            guard place.line == position.line, position.column >= place.column - Self.reach
                            else {
                                break
                            }
                            let first = max(1, place.column - Self.reach)
                            windows[place, default: Window(firstColumn: first)].bytes.append(byte)
                        }
                        position.column += 1
                    }
                }
            }
        }
    }

    /// The two lines that show `position`; empty if the file has no such place.
    ///
    /// - Parameter coversField: Whether the whole field is underlined that begins there.
    package func text(at position: CSVPosition, coversField: Bool) -> String {
        guard var window = windows[position] else { return "" }
        window.dropPartialCharacters()
        let caret = position.column - window.firstColumn
        // The line break's CR is shown only if it is what is meant.
        if !window.isCutBehind, window.bytes.last == .carriageReturn, caret < window.bytes.count - 1 {
            window.bytes.removeLast()
        }
        guard caret >= 0, caret <= window.bytes.count else { return "" }
        let before = Self.pieces(window.bytes[..<caret])
        let end = coversField ? fieldEnd(window.bytes, from: caret) : caret
        let marked = Self.pieces(window.bytes[caret..<end])
        let after = Self.pieces(window.bytes[end...])
        let allWidth = (before + marked + after).reduce(0) { $0 + PlainText.width(of: $1) }
        let leadingLimit = allWidth <= Self.allCells ? Self.allCells : Self.leadingCells

        var line = ""
        var cells = 0
        var isCut = window.firstColumn > 1
        for piece in before.reversed() {
            let width = PlainText.width(of: piece)
            if cells + width > leadingLimit {
                isCut = true
                break
            }
            line = piece + line
            cells += width
        }
        if isCut {
            line = "…" + line
            cells += 1
        }
        let leading = cells
        var underline = 0
        var isWhole = !window.isCutBehind
        for (index, piece) in (marked + after).enumerated() {
            let width = PlainText.width(of: piece)
            if cells + width > Self.allCells {
                isWhole = false
                break
            }
            line += piece
            cells += width
            if index < marked.count { underline += width }
        }
        if !isWhole { line += "…" }
        let number = String(position.line)
        let gutter = String(repeating: " ", count: number.count)
        return "  \(number) | \(line)\n  \(gutter) | " + String(repeating: " ", count: leading) + "^"
            + String(repeating: "~", count: max(0, underline - 1)) + "\n"
    }

    /// Where the field that begins at `start` ends, its closing quote included.
    private func fieldEnd(_ bytes: [UInt8], from start: Int) -> Int {
        let quote = UInt8(ascii: "\"")
        guard start < bytes.count else { return start }
        guard bytes[start] == quote else {
            return bytes[start...].firstIndex { $0 == delimiter || $0 == .carriageReturn } ?? bytes.count
        }
        var index = start + 1
        while index < bytes.count {
            if bytes[index] == quote {
                index += 1
                if index == bytes.count || bytes[index] != quote { return index }
            }
            index += 1
        }
        return bytes.count
    }

    /// The printable form of each character; bytes that are not UTF-8 one by one.
    private static func pieces(_ bytes: ArraySlice<UInt8>) -> [String] {
        var pieces: [String] = []
        var rest = bytes
        while let first = rest.first {
            let length = [0xC0: 2, 0xD0: 2, 0xE0: 3, 0xF0: 4][first & 0xF0] ?? 1
            if let text = String(validating: rest.prefix(length), as: UTF8.self),
                let scalar = text.unicodeScalars.first,
                text.unicodeScalars.count == 1
            {
                let isSpace = scalar.properties.generalCategory == .spaceSeparator
                pieces.append(isSpace ? " " : PlainText.escaped(scalar))
                rest = rest.dropFirst(length)
            } else {
                pieces.append("\\x" + String(first, radix: 16))
                rest = rest.dropFirst()
            }
        }
        return pieces
    }
}

extension UInt8 {
    fileprivate static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
}
