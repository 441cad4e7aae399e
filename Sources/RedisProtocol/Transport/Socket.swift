import Glibc

/// A socket that is closed when its owner releases it, and never blocks.
struct Socket: ~Copyable {
    let descriptor: CInt

    /// A new stream socket of an address family.
    ///
    /// - Returns: `nil` if the system has none; errno says why.
    init?(family: CInt) {
        let kind = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else { return nil }  // the deinitializer does not run, and errno stays
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The error that a connection attempt has ended with; 0 if it has succeeded (connect(2)).
    var pendingError: CInt {
        var (number, length) = (CInt(0), socklen_t(MemoryLayout<CInt>.size))
        // Sound: getsockopt writes one CInt during the call.
        let status = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &length)
        return status == 0 ? number : errno
    }

    /// Sends small commands at once, and notices a peer that has vanished within half a minute (tcp(7)).
    func setOptionsOfTCP() {
        let options = [
            (CInt(IPPROTO_TCP), TCP_NODELAY, 1), (SOL_SOCKET, SO_KEEPALIVE, 1),
            (CInt(IPPROTO_TCP), TCP_KEEPIDLE, 15), (CInt(IPPROTO_TCP), TCP_KEEPINTVL, 5),
            (CInt(IPPROTO_TCP), TCP_KEEPCNT, 3),
        ]
        for (level, name, value) in options {
            var value = CInt(value)
            // Sound: setsockopt reads one CInt during the call.
            _ = unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
        }
    }
}
