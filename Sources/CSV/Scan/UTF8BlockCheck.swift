import CBlockScan

/// Checks UTF-8 on bit masks, 64 bytes at a time; the ranges are those of the Unicode Standard, table 3-7.
struct UTF8BlockCheck {
    /// Which of the next block's first bytes have to be continuations.
    private var needed: UInt64 = 0
    /// Whether the last block's last byte narrows the range of the next byte, and how.
    private var afterE0: UInt64 = 0
    private var afterED: UInt64 = 0
    private var afterF0: UInt64 = 0
    private var afterF4: UInt64 = 0

    /// Whether the bytes of `block` that `valid` has are well-formed after those before.
    @inline(__always)
    mutating func accepts(_ block: UnsafePointer<UInt8>, _ valid: UInt64) -> Bool {
        // Sound here and below: the caller has 64 readable bytes at `block`.
        let high = unsafe reed_high(block) & valid
        if high | needed == 0 { return true }
        return unsafe check(block, valid: valid, high: high)
    }

    private mutating func check(_ block: UnsafePointer<UInt8>, valid: UInt64, high: UInt64) -> Bool {
        let leads = unsafe reed_at_least(block, 0xC0) & valid
        let continuations = high & ~leads
        let longer = unsafe reed_at_least(block, 0xE0) & valid
        let longest = unsafe reed_at_least(block, 0xF0) & valid
        let expected = needed | leads << 1 | longer << 2 | longest << 3
        // 0xC0 and 0xC1 only lead overlong forms.
        let overlong = unsafe leads & ~reed_at_least(block, 0xC2)
        if (expected ^ continuations) & valid | overlong != 0 { return false }
        needed = leads >> 63 | longer >> 62 | longest >> 61
        if longer | afterE0 | afterED | afterF0 | afterF4 == 0 { return true }
        return unsafe checkRanges(block, valid)
    }

    /// No overlong forms of three and four bytes, no surrogates, nothing above U+10FFFF.
    private mutating func checkRanges(_ block: UnsafePointer<UInt8>, _ valid: UInt64) -> Bool {
        let (e0, ed) = unsafe (reed_equal(block, 0xE0) & valid, reed_equal(block, 0xED) & valid)
        let (f0, f4) = unsafe (reed_equal(block, 0xF0) & valid, reed_equal(block, 0xF4) & valid)
        let atLeast90 = unsafe reed_at_least(block, 0x90)
        let atLeastA0 = unsafe reed_at_least(block, 0xA0)
        var faults = unsafe reed_at_least(block, 0xF5)
        faults |= (e0 << 1 | afterE0) & ~atLeastA0
        faults |= (ed << 1 | afterED) & atLeastA0
        faults |= (f0 << 1 | afterF0) & ~atLeast90
        faults |= (f4 << 1 | afterF4) & atLeast90
        (afterE0, afterED, afterF0, afterF4) = (e0 >> 63, ed >> 63, f0 >> 63, f4 >> 63)
        return faults & valid == 0
    }
}
