#if !FUZZING  // the fuzzer has both in one module
    @testable import CSV
#endif

/// All that a reader says of a file, positions included, one line for each answer.
struct ReaderAccount: Equatable {
    private(set) var lines: [String] = []
    /// The texts of the records.
    private(set) var records: [[String]] = []
    private(set) var dialect = CSVDialect.rfc4180

    /// Reads on behind each fault.
    ///
    /// - Parameters:
    ///   - most: How many answers are believed to be possible; a reader that gives more would never end.
    ///   - usesIndex: False for the parser that looks at each byte.
    init(
        _ source: consuming ByteSource, dialect: CSVDialect = .rfc4180, detectsDelimiter: Bool = false,
        limits: CSVLimits = CSVLimits(), most: Int, usesIndex: Bool
    ) throws(CSVFailure) {
        var reader = CSVReader(
            source, dialect: dialect, detectsDelimiter: detectsDelimiter, limits: limits, usesIndex: usesIndex
        )
        reading: while lines.count <= most {
            do throws(CSVFailure) {
                guard try reader.next() else { break reading }
                lines.append(Self.describe(reader.record))
                records.append((0..<reader.record.count).map { reader.record.string($0) })
            } catch {
                guard case .malformed(let error) = error else { throw error }
                lines.append(
                    "\(error) record \(error.recordNumber) field \(error.field ?? -1) "
                        + "ends \(error.endsReading) \(error.help ?? "")")
            }
        }
        self.dialect = reader.dialect
    }

    private static func describe(_ record: borrowing CSVRecord) -> String {
        var text = "line \(record.line), \(record.textByteCount) bytes:"
        for index in 0..<record.count {
            let state = record.isAbsent(index) ? "absent" : record.string(index).debugDescription
            text += " \(record.position(of: index)) \(state)"
        }
        return text
    }
}
