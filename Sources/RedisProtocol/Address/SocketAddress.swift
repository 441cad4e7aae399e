import Glibc

/// An address that a socket can be connected to: of a host and port, or of a socket in the file system.
struct SocketAddress: Sendable {
    private let bytes: [UInt8]

    /// The longest path of a socket in bytes: `sun_path` has 108, the terminating NUL included (unix(7)).
    static let longestPath = 107

    /// Copies an address that the system has found.
    init?(_ info: addrinfo) {
        guard let address = unsafe info.ai_addr else { return nil }
        // Sound: getaddrinfo gives `ai_addrlen` bytes at `ai_addr`, which are copied at once.
        bytes = unsafe Array(UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
    }

    /// The address of a socket in the file system.
    ///
    /// Precondition: `path` has at most ``longestPath`` bytes and no NUL.
    init(path: String) {
        let family = Self.bytes(of: sa_family_t(AF_UNIX))
        bytes = family + Array(path.utf8) + [0]
    }

    /// The address family, for example `AF_INET6`.
    var family: CInt {
        // Sound: every address begins with its family, in the machine's byte order.
        unsafe CInt(bytes.withUnsafeBytes { unsafe $0.loadUnaligned(as: sa_family_t.self) })
    }

    /// Begins to connect a socket (connect(2)).
    ///
    /// - Returns: 0, or the error number.
    func connect(_ socket: borrowing Socket) -> CInt {
        let descriptor = socket.descriptor
        // Sound: connect reads the bytes, whose number it is given, during the call.
        let status = unsafe bytes.withUnsafeBytes { raw in
            unsafe Glibc.connect(
                descriptor, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
        }
        return status == 0 ? 0 : errno
    }

    /// The bytes of an address family in the machine's byte order.
    private static func bytes(of family: sa_family_t) -> [UInt8] {
        // Sound: the value is initialized and copied during the call.
        unsafe withUnsafeBytes(of: family) { unsafe Array($0) }
    }
}
