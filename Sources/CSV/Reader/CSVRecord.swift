/// One record, lent by a ``CSVReader`` until it reads the next.
///
/// Reading a record allocates nothing: its text lies in the reader's chunk, or, if it spans
/// chunks, in one buffer that is reused and grows to the longest.
///
///     while try reader.next() {
///         print(reader.record.line, reader.record.string(0))
///     }
@safe
public struct CSVRecord: ~Copyable {
    @usableFromInline
    struct OwnField {
        /// Where its text ends in `text`; it begins where the previous one ends.
        @usableFromInline var textEnd: Int
        /// Where it begins in the file, its quote included.
        @usableFromInline var position: CSVPosition
        @usableFromInline var isQuoted: Bool
    }

    /// The records whose text lies in the chunk; this is one of them unless `isOwn`.
    @usableFromInline var batch = RecordBatch()
    /// Which one.
    @usableFromInline var place = 0
    /// The line on which the batch begins.
    private var batchLine = 1
    /// The part of the chunk that has the batch's text.
    @usableFromInline var batchText: UnsafePointer<UInt8>?
    /// Where the fields begin there; each ends before the byte that is before the next.
    @usableFromInline var starts: UnsafePointer<UInt16>?
    /// Whether the text is a copy, in `text`.
    @usableFromInline private(set) var isOwn = true

    @usableFromInline var text: [UInt8] = []
    @usableFromInline var fields: [OwnField] = []
    private var ownLine = 1

    /// The number of fields that the record has.
    public private(set) var count = 0

    init() {}

    /// The physical line on which the record begins, from 1.
    public var line: Int { isOwn ? ownLine : batchLine + batch.line(of: place, width: count) }

    /// Whether nothing at all stands in a field's place: `,,` and not `,"",`.
    @inlinable
    public func isAbsent(_ index: Int) -> Bool {
        precondition(index >= 0 && index < count, "a record has no such field")
        if isOwn { return !fields[index].isQuoted && ownRange(index).isEmpty }
        // Sound: a field is followed by the byte that ends it.
        let field = unsafe batchField(index)
        guard field.isEmpty, let end = field.baseAddress else { return false }
        return unsafe end.pointee != UInt8(ascii: "\"")
    }

    /// Passes the unescaped text of a field, valid UTF-8, to `body`.
    ///
    /// - Parameters:
    ///   - index: The field, counted from 0; below ``count``.
    ///   - body: What looks at the text, which is gone afterwards.
    /// - Throws: Only what `body` throws.
    @inlinable
    @inline(__always)
    public func withField<Result: ~Copyable, Failure: Error>(
        _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(index >= 0 && index < count, "a record has no such field")
        if isOwn { return try body(text.span.extracting(ownRange(index))) }
        // Sound: the text lies in the chunk; the reader keeps that in place and unchanged until it reads
        // on, which it cannot during the call.
        let field = unsafe batchField(index)
        return try unsafe body(Span(_unsafeElements: field))
    }

    /// A copy of a field's unescaped text.
    ///
    /// Complexity: O(*n*) in its bytes.
    public func string(_ index: Int) -> String {
        withField(index) { text in
            // Sound: the buffer has room for the text, and all of it is written.
            unsafe String(unsafeUninitializedCapacity: text.count) { buffer in
                for index in text.indices { unsafe buffer[index] = text[index] }
                return text.count
            }
        }
    }

    /// Where a field begins: its first byte, or its opening quote.
    public func position(of index: Int) -> CSVPosition {
        precondition(index >= 0 && index < count, "a record has no such field")
        if isOwn { return fields[index].position }
        return batch.position(of: index, in: place, width: count, firstLine: batchLine)
    }

    /// Where a byte of a field's unescaped text stands in the file.
    ///
    /// - Parameters:
    ///   - index: The field, counted from 0; below ``count``.
    ///   - offset: The byte, counted from 0; the place after the last one is meant by their number.
    /// - Complexity: O(*n*) in the bytes before it.
    public func position(of index: Int, byte offset: Int) -> CSVPosition {
        var position = position(of: index)
        let isQuoted = isQuoted(index)
        if isQuoted { position.column += 1 }
        withField(index) { text in
            for place in 0..<min(offset, text.count) {
                switch text[place] {
                case UInt8(ascii: "\n"): position = CSVPosition(line: position.line + 1, column: 1)
                case UInt8(ascii: "\""): position.column += isQuoted ? 2 : 1
                default: position.column += 1
                }
            }
        }
        return position
    }

