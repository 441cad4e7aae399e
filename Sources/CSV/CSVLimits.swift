/// How large a record may be before the reader refuses it.
///
/// The limits bound the reader's memory: a quote that is never closed would
/// otherwise swallow the rest of the file. A value equal to its limit passes.
///
///     let limits = CSVLimits(recordBytes: 1 << 20, columns: 100)
public struct CSVLimits: Hashable, Sendable {
    /// The most bytes of text in one record, unescaped; 64 MiB.
    public var recordBytes: Int

    /// The most bytes of text in one field, unescaped; 16 MiB.
    public var fieldBytes: Int

    /// The most fields in one record; 4,096.
    public var columns: Int

    /// Limits, each at its default unless given.
    public init(recordBytes: Int = 64 << 20, fieldBytes: Int = 16 << 20, columns: Int = 4096) {
        self.recordBytes = recordBytes
        self.fieldBytes = fieldBytes
        self.columns = columns
    }
}
