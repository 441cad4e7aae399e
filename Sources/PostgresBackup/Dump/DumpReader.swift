import Glibc

/// Takes a plain dump apart into statements, comments, copied rows and psql's commands, chunk by chunk.
///
/// It knows where PostgreSQL's quotes, comments and COPY data begin and end, so text in a function's
/// body or in a row is never taken for a statement.
///
/// - Complexity: O(*n*) in the dump's bytes; memory O(1), since texts are cut to 1 MiB.
struct DumpReader {
    /// One piece of a dump.
    enum Event {
        /// A statement, after its `;`.
        case statement(Statement)
        /// The rows between a `COPY ... FROM stdin;` and its `\.`.
        case rows(Int, of: Statement)
        /// A comment to the end of its line.
        case comment([UInt8])
        /// A command of psql, for example `\restrict`.
        case command([UInt8])
    }

    /// A statement of SQL.
    struct Statement {
        /// Its text without comments and without what is in quotes and dollar quotes, up to 1 MiB.
        var text: [UInt8] = []
        /// The lines it begins and ends on, counted from 1; of COPY its data included.
        var lines = 1...1
        /// Where its bytes are in the dump.
        var bytes = 0..<0

        func hasPrefix(_ prefix: String) -> Bool { text.starts(with: prefix.utf8) }

        /// Whether it begins with a word or words in lower case, however it writes them.
        func begins(with words: String) -> Bool {
            let start = text.prefix(words.utf8.count)
            let next = text.dropFirst(words.utf8.count).first
            return start.map { (65...90).contains($0) ? $0 | 0x20 : $0 }.elementsEqual(words.utf8)
                && next.map { !DumpReader.isNamePart($0) } ?? true
        }
    }

    private enum State {
        case text, quotes, identifier, comment, command
        /// Within E'...', where a backslash takes the next byte with it.
        case escapes(isEscaped: Bool)
        /// Within a comment of the C kind, nested to a depth.
        case block(depth: Int)
        /// Within a tag that may open a dollar quote.
        case tag
        case dollar
        /// Within COPY data: how much of a line `\.` has been seen, or that it cannot be one.
        case rows(matched: Int)
        case otherRow
    }

    private static let textLimit = 1 << 20

    private var state = State.text
    private var previous = UInt8(ascii: "\n")
    private var beforePrevious = UInt8(ascii: "\n")
    private var wasEscape = false  // the quotes that ended last
    private var line = 1
    private var offset = 0
    private var statement = Statement()
    private var piece: [UInt8] = []  // of a comment, a command or a dollar quote's tag
    private var tail: [UInt8] = []  // of a dollar quote's body, as long as its tag
    private var rows = 0
    private var startLine = 1
    private var startOffset = 0

    /// Whether the dump ends where a statement could begin.
    var isBetweenStatements: Bool {
        if case .text = state { statement.text.isEmpty && previous == UInt8(ascii: "\n") } else { false }
    }

    /// Reads the next bytes and reports what ends in them.
    mutating func read(_ bytes: Span<UInt8>, _ report: (Event) -> Void) {
        var index = 0
        while index < bytes.count {
            switch state {
            case .otherRow:
                guard let end = bytes.firstIndex(of: UInt8(ascii: "\n"), in: index..<bytes.count) else {
                    offset += bytes.count - index
                    return
                }
                offset += end + 1 - index
                index = end + 1
                line += 1
                rows += 1
                state = .rows(matched: 0)
            case .quotes:
                let end = bytes.firstIndex(of: UInt8(ascii: "'"), in: index..<bytes.count) ?? bytes.count
                line += bytes.count(of: UInt8(ascii: "\n"), in: index..<end)
                offset += end - index
                index = end
                if index < bytes.count {
                    offset += 1
                    index += 1
                    beforePrevious = previous
                    previous = UInt8(ascii: "'")
                    wasEscape = false
                    state = .text
                }
            default:
                let byte = bytes[index]
                index += 1
                if byte == UInt8(ascii: "\n") { line += 1 }
                consume(byte, report)
                offset += 1
                beforePrevious = previous
                previous = byte
            }
        }
    }

    private mutating func consume(_ byte: UInt8, _ report: (Event) -> Void) {
        switch state {
        case .text: consumeText(byte, report)
        case .identifier:
            append(byte)
            if byte == UInt8(ascii: "\"") { state = .text }
        case .comment, .command:
            guard byte == UInt8(ascii: "\n") else {
                if piece.count < Self.textLimit { piece.append(byte) }
                return
            }
            if case .comment = state { report(.comment(piece)) } else { report(.command(piece)) }
            state = .text
        case .escapes(let isEscaped):
            if !isEscaped, byte == UInt8(ascii: "'") {
                wasEscape = true
                state = .text
            } else {
                state = .escapes(isEscaped: !isEscaped && byte == UInt8(ascii: "\\"))
            }
        case .block(let depth): consumeBlock(byte, depth)
        case .tag: consumeTag(byte, report)
        case .dollar:
            tail.append(byte)
            if tail.count > piece.count { tail.removeFirst() }
            if byte == UInt8(ascii: "$"), tail == piece { state = .text }
        case .rows(let matched): consumeRow(byte, matched: matched, report: report)
        case .quotes, .otherRow: break  // read() looks for their ends itself
        }
    }

