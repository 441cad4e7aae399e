/// Records that lie whole and sound in a chunk, found many at a time.
///
/// The text stays in the chunk; doubled quotes are undone there. What is left out, because it is
/// faulty, too large, empty, or goes on in the next chunk, is `CSVParser`'s to read.
@safe
@usableFromInline
struct RecordBatch: ~Copyable {
    private var index = StructuralIndex()
    /// The part of the chunk that the index knows.
    private var indexed = 0..<0
    /// Whether more of the chunk could be indexed after that.
    private var canIndexMore = true
    /// The first of the index's specials that belongs to no batch yet.
    private var nextSpecial = 0
    /// Where LFs inside the batch's fields are, counted like the index's offsets.
    private var innerLineFeeds: [Int] = []

    /// Which of the index's fields is the batch's first.
    private var first = 0
    /// The number of records.
    @usableFromInline private(set) var count = 0

    init() {}

    /// Forgets the chunk.
    mutating func forget() {
        index.removeAll()
        (indexed, canIndexMore, count) = (0..<0, true, 0)
    }

    /// Finds the records from `cursor` on, and moves `cursor` and `lines` past the last of them.
    ///
    /// - Parameters:
    ///   - bytes: The chunk, with 64 readable bytes after its `available` ones.
    ///   - width: The number of fields that a record has.
    ///   - longest: The most bytes of a record that is found here.
    mutating func fill(
        _ bytes: UnsafeMutablePointer<UInt8>, available: Int, cursor: inout Int, lines: inout Int,
        delimiter: UInt8, width: Int, longest: Int
    ) {
        count = 0
        innerLineFeeds.removeAll(keepingCapacity: true)
        var isWhole = false
        if let place = find(cursor, atLeast: width) {
            first = place
        } else {
            guard canIndexMore || cursor >= indexed.upperBound else { return }
            let end = min(available, cursor + StructuralIndex.span)
            let length = unsafe index.scan(bytes, from: cursor, to: end, delimiter: delimiter)
            indexed = cursor..<(cursor + length)
            canIndexMore = indexed.upperBound == end && end < available
            (first, nextSpecial, isWhole) = (0, 0, true)
        }
        let text = unsafe bytes + indexed.lowerBound
        let most = (index.starts.count - 1 - first) / width
        let isUniform =
            unsafe isWhole && width > 1 && longest >= StructuralIndex.span && index.lineFeedCount == most
            && endsRecords(text, width: width, count: most)
        count = unsafe isUniform ? most : soundCount(text, width: width, most: most, longest: longest)
        guard count > 0 else { return }
        let end = index.starts[first + count * width]
        cursor = indexed.lowerBound + end
        while nextSpecial < index.specials.count, index.specials[nextSpecial] < index.starts[first] {
            nextSpecial += 1
        }
        if nextSpecial < index.specials.count { unsafe resolveSpecials(text, before: end) }
        lines += count + innerLineFeeds.count
    }

