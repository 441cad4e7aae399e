import Glibc

/// What libFuzzer calls with each input; see `scripts/fuzz`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCSV(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // Sound: libFuzzer lends `count` bytes for the call.
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let fuzzCase = FuzzCase(input) else { return 0 }
    do {
        if let difference = try fuzzCase.difference(pipe) { fatalError(difference) }
    } catch {
        fatalError("\(error)")
    }
    return 0
}

/// A source of `bytes`, of no more than a pipe holds: 64 KiB.
private func pipe(_ bytes: [UInt8], chunkSize: Int) -> ByteSource {
    var ends: (CInt, CInt) = (0, 0)
    // Sound: the system writes two descriptors, and reads the bytes during the call.
    let made = unsafe withUnsafeMutablePointer(to: &ends) {
        unsafe $0.withMemoryRebound(to: CInt.self, capacity: 2) { unsafe Glibc.pipe($0) }
    }
    precondition(made == 0, "no pipe")
    precondition(unsafe write(ends.1, bytes, bytes.count) == bytes.count, "more than a pipe holds")
    close(ends.1)
    return ByteSource(descriptor: ends.0, closing: true, chunkSize: chunkSize)
}
