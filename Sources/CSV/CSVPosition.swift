/// A place in a CSV file.
///
///     CSVPosition(line: 2, column: 9) < CSVPosition(line: 3, column: 1)  // true
///     "\(CSVPosition(line: 2, column: 9))"  // 2:9
public struct CSVPosition: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The physical line, from 1: one more than the number of LF bytes before it.
    public var line: Int

    /// The column in bytes, from 1.
    ///
    /// A skipped byte-order mark does not count.
    public var column: Int

    /// The place at `line` and `column`, both from 1.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// `LINE:COLUMN`.
    public var description: String { "\(line):\(column)" }

    /// Whether `left` comes before `right` in the file.
    public static func < (left: CSVPosition, right: CSVPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
