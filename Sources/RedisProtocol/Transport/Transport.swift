package import SystemSupport

/// The bytes of one connection in both directions, without ever blocking.
///
/// A transport decides itself what it waits for: one that encrypts may have to read before it can write. It closes
/// when its owner releases it.
package protocol Transport: AnyObject {
    /// The descriptor to wait for.
    ///
    /// - Parameter hasOutput: Whether there are bytes to write.
    func request(hasOutput: Bool) -> PollRequest

    /// Reads what has arrived into the beginning of `buffer`.
    ///
    /// - Throws: ``TransportError`` if the connection broke.
    func read(into buffer: inout [UInt8]) throws(TransportError) -> Received

    /// Writes as many bytes as there is room for.
    ///
    /// - Returns: The number of bytes written; 0 if there is no room at the moment.
    /// - Throws: ``TransportError`` if the connection broke; what has arrived before can still be read.
    func write(_ bytes: Span<UInt8>) throws(TransportError) -> Int
}

/// The result of reading from a ``Transport``.
package enum Received: Hashable, Sendable {
    /// The number of bytes read.
    case bytes(Int)
    /// Nothing has arrived.
    case nothing
    /// The other side has closed the connection.
    case end
}

/// The reason why a connection broke, in the system's words.
package struct TransportError: Error, Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}
