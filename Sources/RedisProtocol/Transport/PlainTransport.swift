import Glibc
package import SystemSupport

/// Unencrypted bytes over TCP or a socket in the file system.
package final class PlainTransport: Transport {
    private let socket: Socket

    init(_ socket: consuming Socket) { self.socket = socket }

    package func request(hasOutput: Bool) -> PollRequest {
        PollRequest(socket.descriptor, hasOutput ? [.readable, .writable] : .readable)
    }

    package func read(into buffer: inout [UInt8]) throws(TransportError) -> Received {
        let descriptor = socket.descriptor
        while true {
            // Sound: recv(2) writes at most `$0.count` bytes into the array's own storage.
            let count = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .nothing
            case let number: throw TransportError(ErrorNumber.text(of: number))
            }
        }
    }

    package func write(_ bytes: Span<UInt8>) throws(TransportError) -> Int {
        let descriptor = socket.descriptor
        while true {
            // Sound: send(2) reads at most `$0.count` bytes during the call.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return 0
            case let number: throw TransportError(ErrorNumber.text(of: number))
            }
        }
    }
}