    /// Whether a field stands in quotes.
    private func isQuoted(_ index: Int) -> Bool {
        if isOwn { return fields[index].isQuoted }
        // Sound: as in `batchField`; a field is followed by the byte that ends it.
        guard let starts = unsafe starts, let batchText = unsafe batchText else { return false }
        return unsafe batchText[Int(starts[index])] == UInt8(ascii: "\"")
    }

    /// The number of bytes of unescaped text in all its fields.
    ///
    /// Complexity: O(*n*) in its fields.
    @inlinable
    @inline(__always)
    public var textByteCount: Int {
        if isOwn { return text.count }
        // Sound: as in `batchField`.
        guard let starts = unsafe starts, let text = unsafe batchText else { return 0 }
        let first = unsafe Int(starts[0])
        var start = first
        var around = 0
        var isQuoted = false
        for index in 0..<count {
            let next = unsafe Int(starts[index &+ 1])
            isQuoted = unsafe text[start] == UInt8(ascii: "\"")
            if isQuoted { around &+= unsafe next &- start &- 1 &- batchField(index).count }
            start = next
        }
        // A CR before the LF; a record has more than that.
        if !isQuoted, unsafe text[start &- 2] == 13 { around &+= 1 }
        return start &- first &- count &- around
    }

    /// The unescaped text of a field in the batch.
    @inlinable
    @inline(__always)
    func batchField(_ index: Int) -> UnsafeBufferPointer<UInt8> {
        // Sound: the batch has `count` fields for each of its records, and one start more; what it says
        // lies in the chunk.
        guard let starts = unsafe starts, let batchText = unsafe batchText else {
            preconditionFailure("a batch without text")
        }
        var text = unsafe batchText + Int(starts[index])
        var length = unsafe Int(starts[index &+ 1]) &- Int(starts[index]) &- 1
        // Outside quotes there is no CR but that of a line's end.
        if index == count &- 1, length > 0, unsafe text[length &- 1] == 13 { length &-= 1 }
        // An empty field is followed by its end, which is not a quote.
        if unsafe text[0] == UInt8(ascii: "\"") {
            length &-= 2
            unsafe text += 1
            // Where quotes were undone, the field is filled up with NULs after its closing quote.
            while unsafe text[length] == 0 { length &-= 1 }
        }
        return unsafe UnsafeBufferPointer(start: text, count: length)
    }

    @inlinable
    func ownRange(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : fields[index - 1].textEnd)..<fields[index].textEnd
    }

    /// Moves on to the batch's next record, if there is one.
    @inlinable
    mutating func advance() -> Bool {
        guard place &+ 1 < batch.count else { return false }
        place &+= 1
        // Sound: the batch has `count` fields for each of its records.
        unsafe starts = starts.map { unsafe $0 + count }
        return true
    }
}

// What the reader does with a record.
extension CSVRecord {
    /// Takes as many records as lie whole in the chunk, and is the first of them.
    ///
    /// - Returns: Whether there is one.
    mutating func beginBatch(
        in source: inout ByteSource, cursor: inout Int, for parser: inout CSVParser
    ) -> Bool {
        guard let width = parser.widthBetweenRecords else { return false }
        batchLine = parser.line
        var lines = 0
        // Sound: the chunk has 64 bytes more than are available, and stays where it is.
        unsafe batch.fill(
            source.bytes, available: source.available, cursor: &cursor, lines: &lines,
            delimiter: parser.delimiter, width: width, longest: parser.longestCertain)
        parser.skip(to: cursor, records: batch.count, lines: lines)
        guard batch.count > 0 else { return false }
        let fields = unsafe batch.fields(in: source.bytes)
        unsafe (batchText, starts) = (fields.text, fields.starts)
        (place, count, isOwn) = (0, width, false)
        return true
    }

    /// Forgets the chunk.
    mutating func endBatch() {
        batch.forget()
        place = 0
    }
}

// What the parser does with a record.
extension CSVRecord {
    /// Empties the record, which now begins on `line`.
    mutating func begin(line: Int) {
        text.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        (ownLine, isOwn, count) = (line, true, 0)
    }

    mutating func append(_ byte: UInt8) {
        text.append(byte)
    }

    mutating func append(_ run: Span<UInt8>) {
        text.append(addingCapacity: run.count) { output in
            for index in run.indices { output.append(run[index]) }
        }
    }

    mutating func endField(at position: CSVPosition, isQuoted: Bool) {
        fields.append(OwnField(textEnd: text.count, position: position, isQuoted: isQuoted))
        count = fields.count
    }

    /// The number of bytes of text that belong to no ended field yet.
    var openFieldByteCount: Int { text.count - (fields.last?.textEnd ?? 0) }
}
