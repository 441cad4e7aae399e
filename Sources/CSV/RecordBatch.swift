/// Records that lie whole and sound in a chunk: the bounds of their fields, found many records at a time.
///
/// The text stays in the chunk; doubled quotes are undone there. What is left out, because it is
/// faulty, too large, or goes on in the next chunk, is `CSVParser`'s to read.
@safe
@usableFromInline
struct RecordBatch: ~Copyable {
    /// The text of a field in the chunk.
    @usableFromInline
    struct Field: BitwiseCopyable {
        /// Its offset; the highest bit says that the field is quoted.
        @usableFromInline var start: UInt32
        @usableFromInline var end: UInt32

        @usableFromInline static var quoted: UInt32 { 1 << 31 }
    }

    struct Start: BitwiseCopyable {
        var offset: UInt32
        /// Lines behind that of the batch.
        var line: UInt32
    }

    private var index = StructuralIndex()
    /// Where the index was begun, and how much of it has become records or was read by others.
    private var indexed = 0..<0
    private var nextEnd = 0
    private var nextLineEnd = 0
    private var nextSpecial = 0

    private let fieldMemory = Memory<Field>(capacity: StructuralIndex.span + 1)
    private let startMemory = Memory<Start>(capacity: StructuralIndex.span + 1)
    @usableFromInline let fields: UnsafeMutablePointer<Field>
    private let starts: UnsafeMutablePointer<Start>
    private var innerLineFeeds: [UInt32] = []
    /// How many records there are.
    @usableFromInline private(set) var count = 0

    init() {
        unsafe fields = fieldMemory.start
        unsafe starts = startMemory.start
    }

    /// Forgets the chunk.
    mutating func forget() {
        index.removeAll()
        (indexed, nextEnd, nextLineEnd, nextSpecial, count) = (0..<0, 0, 0, 0, 0)
    }

    /// Finds the records from `cursor` on, and moves `cursor` and `lines` behind the last of them.
    ///
    /// - Parameters:
    ///   - bytes: The chunk, with 64 readable bytes behind its `available` ones.
    ///   - width: How many fields a record has.
    ///   - longest: How many bytes a record may have to be found here.
    mutating func fill(
        _ bytes: UnsafeMutablePointer<UInt8>, available: Int, cursor: inout Int, lines: inout Int,
        delimiter: UInt8, width: Int, longest: Int
    ) {
        count = 0
        innerLineFeeds.removeAll(keepingCapacity: true)
        if !skip(to: cursor) {
            let end = min(available, cursor + StructuralIndex.span)
            unsafe index.scan(bytes, from: cursor, to: end, delimiter: delimiter)
            indexed = cursor..<end
            (nextEnd, nextLineEnd, nextSpecial) = (0, 0, 0)
        }
        var fieldCount = 0
        while nextLineEnd < index.lineEnds.count {
            let end = index.lineEnds[nextLineEnd]
            let length = end - cursor
            // Sound here and below: offsets of the index lie in the chunk, `cursor` at or before `end`,
            // and there is a field's room for each of its bytes.
            let hasCR = unsafe length > 0 && bytes[end - 1] == .carriageReturn
            if length == (hasCR ? 1 : 0) {
                // An empty line.
                (cursor, lines) = (end + 1, lines + 1)
                nextEnd += 1
                nextLineEnd += 1
                continue
            }
            let last = nextEnd + width - 1
            guard last < index.ends.count, index.ends[last] == end, length <= longest else { return }
            unsafe starts[count] = Start(
                offset: UInt32(truncatingIfNeeded: cursor), line: UInt32(truncatingIfNeeded: lines))
            let first = fieldCount
            for place in nextEnd..<last {
                let end = index.ends[place]
                unsafe fields[fieldCount] = Self.field(bytes, cursor, end)
                fieldCount += 1
                cursor = end + 1
            }
            unsafe fields[fieldCount] = Self.field(bytes, cursor, hasCR ? end - 1 : end)
            fieldCount += 1
            if nextSpecial < index.specials.count, index.specials[nextSpecial] < end {
                unsafe resolveSpecials(bytes, before: end, firstField: first, &lines)
            }
            cursor = end + 1
            lines += 1
            nextEnd = last + 1
            nextLineEnd += 1
            count += 1
        }
    }

