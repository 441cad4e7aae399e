package import CSV

/// How a directory is read.
///
///     var options = ImportOptions()
///     options.delimiter = nil  // as each header shows it
///     options.isStrict = true
package struct ImportOptions: Sendable {
    /// The delimiter of all its files; `nil` takes it from each file's header.
    package var delimiter: UInt8? = UInt8(ascii: ",")
    /// What is refused as too large.
    package var limits = CSVLimits()
    /// Whether warnings are errors.
    package var isStrict = false
    /// Whether a reference that nothing satisfies is a warning only.
    package var allowsDangling = false
    /// Whether a reference may be to an entity that the store holds.
    package var existing = ExistingEntities.refused
    /// Whether translations with a column for each locale may have other columns, which are kept as text.
    package var keepsColumns = false
    /// Called now and then with the number of rows that were read since the last call.
    package var onRows: @Sendable (Int) -> Void = { _ in }

    /// Whether the run shall end; asked now and then while files are read.
    package var isInterrupted: @Sendable () -> Bool = { false }

    /// The defaults: commas, no reference may dangle, warnings are warnings.
    package init() {}
}