    private mutating func consumeText(_ byte: UInt8, _ report: (Event) -> Void) {
        switch byte {
        case UInt8(ascii: "'"):
            begin()
            let isDoubled = previous == byte && wasEscape
            let isEscape =
                (previous | 0x20) == UInt8(ascii: "e") && !Self.isNamePart(beforePrevious) || isDoubled
            state = isEscape ? .escapes(isEscaped: false) : .quotes
        case UInt8(ascii: "\""):
            append(byte)
            state = .identifier
        case UInt8(ascii: "-") where previous == byte && statement.text.last == byte:
            removeLast()
            piece = Array("--".utf8)
            state = .comment
        case UInt8(ascii: "*") where previous == UInt8(ascii: "/") && statement.text.last == previous:
            removeLast()
            state = .block(depth: 1)
        case UInt8(ascii: "$") where !Self.isNamePart(previous):
            begin()
            piece = [byte]
            state = .tag
        case UInt8(ascii: "\\"):
            piece = [byte]
            state = .command
        case UInt8(ascii: ";"): endStatement(report)
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
            if !statement.text.isEmpty { append(byte) }
        default: append(byte)
        }
    }

    private mutating func begin() {
        guard statement.text.isEmpty else { return }
        startLine = line
        startOffset = offset
    }

    private mutating func append(_ byte: UInt8) {
        begin()
        if statement.text.count < Self.textLimit { statement.text.append(byte) }
    }

    private mutating func removeLast() { statement.text.removeLast() }

    private mutating func endStatement(_ report: (Event) -> Void) {
        begin()
        statement.lines = startLine...line
        statement.bytes = startOffset..<(offset + 1)
        let copy = statement.hasPrefix("COPY ") && statement.text.suffix(11).elementsEqual(" FROM stdin".utf8)
        report(.statement(statement))
        if copy {
            rows = 0
            state = .rows(matched: -1)
        } else {
            statement = Statement()
        }
    }

    private mutating func consumeRow(_ byte: UInt8, matched: Int, report: (Event) -> Void) {
        switch (matched, byte) {
        case (-1, UInt8(ascii: "\n")): state = .rows(matched: 0)  // the end of the COPY line itself
        case (-1, _): break
        case (0, UInt8(ascii: "\\")): state = .rows(matched: 1)
        case (1, UInt8(ascii: ".")): state = .rows(matched: 2)
        case (2, UInt8(ascii: "\n")):
            statement.lines = statement.lines.lowerBound...(line - 1)
            report(.rows(rows, of: statement))
            statement = Statement()
            state = .text
        case (_, UInt8(ascii: "\n")):
            rows += 1
            state = .rows(matched: 0)
        default: state = .otherRow
        }
    }

    private mutating func consumeBlock(_ byte: UInt8, _ depth: Int) {
        switch (previous, byte) {
        case (UInt8(ascii: "*"), UInt8(ascii: "/")): state = depth == 1 ? .text : .block(depth: depth - 1)
        case (UInt8(ascii: "/"), UInt8(ascii: "*")): state = .block(depth: depth + 1)
        default: break
        }
    }

    private mutating func consumeTag(_ byte: UInt8, _ report: (Event) -> Void) {
        if byte == UInt8(ascii: "$") {
            piece.append(byte)
            tail = []
            state = .dollar
        } else if Self.isNamePart(byte), piece.count > 1 || !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte) {
            piece.append(byte)
        } else {  // not a quote but a parameter, `$1`
            for byte in piece { append(byte) }
            state = .text
            consumeText(byte, report)
        }
    }

    fileprivate static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}

extension Span<UInt8> {
    /// Where `byte` is first in `range`.
    fileprivate func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        // Sound: memchr looks at the bytes of `range`, which the span has, during the call.
        unsafe extracting(range).withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress,
                let found = unsafe memchr(base, CInt(byte), bytes.count)
            else { return nil }
            return unsafe range.lowerBound + (UnsafeRawPointer(found) - UnsafeRawPointer(base))
        }
    }

    /// How often `byte` is in `range`.
    fileprivate func count(of byte: UInt8, in range: Range<Int>) -> Int {
        var count = 0
        var rest = range
        while let found = firstIndex(of: byte, in: rest) {
            count += 1
            rest = found + 1..<range.upperBound
        }
        return count
    }
}
