import SystemSupport

/// Bytes that wait to be written to a connection.
struct OutputBuffer {
    private var bytes: [UInt8] = []
    /// The number of them that are written.
    private var written = 0

    /// Fewer written bytes than this are not worth moving the others for.
    private static let leastMoved = 64 << 10

    /// The number of bytes that wait.
    var count: Int { bytes.count - written }

    /// Adds bytes.
    mutating func append(_ more: Span<UInt8>) { bytes.append(more) }

    /// Writes what there is room for.
    mutating func write(to transport: any Transport) throws(TransportError) {
        written += try transport.write(bytes.span.extracting(written..<bytes.count))
        if written == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            written = 0
        } else if written >= max(Self.leastMoved, count) {
            bytes.removeSubrange(0..<written)
            written = 0
        }
    }
}
