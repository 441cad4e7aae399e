import CHiredis
import SystemSupport

/// Rejects bytes that cannot be the beginning of an expected reply.
///
/// The parser would wait for the end of a line, or for the 600 MB that a line announces.
enum PartialReplyCheck {
    private static let (longestNumber, longestStatus, longestError) = (21, 64, 64 << 10)

    /// Returns whether a value can become a reply.
    ///
    /// - Parameters:
    ///   - type: One of `REDIS_REPLY_*`; -1 if the type byte has not arrived.
    ///   - rest: What has arrived after the type byte.
    ///   - largest: The length of the longest string that is expected.
    static func isPossible(type: CInt, rest: Span<UInt8>, largest: Int) -> Bool {
        if type == -1 || rest.isEmpty { return true }
        var line = rest
        let end = rest.indices.first { rest[$0] == UInt8(ascii: "\r") }
        if let end {
            if end + 1 < rest.count, rest[end + 1] != UInt8(ascii: "\n") { return false }
            line = rest.extracting(0..<end)
        }
        switch type {
        case REDIS_REPLY_STATUS:
            return line.count <= longestStatus
                && line.indices.allSatisfy { line[$0] >= 0x20 && line[$0] < 0x7F }
        case REDIS_REPLY_ERROR:
            return line.count <= longestError && line.indices.allSatisfy { line[$0] >= 0x20 }
        default:
            let isNumber = line.indices.allSatisfy { line[$0].isDigit || line[$0] == .hyphen }
            guard isNumber, line.count <= longestNumber else { return false }
            guard type == REDIS_REPLY_STRING, end != nil else { return rest.count <= largest }
            var count = 0
            for index in line.indices where line[index].isDigit {
                count = count &* 10 &+ Int(line[index] & 0xF)
            }
            return count <= largest
        }
    }
}
