public import CSV

/// How a directory is read.
public struct ImportOptions: Sendable {
    /// The delimiter of all its files; `nil` takes it from each file's header.
    public var delimiter: UInt8? = UInt8(ascii: ",")
    /// What is refused as too large.
    public var limits = CSVLimits()
    /// Whether warnings are errors.
    public var isStrict = false
    /// Whether a reference that nothing satisfies is a warning only.
    public var allowsDangling = false
    /// Whether translations with a column for each locale may have other columns, which are kept as text.
    public var keepsColumns = false
    /// Called with a number of rows whenever so many more have been read.
    public var onRows: @Sendable (Int) -> Void = { _ in }

    /// Whether the run shall end; asked now and then while files are read.
    public var isInterrupted: @Sendable () -> Bool = { false }

    /// The defaults: commas, no reference may dangle, warnings are warnings.
    public init() {}
}
