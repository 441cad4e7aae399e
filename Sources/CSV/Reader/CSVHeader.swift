/// The names of a file's columns, and where each stands.
///
///     guard try reader.next() else { return }
///     let header = CSVHeader(reader.record)
///     let key = header.index(of: "key")
public struct CSVHeader: Sendable {
    /// The names, in the file's order and as it has them.
    public let names: [String]
    private let places: [String: Int]

    /// The header that `record` is, a file's first record.
    public init(_ record: borrowing CSVRecord) {
        names = (0..<record.count).map { record.string($0) }
        places = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
    }

    /// Which field has the column called `name`; the first, if several are called so.
    ///
    /// Case and white space make a difference.
    ///
    /// - Returns: `nil` if there is none.
    /// - Complexity: O(1).
    public func index(of name: String) -> Int? { places[name] }

    /// Whether two columns have the same name, so that one of them cannot be found.
    public var hasRepeatedNames: Bool { places.count < names.count }
}
