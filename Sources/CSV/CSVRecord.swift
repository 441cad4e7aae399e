/// One record, lent by a ``CSVReader`` until it reads the next.
///
/// The unescaped text of all fields lies in one buffer that is reused from
/// record to record, so reading a record allocates nothing once the buffer has
/// grown to the longest.
public struct CSVRecord: ~Copyable {
    @usableFromInline
    struct Field {
        /// Where its text ends in `text`; it begins where the previous one ends.
        @usableFromInline var textEnd: Int
        /// Where it begins in the file, its quote included.
        @usableFromInline var position: CSVPosition
        @usableFromInline var isQuoted: Bool
    }

    @usableFromInline var text: [UInt8] = []
    @usableFromInline var fields: [Field] = []

    /// The physical line on which the record begins, from 1.
    public private(set) var line = 1

    init() {}

    /// How many fields the record has.
    @inlinable public var count: Int { fields.count }

    /// How many bytes of unescaped text all its fields have.
    @inlinable public var textByteCount: Int { text.count }

    /// Whether nothing at all stands in a field's place: `,,` and not `,"",`.
    @inlinable
    public func isAbsent(_ index: Int) -> Bool {
        !fields[index].isQuoted && textRange(index).isEmpty
    }

    /// Lends the unescaped text of a field, valid UTF-8, to `body`.
    ///
    /// - Parameter index: The field, counted from 0; below ``count``.
    /// - Throws: Only what `body` throws.
    @inlinable
    public func withField<Result: ~Copyable, Failure: Error>(
        _ index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(text.span.extracting(textRange(index)))
    }

    /// A copy of a field's unescaped text.
    ///
    /// Complexity: O(*n*) in its bytes.
    public func string(_ index: Int) -> String {
        String(decoding: text[textRange(index)], as: UTF8.self)
    }

    /// Where a field begins: its first byte, or its opening quote.
    public func position(of index: Int) -> CSVPosition { fields[index].position }

    @inlinable
    func textRange(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : fields[index - 1].textEnd)..<fields[index].textEnd
    }

}

// What the parser does with a record.
extension CSVRecord {
    /// Empties the record, which now begins on `line`.
    mutating func begin(line: Int) {
        text.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        self.line = line
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
        fields.append(Field(textEnd: text.count, position: position, isQuoted: isQuoted))
    }

    /// How many bytes the text has that belongs to no ended field yet.
    var openFieldByteCount: Int { text.count - (fields.last?.textEnd ?? 0) }
}
