import CBlockScan

/// Where the delimiters and line ends outside quotes are, found 64 bytes at a time.
///
/// It classifies a block by bit masks, one bit a byte, and checks all of the grammar and of UTF-8 on
/// them. It stops before a block with any fault: what that is, and where, `CSVParser` says.
struct StructuralIndex: ~Copyable {
    /// How many bytes are looked at in one go.
    static let span = 64 << 10

    /// Offsets of delimiters and LFs outside quotes.
    private(set) var ends = OffsetList(capacity: span)
    /// Those of the LFs among them.
    private(set) var lineEnds = OffsetList(capacity: span)
    /// Offsets of LFs inside quotes, and of the second of two quotes that stand for one.
    private(set) var specials = OffsetList(capacity: span)

    /// Forgets what was found.
    mutating func removeAll() {
        ends.removeAll()
        lineEnds.removeAll()
        specials.removeAll()
    }

    /// Looks at the bytes from `start`, where a record begins, to `end` or to a fault.
    ///
    /// - Parameter bytes: Readable to 64 bytes behind `end`.
    mutating func scan(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int, delimiter: UInt8) {
        removeAll()
        var utf8 = UTF8BlockCheck()
        // What the byte before the block says of its first one; a record's start is like behind a LF.
        var isInside: UInt64 = 0
        var followsEnd: UInt64 = 1
        var followsClosing: UInt64 = 0
        var followsCR: UInt64 = 0
        var offset = start
        while offset < end {
            // Sound: the caller has 64 readable bytes at every offset below `end`.
            let block = unsafe bytes + offset
            let valid: UInt64 = end - offset >= 64 ? ~0 : (1 << UInt64(end - offset)) &- 1
            let quotes = unsafe reed_equal(block, .quote) & valid
            let lineFeeds = unsafe reed_equal(block, .lineFeed) & valid
            let inside = quotes.prefixXor ^ isInside
            let opening = quotes & inside
            let closing = quotes & ~inside
            let delimiters = unsafe reed_equal(block, delimiter) & valid & ~inside
            let recordEnds = lineFeeds & ~inside
            let carriageReturns = unsafe reed_equal(block, .carriageReturn) & valid & ~inside

            let fieldEnds = delimiters | recordEnds
            let behindClosing = closing << 1 | followsClosing
            let behindCR = carriageReturns << 1 | followsCR
            var faults = opening & ~(fieldEnds << 1 | followsEnd | behindClosing)
            faults |= behindClosing & ~(fieldEnds | carriageReturns | opening)
            faults |= behindCR & ~recordEnds
            faults &= valid
            if unsafe faults != 0 || reed_has_zero(block) && (reed_equal(block, 0) & valid) != 0 { return }
            guard unsafe utf8.accepts(block, valid) else { return }

            ends.append(fieldEnds, at: offset)
            lineEnds.append(recordEnds, at: offset)
            let special = opening & behindClosing | lineFeeds & inside
            if special != 0 { specials.append(special, at: offset) }

            isInside = inside >> 63 == 0 ? 0 : ~0
            followsEnd = fieldEnds >> 63
            followsClosing = closing >> 63
            followsCR = carriageReturns >> 63
            offset += 64
        }
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

/// Offsets in ascending order, in memory that is taken once.
@safe
struct OffsetList: ~Copyable {
    private let memory: Memory<UInt32>
    private let storage: UnsafeMutablePointer<UInt32>
    private(set) var count = 0

    /// A list of up to `capacity` offsets, rounded up to whole blocks.
    init(capacity: Int) {
        memory = Memory(capacity: capacity + 64)
        unsafe storage = memory.start
    }

    mutating func removeAll() { count = 0 }

    /// Appends `offset + i` for each bit *i* of `bits`.
    @inline(__always)
    mutating func append(_ bits: UInt64, at offset: Int) {
        var rest = bits
        // Sound: a list has room for every byte of what is scanned, so for a block more.
        var next = unsafe storage + count
        while rest != 0 {
            unsafe next.pointee = UInt32(truncatingIfNeeded: offset + rest.trailingZeroBitCount)
            unsafe next += 1
            rest &= rest &- 1
        }
        count = unsafe next - storage
    }

    subscript(index: Int) -> Int {
        @inline(__always) get {
            assert(index < count)
            // Sound: the callers stay below `count`.
            return Int(unsafe storage[index])
        }
    }
}