    @inline(__always)
    private static func field(_ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) -> Field {
        // An empty field is followed by its delimiter, which is no quote.
        let quote: UInt32 = unsafe bytes[start] == .quote ? 1 : 0
        return Field(
            start: UInt32(truncatingIfNeeded: start) &+ quote | quote << 31,
            end: UInt32(truncatingIfNeeded: end) &- quote)
    }

    /// Whether what is indexed goes on at `cursor`, which others may have moved.
    private mutating func skip(to cursor: Int) -> Bool {
        while nextLineEnd < index.lineEnds.count, index.lineEnds[nextLineEnd] < cursor { nextLineEnd += 1 }
        guard nextLineEnd < index.lineEnds.count,
            nextLineEnd > 0 ? index.lineEnds[nextLineEnd - 1] == cursor - 1 : indexed.lowerBound == cursor
        else { return false }
        while nextEnd < index.ends.count, index.ends[nextEnd] < cursor { nextEnd += 1 }
        while nextSpecial < index.specials.count, index.specials[nextSpecial] < cursor { nextSpecial += 1 }
        return true
    }

    /// Undoes doubled quotes and counts line feeds in the fields of one record.
    private mutating func resolveSpecials(
        _ bytes: UnsafeMutablePointer<UInt8>, before recordEnd: Int, firstField: Int, _ lines: inout Int
    ) {
        var place = firstField
        while nextSpecial < index.specials.count, index.specials[nextSpecial] < recordEnd {
            while unsafe Int(fields[place].end) <= index.specials[nextSpecial] { place += 1 }
            let fieldEnd = unsafe Int(fields[place].end)
            var textEnd = -1
            var unread = 0
            while nextSpecial < index.specials.count, index.specials[nextSpecial] < fieldEnd {
                let special = index.specials[nextSpecial]
                nextSpecial += 1
                if unsafe bytes[special] == .lineFeed {
                    innerLineFeeds.append(UInt32(truncatingIfNeeded: special))
                    lines += 1
                } else if textEnd < 0 {
                    // The first quote of the pair stays.
                    (textEnd, unread) = (special, special + 1)
                } else {
                    let length = special - unread
                    // Sound: the text moves towards the front, within its field.
                    unsafe (bytes + textEnd).update(from: bytes + unread, count: length)
                    (textEnd, unread) = (textEnd + length, special + 1)
                }
            }
            if textEnd >= 0 {
                unsafe (bytes + textEnd).update(from: bytes + unread, count: fieldEnd - unread)
                unsafe fields[place].end = UInt32(truncatingIfNeeded: textEnd + fieldEnd - unread)
            }
            place += 1
        }
    }

    /// Where the field at `place` of all fields begins, which belongs to the batch's record `record`.
    func position(of place: Int, in record: Int, firstLine: Int) -> CSVPosition {
        // Sound: the caller knows how many there are of both.
        let field = unsafe fields[place]
        let start = unsafe starts[record]
        let isQuoted = field.start & Field.quoted != 0
        let offset = (field.start & ~Field.quoted) - (isQuoted ? 1 : 0)
        var line = Int(start.line)
        var lineStart = start.offset
        for lineFeed in innerLineFeeds where lineFeed >= start.offset && lineFeed < offset {
            line += 1
            lineStart = lineFeed + 1
        }
        return CSVPosition(line: firstLine + line, column: Int(offset - lineStart) + 1)
    }

    /// How many lines before `record` the batch has.
    func line(of record: Int) -> Int { unsafe Int(starts[record].line) }
}
