public import CSV

/// What a CSV reader made of some bytes, in order, up to the end of the file.
public struct CSVReading: Equatable, Sendable {
    /// One answer of the reader.
    public enum Event: Equatable, Sendable {
        /// A record, as the texts of its fields.
        case record([String])
        /// A fault, behind which reading went on if it could.
        case fault(CSVError)
    }

    /// Everything the reader answered.
    public var events: [Event] = []
    /// How the file was read in the end.
    public var dialect: CSVDialect

    /// Reads all of `bytes`, and on behind each fault.
    ///
    /// - Throws: ``CSVFailure/unreadable(_:)``, and what making the source throws.
    public init(
        _ bytes: [UInt8], chunkSize: Int = ByteSource.defaultChunkSize, dialect: CSVDialect = .rfc4180,
        detectsDelimiter: Bool = false, limits: CSVLimits = CSVLimits()
    ) throws {
        var reader = CSVReader(
            try .bytes(bytes, chunkSize: chunkSize), dialect: dialect, detectsDelimiter: detectsDelimiter,
            limits: limits)
        // Each answer but the last uses up a byte, so a reader that gives more would never end.
        reading: while events.count <= bytes.count {
            do {
                guard try reader.next() else { break reading }
                events.append(.record(reader.record.strings))
            } catch CSVFailure.malformed(let error) {
                events.append(.fault(error))
            }
        }
        self.dialect = reader.dialect
    }

    /// Reads all of the UTF-8 of `text`.
    public init(
        _ text: String, chunkSize: Int = ByteSource.defaultChunkSize, dialect: CSVDialect = .rfc4180,
        detectsDelimiter: Bool = false, limits: CSVLimits = CSVLimits()
    ) throws {
        try self.init(
            [UInt8](text.utf8), chunkSize: chunkSize, dialect: dialect, detectsDelimiter: detectsDelimiter,
            limits: limits)
    }

    /// The records, without the faults between them.
    public var records: [[String]] {
        events.compactMap { if case .record(let record) = $0 { record } else { nil } }
    }

    /// The faults, without the records between them.
    public var faults: [CSVError] {
        events.compactMap { if case .fault(let fault) = $0 { fault } else { nil } }
    }

    /// The records before the first fault.
    public var recordsBeforeFault: [[String]] {
        let end = events.firstIndex { if case .fault = $0 { true } else { false } } ?? events.endIndex
        return events[..<end].compactMap { if case .record(let record) = $0 { record } else { nil } }
    }
}

extension CSVRecord {
    /// The texts of all fields.
    public var strings: [String] { (0..<count).map { string($0) } }
}