    /// The index's place of the field that begins at `cursor`, if that begins a record and `fieldCount` or
    /// more fields are known from there on.
    private func find(_ cursor: Int, atLeast fieldCount: Int) -> Int? {
        let offset = cursor - indexed.lowerBound
        var range = 0..<max(0, index.starts.count - fieldCount)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let start = index.starts[middle]
            if start == offset { return middle }
            range = start < offset ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    /// Whether each `width`th field ends with LF.
    private func endsRecords(_ text: UnsafePointer<UInt8>, width: Int, count: Int) -> Bool {
        var place = first
        for _ in 0..<count {
            place += width
            // Sound here and below: what ends a field lies in the chunk, before the next field.
            guard unsafe text[index.starts[place] - 1] == .lineFeed else { return false }
        }
        return true
    }

    /// The number of the next `most` records that have `width` fields, are not too long and not empty.
    private func soundCount(_ text: UnsafePointer<UInt8>, width: Int, most: Int, longest: Int) -> Int {
        for record in 0..<most {
            let from = first + record * width
            for place in from + 1..<from + width {
                guard unsafe text[index.starts[place] - 1] != .lineFeed else { return record }
            }
            let start = index.starts[from]
            let end = index.starts[from + width] - 1
            guard unsafe text[end] == .lineFeed, end - start <= longest else { return record }
            let isEmpty = unsafe end == start || (end == start + 1 && text[start] == .carriageReturn)
            guard !isEmpty else { return record }
        }
        return most
    }

    /// Undoes doubled quotes, and notes LFs, in the batch's fields.
    ///
    /// The text moves to the front of its field, the closing quote after it, and NULs fill the rest.
    private mutating func resolveSpecials(_ text: UnsafeMutablePointer<UInt8>, before end: Int) {
        var place = first
        while nextSpecial < index.specials.count, index.specials[nextSpecial] < end {
            let special = index.specials[nextSpecial]
            if unsafe text[special] == .lineFeed {
                innerLineFeeds.append(special)
                nextSpecial += 1
                continue
            }
            while index.starts[place] <= special { place += 1 }
            var fieldEnd = index.starts[place] - 1
            // Sound here and below: all of it lies within one field, after its first byte.
            if unsafe text[fieldEnd - 1] == .carriageReturn { fieldEnd -= 1 }
            // The first quote of the pair stays.
            var (written, read) = (special, special + 1)
            nextSpecial += 1
            while nextSpecial < index.specials.count, index.specials[nextSpecial] < fieldEnd {
                let special = index.specials[nextSpecial]
                nextSpecial += 1
                if unsafe text[special] == .lineFeed {
                    innerLineFeeds.append(special)
                } else {
                    unsafe Self.move(text, to: &written, from: &read, before: special)
                    read += 1
                }
            }
            unsafe Self.move(text, to: &written, from: &read, before: fieldEnd)
            for padding in written..<fieldEnd { unsafe text[padding] = 0 }
        }
    }

    /// Moves the text from `read` to `end` to `written`, towards the front.
    @inline(__always)
    private static func move(
        _ text: UnsafeMutablePointer<UInt8>, to written: inout Int, from read: inout Int, before end: Int
    ) {
        // Runs are short, so a call of memmove would cost more than it moves.
        // Sound: both lie in a field, and `written` before `read`.
        let raw = UnsafeMutableRawPointer(text)
        while end - read >= 8 {
            let eight = unsafe raw.loadUnaligned(fromByteOffset: read, as: UInt64.self)
            unsafe raw.storeBytes(of: eight, toByteOffset: written, as: UInt64.self)
            written += 8
            read += 8
        }
        while read < end {
            unsafe text[written] = text[read]
            written += 1
            read += 1
        }
    }

    /// Where the text of the batch's first record begins, and its fields, counted from there.
    func fields(in bytes: UnsafePointer<UInt8>) -> (text: UnsafePointer<UInt8>, starts: UnsafePointer<UInt16>)
    {
        // Sound: the index keeps its list in place.
        unsafe (bytes + indexed.lowerBound, UnsafePointer(index.starts.storage) + first)
    }

    /// Where a field of the batch begins, given the batch's first line.
    func position(of field: Int, in record: Int, width: Int, firstLine: Int) -> CSVPosition {
        let recordStart = index.starts[first + record * width]
        let start = index.starts[first + record * width + field]
        let before = innerLineFeedCount(before: start)
        let lineStart = before > 0 ? max(recordStart, innerLineFeeds[before - 1] + 1) : recordStart
        return CSVPosition(line: firstLine + record + before, column: start - lineStart + 1)
    }

    /// The number of lines of the batch before `record`.
    func line(of record: Int, width: Int) -> Int {
        record + innerLineFeedCount(before: index.starts[first + record * width])
    }

    private func innerLineFeedCount(before offset: Int) -> Int {
        var range = 0..<innerLineFeeds.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range =
                innerLineFeeds[middle] < offset
                ? (middle + 1)..<range.upperBound : range.lowerBound..<middle
        }
        return range.lowerBound
    }
}
