import RedisProtocol
import SystemSupport
import UCG

/// What keys held when they were compared, in the form in which a script is given it.
///
/// A value is kept whole, which a script compares in less time than a digest; but the SHA-1 of one that is large, as 40
/// hexadecimal digits: an entity can be replaced by a much smaller one.
struct ComparedValues {
    /// The values, each as an argument of a command.
    private var bytes: [UInt8] = []
    /// Where each argument ends.
    private var ends: [Int] = []

    /// The longest value that is kept whole, in bytes.
    static let mostWhole = 4096

    /// Adds what a key held.
    mutating func append(_ value: Span<UInt8>) {
        if value.count > Self.mostWhole {
            bytes.appendLength([UInt8].sha1Length)
            bytes.appendSHA1(of: value)
        } else {
            bytes.appendLength(value.count)
            bytes.append(value)
        }
        bytes.appendLineEnd()
        ends.append(bytes.count)
    }

    /// The arguments with these numbers.
    subscript(range: Range<Int>) -> ArraySlice<UInt8> {
        let start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1]
        return range.isEmpty ? [] : bytes[start..<ends[range.upperBound - 1]]
    }
}
