import Glibc
import Synchronization
import SystemSupport

/// Looks up the addresses of a host within a time limit, which getaddrinfo(3) does not know.
struct HostResolver {
    /// The address as the user knows it, for messages.
    let address: RedisAddress
    let limit: Duration
    let cancellation: CancellationSignal

    /// The result of a look-up, from its own thread.
    private final class Answer: Sendable {
        let result = Mutex<Result<[SocketAddress], RedisError>?>(nil)
    }

    /// The addresses of a host, in the system's order of preference.
    ///
    /// - Throws: ``RedisError/Code/unavailable`` if there are none, or none within the limit.
    func addresses(of host: String, port: UInt16) throws(RedisError) -> [SocketAddress] {
        let numeric = Self.lookUp(host, port: port, flags: AI_NUMERICHOST)
        if let numeric = try? numeric.get() { return numeric }
        var ends: [CInt] = [-1, -1]
        // Sound: pipe fills the two elements during the call.
        guard unsafe pipe(&ends) == 0 else { throw failure(.system, ErrorNumber.text(of: errno)) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let answer = Answer()
        let writer = ends[1]
        let run: @Sendable () -> Void = {
            let result = Self.lookUp(host, port: port, flags: 0)
            answer.result.withLock { $0 = result }
            close(writer)  // which makes the other end readable
        }
        if !DetachedThread.start(run) { run() }  // no thread is available: then without a limit
        switch Poll.wait(for: ends[0], .readable, within: limit, unless: cancellation) {
        case .cancelled: throw RedisError.interrupted
        case .failed(let number): throw failure(.system, ErrorNumber.text(of: number))
        case .ready, .timedOut: break
        }
        switch answer.result.withLock({ $0 }) {
        case .success(let addresses): return addresses
        case .failure(let error): throw failure(error.code, error.message)
        case nil: throw failure(.unavailable, "looking up the name timed out after \(limit.text)")
        }
    }

    private func failure(_ code: RedisError.Code, _ cause: String) -> RedisError {
        RedisError(code, "cannot connect to \(address): \(cause)")
    }

    private static func lookUp(
        _ host: String, port: UInt16, flags: CInt
    ) -> Result<[SocketAddress], RedisError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            if status == EAI_SYSTEM || status == EAI_MEMORY, ErrorNumber.isShortage(errno) {
                return .failure(RedisError(.system, ErrorNumber.text(of: errno)))
            }
            // Without a descriptor for its files and sockets, it knows no name, and says only that.
            if let number = descriptorShortage() {
                return .failure(RedisError(.system, ErrorNumber.text(of: number)))
            }
            // Sound: gai_strerror answers a constant, NUL-terminated string.
            return .failure(RedisError(.unavailable, unsafe String(cString: gai_strerror(status))))
        }
        // Sound: the list is this function's until it is freed; each entry is copied before.
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe SocketAddress(entry.pointee) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }

    /// The error number, if there are too few descriptors for a look-up.
    private static func descriptorShortage() -> CInt? {
        var probes: [CInt] = []
        defer { for probe in probes { close(probe) } }
        for _ in 0..<2 {
            let probe = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
            guard probe >= 0 else { return errno }
            probes.append(probe)
        }
        return nil
    }
}
