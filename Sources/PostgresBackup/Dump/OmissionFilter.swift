/// Blanks what a restore leaves out; lines keep their numbers.
struct OmissionFilter {
    private var ranges: ArraySlice<Range<Int>>
    private var offset = 0

    init(_ ranges: [Range<Int>]) { self.ranges = ranges[...] }

    /// The next bytes of the dump, without omissions.
    mutating func filtered(_ bytes: [UInt8]) -> [UInt8] {
        let end = offset + bytes.count
        defer { offset = end }
        guard let first = ranges.first, first.lowerBound < end else { return bytes }
        var result = bytes
        while let range = ranges.first, range.lowerBound < end {
            for index in range.clamped(to: offset..<end) where result[index - offset] != UInt8(ascii: "\n") {
                result[index - offset] = UInt8(ascii: " ")
            }
            guard range.upperBound <= end else { break }
            ranges.removeFirst()
        }
        return result
    }
}
