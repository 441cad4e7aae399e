/// Offsets in ascending order, in memory that is taken once.
@safe
struct OffsetList: ~Copyable {
    private let memory: Memory<UInt16>
    private let places = Memory<SIMD8<UInt16>>(capacity: 256)
    /// The offsets, of which there are ``count``.
    let storage: UnsafeMutablePointer<UInt16>
    private(set) var count = 0

    /// A list of up to `capacity` offsets, rounded up to whole blocks.
    init(capacity: Int) {
        memory = Memory(capacity: capacity + 64)
        unsafe storage = memory.start
        for byte in 0..<256 {
            var bits = SIMD8<UInt16>()
            var rest = byte
            var place = 0
            while rest != 0 {
                bits[place] = UInt16(rest.trailingZeroBitCount)
                rest &= rest - 1
                place += 1
            }
            // Sound: there is room for 256.
            unsafe (places.start + byte).initialize(to: bits)
        }
    }

    mutating func removeAll() { count = 0 }

    /// Appends `offset + i` for each bit *i* of `bits`.
    ///
    /// It takes eight bits at a time and always writes eight offsets, of which those too many are
    /// written over by the next: a loop over the set bits would cost more by its unforeseeable end.
    @inline(__always)
    mutating func append(_ bits: UInt64, at offset: Int) {
        let table = unsafe UnsafePointer(places.start)
        // Sound: a list has room for every byte of what is scanned, and for a block more.
        let next = unsafe UnsafeMutableRawPointer(storage + count)
        let base = UInt16(truncatingIfNeeded: offset)
        // Byte *i* has how many bits are set in the bytes up to *i*.
        let sums = bits.bitCountOfEachByte &* 0x0101_0101_0101_0101
        var before = 0
        for part in 0..<8 {
            let byte = Int(truncatingIfNeeded: bits >> (8 * UInt64(part)) & 0xFF)
            let places = unsafe table[byte] &+ SIMD8(repeating: base &+ UInt16(8 * part))
            unsafe next.storeBytes(of: places, toByteOffset: before &* 2, as: SIMD8<UInt16>.self)
            before = Int(truncatingIfNeeded: sums >> (8 * UInt64(part)) & 0xFF)
        }
        count &+= before
    }

    subscript(index: Int) -> Int {
        @inline(__always) get {
            assert(index < count)
            // Sound: the callers stay below `count`.
            return Int(unsafe storage[index])
        }
    }
}

extension UInt64 {
    /// For each byte how many of its bits are set; without the processor's instruction for it, which
    /// not every x86-64 has.
    fileprivate var bitCountOfEachByte: UInt64 {
        let pairs = self &- (self >> 1 & 0x5555_5555_5555_5555)
        let nibbles = (pairs & 0x3333_3333_3333_3333) &+ (pairs >> 2 & 0x3333_3333_3333_3333)
        return (nibbles &+ nibbles >> 4) & 0x0F0F_0F0F_0F0F_0F0F
    }
}
