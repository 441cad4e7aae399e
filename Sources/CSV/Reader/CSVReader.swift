/// Reads the records of a CSV file one after the other.
///
/// It holds one chunk of the file and one record, however large the file is.
///
///     var reader = CSVReader(ByteSource(descriptor: 0, closing: false))
///     while try reader.next() {
///         print(reader.record.string(0))
///     }
public struct CSVReader: ~Copyable {
    private var source: ByteSource
    private var parser: CSVParser
    private let limits: CSVLimits
    private var mustDetectDelimiter: Bool
    private var cursor = 0
    private var isAtEnd = false
    @usableFromInline var current = CSVRecord()
    /// Whether records are looked for by the block scan first; false for tests, to compare with.
    let usesIndex: Bool

    /// How the file is read; with `detectsDelimiter` certain after the first ``next()``.
    public private(set) var dialect: CSVDialect

    /// The record that ``next()`` read last.
    public var record: CSVRecord {
        @inlinable _read { yield current }
    }

    /// A reader of `source` from where it stands.
    ///
    /// - Parameters:
    ///   - source: What is read.
    ///   - dialect: The delimiter, and whether leading comments are skipped.
    ///   - detectsDelimiter: Takes the delimiter from the header record instead:
    ///     comma, semicolon, tab or pipe, whichever stands there most often.
    ///   - limits: What is refused as too large.
    public init(
        _ source: consuming ByteSource, dialect: CSVDialect = .rfc4180, detectsDelimiter: Bool = false,
        limits: CSVLimits = CSVLimits()
    ) {
        self.init(
            source, dialect: dialect, detectsDelimiter: detectsDelimiter, limits: limits, usesIndex: true)
    }

    init(
        _ source: consuming ByteSource, dialect: CSVDialect, detectsDelimiter: Bool, limits: CSVLimits,
        usesIndex: Bool
    ) {
        self.usesIndex = usesIndex
        self.source = source
        self.dialect = dialect
        self.limits = limits
        mustDetectDelimiter = detectsDelimiter
        parser = CSVParser(dialect: dialect, limits: limits)
    }

    /// Reads the next record into ``record``; the first is the header.
    ///
    /// After an error it may be called again. It goes on with the next record if
    /// the end of the faulty one is certain (a wrong number of fields, a NUL, bytes
    /// that are not UTF-8), else it answers false.
    ///
    /// - Returns: Whether there was a record; false at the end of the file.
    /// - Throws: ``CSVFailure/malformed(_:)`` at the earliest fault of a record,
    ///   ``CSVFailure/unreadable(_:)`` if the system cannot read.
    /// - Complexity: O(*n*) in the record's bytes.
    @inlinable
    public mutating func next() throws(CSVFailure) -> Bool {
        if current.advance() { return true }
        return try readOn()
    }

    /// How the file is read, certain already before the first ``next()``.
    ///
    /// - Throws: ``CSVFailure/unreadable(_:)`` if the system cannot read.
    public mutating func detectedDialect() throws(CSVFailure) -> CSVDialect {
        if mustDetectDelimiter { try detectDelimiter() }
        return dialect
    }

    /// Reads the next record when no more are found already.
    @usableFromInline
    mutating func readOn() throws(CSVFailure) -> Bool {
        if mustDetectDelimiter { try detectDelimiter() }
        while !isAtEnd {
            if usesIndex, current.beginBatch(in: &source, cursor: &cursor, for: &parser) { return true }
            switch try parse() {
            case .record: return true
            case .end: isAtEnd = true
            case .needsInput:
                cursor = 0
                current.endBatch()
                if try !refill() {
                    isAtEnd = true
                    return try finish()
                }
            }
        }
        return false
    }

    /// Which file is being read, and in what state it is now.
    ///
    /// - Throws: ``FileError/system(_:)``.
    public func fileIdentity() throws(FileError) -> FileIdentity { try source.identity() }

    private mutating func parse() throws(CSVFailure) -> CSVParser.Step {
        do throws(CSVError) {
            return try source.withChunk { chunk throws(CSVError) in
                try parser.next(chunk, at: &cursor, into: &current)
            }
        } catch {
            throw .malformed(error)
        }
    }

    private mutating func finish() throws(CSVFailure) -> Bool {
        do throws(CSVError) { return try parser.finish(into: &current) } catch { throw .malformed(error) }
    }

    private mutating func refill() throws(CSVFailure) -> Bool {
        do throws(ReadError) { return try source.refill() } catch { throw .unreadable(error) }
    }

    private mutating func detectDelimiter() throws(CSVFailure) {
        mustDetectDelimiter = false
        var isWhole = false
        while true {
            let found = source.withChunk { chunk in
                DelimiterDetection.delimiter(
                    of: chunk, skipsLeadingComments: dialect.skipsLeadingComments, isWhole: isWhole)
            }
            if let found {
                guard
                    let detected = CSVDialect(
                        delimiter: found, skipsLeadingComments: dialect.skipsLeadingComments)
                else { return }
                dialect = detected
                parser = CSVParser(dialect: detected, limits: limits)
                return
            }
            do throws(ReadError) { isWhole = try !source.extend() } catch { throw .unreadable(error) }
        }
    }
}
