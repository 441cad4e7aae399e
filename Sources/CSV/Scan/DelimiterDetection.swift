/// Finds a file's delimiter by looking at its header record alone.
enum DelimiterDetection {
    /// Where a header ends at the latest for this purpose; the rest of a longer one is not looked at.
    static let longestHeader = 1 << 20

    /// The better known come first.
    private static let candidates: InlineArray<4, UInt8> = [
        UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|"),
    ]

    static func isCandidate(_ byte: UInt8) -> Bool {
        candidates.indices.contains { candidates[$0] == byte }
    }

    /// The first candidate other than `delimiter` in the text of a record, which seems to be undivided.
    static func candidate(in record: borrowing CSVRecord, except delimiter: UInt8) -> UInt8? {
        record.text.first { $0 != delimiter && isCandidate($0) }
    }

    /// The likeliest delimiter of the header that `bytes` begins with.
    ///
    /// It is the candidate that stands most often outside quotes: comma,
    /// semicolon, tab or pipe; comma if there is none.
    ///
    /// - Returns: `nil` if the header goes on after `bytes`.
    static func delimiter(of bytes: Span<UInt8>, skipsLeadingComments: Bool, isWhole: Bool) -> UInt8? {
        var counts = InlineArray<4, Int>(repeating: 0)
        var isQuoted = false
        var isEmptyLine = true
        var isComment = false
        var isHeaderEnd = isWhole || bytes.count >= longestHeader
        let mark: InlineArray<3, UInt8> = [0xEF, 0xBB, 0xBF]
        let hasMark = bytes.count >= 3 && mark.indices.allSatisfy { bytes[$0] == mark[$0] }
        for index in (hasMark ? 3 : 0)..<bytes.count {
            let byte = bytes[index]
            if byte == .lineFeed, !isQuoted {
                if !isEmptyLine, !isComment {
                    isHeaderEnd = true
                    break
                }
                (isEmptyLine, isComment) = (true, false)
                continue
            }
            if isEmptyLine, skipsLeadingComments, byte == UInt8(ascii: "#") { isComment = true }
            if byte != .carriageReturn { isEmptyLine = false }
            if isComment { continue }
            if byte == .quote { isQuoted.toggle() }
            if !isQuoted, let candidate = candidates.indices.first(where: { candidates[$0] == byte }) {
                counts[candidate] += 1
            }
        }
        guard isHeaderEnd else { return nil }
        var best = 0
        for candidate in candidates.indices where counts[candidate] > counts[best] { best = candidate }
        return candidates[best]
    }
}
