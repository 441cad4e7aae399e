import Foundation
import TestSupport

/// A server on a unix socket that answers what a test tells it, whatever it is asked.
final class FakeServer: @unchecked Sendable {
    private let folder: TemporaryDirectory
    private let listener: Int32
    private let thread: Thread

    /// Of its socket, by which a test can tell it from a server.
    static let name = "fake.sock"
    /// The replies to PING and CLIENT SETNAME.
    static let greeting = Data("+PONG\r\n+OK\r\n".utf8)

    var url: String { "unix://\(folder.path)/\(Self.name)" }

    /// A server that, for every connection, runs `script` with a way to read and a way to write.
    init(
        _ script: @escaping @Sendable (_ read: () -> Data, _ write: (Data) -> Void) -> Void
    ) throws {
        folder = try TemporaryDirectory()
        _ = signal(SIGPIPE, SIG_IGN)  // as the program does
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array((folder.path + "/\(Self.name)").utf8)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(listener, 8) == 0 else { throw TestFailure("cannot listen") }
        thread = Thread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                script(
                    {
                        var buffer = [UInt8](repeating: 0, count: 1 << 16)
                        let count = unsafe recv(connection, &buffer, buffer.count, 0)
                        return Data(buffer.prefix(max(0, count)))
                    },
                    { data in
                        _ = unsafe data.withUnsafeBytes {
                            unsafe send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                        }
                    })
                close(connection)
            }
        }
        thread.start()
    }

    /// Makes accept fail; the thread then closes the listener, which nobody else may do before.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}
