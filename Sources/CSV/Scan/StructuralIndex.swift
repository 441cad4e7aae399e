import CBlockScan

/// Where fields begin, found 64 bytes at a time.
///
/// It classifies a block by bit masks, one bit a byte, and checks all of the grammar and of UTF-8 on
/// them. It stops before a block with any fault: what that is, and where, `CSVParser` says.
@safe
struct StructuralIndex: ~Copyable {
    /// The bytes that are looked at in one go: the text and what is found stay in the first cache.
    static let span = 32 << 10

    /// Where each field begins, counted from where the scan began.
    ///
    /// Each field ends, with its delimiter or
    /// LF, where the next begins; so there is one more than there are fields.
    private(set) var starts = OffsetList(capacity: span + 1)
    /// Offsets of LFs inside quotes, and of the second of two quotes that stand for one.
    private(set) var specials = OffsetList(capacity: span)
    /// The number of the fields that end with LF.
    private(set) var lineFeedCount = 0

    /// Which kinds the bytes before a block are of: each is 1 if the last byte was, else 0.
    private struct Carry {
        /// All ones if the block begins inside quotes.
        var isInside: UInt64 = 0
        /// The start of a record is like after a LF.
        var fieldEnd: UInt64 = 1
        var closing: UInt64 = 0
        var carriageReturn: UInt64 = 0
        var utf8 = UTF8BlockCheck()
    }

    /// Forgets what was found.
    mutating func removeAll() {
        starts.removeAll()
        specials.removeAll()
        lineFeedCount = 0
    }

    /// Looks at the bytes from `start`, where a record begins, to `end` or to a fault.
    ///
    /// - Parameter bytes: Readable up to 64 bytes after `end`.
    /// - Returns: The number of bytes that it took.
    mutating func scan(
        _ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, delimiter: UInt8
    ) -> Int {
        removeAll()
        var carry = Carry()
        var offset = 0
        let count = end - start
        while offset + 64 <= count {
            // Sound here and below: the caller has 64 readable bytes at every offset below `end`.
            guard unsafe scanBlock(bytes + start, offset, ~0, delimiter, &carry) else { break }
            offset += 64
        }
        if count - offset < 64, offset < count {
            let valid: UInt64 = (1 << UInt64(count - offset)) &- 1
            if unsafe scanBlock(bytes + start, offset, valid, delimiter, &carry) { offset = count }
        }
        starts.append(carry.fieldEnd, at: offset)
        return offset
    }

    /// Looks at those of 64 bytes that `valid` has; false if there is a fault.
    @inline(__always)
    private mutating func scanBlock(
        _ text: UnsafePointer<UInt8>, _ offset: Int, _ valid: UInt64, _ delimiter: UInt8, _ carry: inout Carry
    ) -> Bool {
        // Sound here and below: the caller has 64 readable bytes at `offset`.
        let block = unsafe text + offset
        let quotes = unsafe reed_equal(block, .quote) & valid
        let lineFeeds = unsafe reed_equal(block, .lineFeed) & valid
        let inside = quotes.prefixXor ^ carry.isInside
        let opening = quotes & inside
        let closing = quotes & ~inside
        let recordEnds = lineFeeds & ~inside
        let fieldEnds = unsafe reed_equal(block, delimiter) & valid & ~inside | recordEnds
        let fieldStarts = fieldEnds << 1 | carry.fieldEnd
        let afterClosing = closing << 1 | carry.closing
        var faults = opening & ~(fieldStarts | afterClosing)
        var sound = fieldEnds | opening
        if unsafe carry.carriageReturn != 0 || reed_has(block, .carriageReturn) {
            let carriageReturns = unsafe reed_equal(block, .carriageReturn) & valid & ~inside
            faults |= (carriageReturns << 1 | carry.carriageReturn) & ~recordEnds
            sound |= carriageReturns
            carry.carriageReturn = carriageReturns >> 63
        }
        faults |= afterClosing & ~sound
        if unsafe faults & valid != 0 || reed_has_zero(block) && (reed_equal(block, 0) & valid) != 0 {
            return false
        }
        guard unsafe carry.utf8.accepts(block, valid) else { return false }

        starts.append(fieldStarts & valid, at: offset)
        lineFeedCount &+= recordEnds.nonzeroBitCount
        let special = opening & afterClosing | lineFeeds & inside
        if special != 0 { specials.append(special, at: offset) }

        carry.isInside = inside >> 63 == 0 ? 0 : ~0
        carry.fieldEnd = valid == ~0 ? fieldEnds >> 63 : fieldStarts & (valid &+ 1) == 0 ? 0 : 1
        carry.closing = closing >> 63
        return true
    }
}

extension UInt64 {
    /// Bit *i* is the parity of the bits 0 to *i*: set from an opening quote to before its closing one.
    fileprivate var prefixXor: UInt64 {
        var bits = self
        bits ^= bits << 1
        bits ^= bits << 2
        bits ^= bits << 4
        bits ^= bits << 8
        bits ^= bits << 16
        bits ^= bits << 32
        return bits
    }
}
