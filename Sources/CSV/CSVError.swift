/// What is wrong with a CSV file, and where.
///
///     do throws(CSVFailure) { _ = try reader.next() } catch {
///         if case .malformed(let error) = error { print(error) }  // 3:17: … [ragged-row]
///     }
public struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of fault.
    ///
    /// Stable across releases: scripts match on it, people read ``CSVError/reason``. Later versions
    /// may add codes.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as it is printed, for example `unterminated-quote`.
        public let rawValue: String

        /// The code printed as `rawValue`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A quoted field that the file does not close; the place is its opening quote.
        public static let unterminatedQuote = Code(rawValue: "unterminated-quote")
        /// Text between a closing quote and the next delimiter.
        public static let textAfterQuote = Code(rawValue: "text-after-quote")
        /// A quote in a field that does not begin with one.
        public static let quoteInUnquoted = Code(rawValue: "quote-in-unquoted")
        /// A CR outside quotes that no LF follows.
        public static let bareCarriageReturn = Code(rawValue: "bare-cr")
        /// A NUL byte.
        public static let nul = Code(rawValue: "nul-byte")
        /// Bytes that are not UTF-8; the place is the first byte of the ill-formed sequence.
        public static let invalidUTF8 = Code(rawValue: "invalid-utf8")
        /// A byte-order mark of UTF-16.
        public static let utf16 = Code(rawValue: "utf16-bom")
        /// A record with more or fewer fields than the header.
        public static let raggedRow = Code(rawValue: "ragged-row")
        /// A field longer than ``CSVLimits/fieldBytes``.
        public static let fieldTooLong = Code(rawValue: "field-too-long")
        /// A record longer than ``CSVLimits/recordBytes``.
        public static let recordTooLong = Code(rawValue: "record-too-long")
        /// A record with more fields than ``CSVLimits/columns``.
        public static let tooManyColumns = Code(rawValue: "too-many-columns")
    }

    /// The kind of fault.
    public var code: Code

    /// Where it is.
    public var position: CSVPosition

    /// Which record it is in, counted from 1, the header; empty lines and comments are none.
    public var recordNumber: Int

    /// The field it is in, counted from 0; `nil` if it concerns the whole record.
    public var field: Int?

    /// Whether the rest of the file cannot be read, because nothing says where its records end.
    public var endsReading: Bool

    /// What was found, and what was expected.
    public var reason: String

    /// A suggested fix, if there is one.
    public var help: String?

    /// The delimiter that the file seems to have, if it is not the one that it is read with.
    public var likelyDelimiter: UInt8?

    /// `LINE:COLUMN: REASON [CODE]`.
    public var description: String { "\(position): \(reason) [\(code.rawValue)]" }
}

/// Why reading a CSV file stopped.
///
///     do throws(CSVFailure) { _ = try reader.next() } catch {
///         switch error {
///         case .malformed(let error): print("\(error.position): \(error.reason)")
///         case .unreadable(let error): print("byte \(error.byteOffset)")
///         }
///     }
public enum CSVFailure: Error, Sendable {
    /// The file is not the CSV it should be.
    case malformed(CSVError)
    /// The system could not read it.
    case unreadable(ReadError)
}

/// A failed read(2).
///
///     if case .unreadable(let error) = failure {
///         print(ReadError.text(of: error.errno), "at byte", error.byteOffset)
///     }
public struct ReadError: Error, Hashable, Sendable {
    /// The system's error number, for example `EIO`.
    public var errno: Int32

    /// The number of bytes that had been read before.
    public var byteOffset: Int
}
