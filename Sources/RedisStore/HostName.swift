import Glibc
import SystemSupport
import Synchronization

/// Finds the addresses of a host without waiting for ever: `getaddrinfo` itself knows no time limit.
enum HostName {
    /// What a look-up answers, from its own thread.
    private final class Answer: Sendable {
        let result = Mutex<Result<[String], RedisError>?>(nil)
    }

    /// The numeric addresses of a host, in the system's order of preference.
    ///
    /// - Throws: ``RedisError/Code/unavailable`` if there are none, or none within `limit`.
    static func addresses(
        of host: String, for address: RedisAddress, within limit: Duration, _ interruption: CInt?
    ) throws(RedisError) -> [String] {
        if let numeric = try? lookUp(host, AI_NUMERICHOST).get() { return numeric }
        var ends: [CInt] = [-1, -1]
        // Sound: pipe fills the two elements during the call.
        guard unsafe pipe(&ends) == 0 else {
            throw RedisError(.system, "cannot connect to \(address): \(systemText(errno))")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let answer = Answer()
        let writer = ends[1]
        startThread {
            let result = lookUp(host, 0)
            answer.result.withLock { $0 = result }
            close(writer)  // which makes the other end readable
        }
        let deadline = ContinuousClock.now + limit
        while true {
            var descriptors = [
                pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0),
                pollfd(fd: interruption ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            let left = max(.zero, deadline - .now) / .milliseconds(1)
            // Sound: the array outlives the call, which fills `revents`.
            let ready = unsafe poll(
                &descriptors, nfds_t(descriptors.count), CInt(min(left, 1e9).rounded(.up)))
            if descriptors[1].revents != 0 { throw RedisError(.interrupted, "interrupted while connecting") }
            if let result = answer.result.withLock({ $0 }) {
                switch result {
                case .success(let addresses): return addresses
                case .failure(let error):
                    throw RedisError(error.code, "cannot connect to \(address): \(error.message)")
                }
            }
            guard ready != 0, deadline > .now else {
                throw RedisError(
                    .unavailable,
                    "cannot connect to \(address): looking up the name timed out after \(limit.text)")
            }
        }
    }

    private static func lookUp(_ host: String, _ flags: CInt) -> Result<[String], RedisError> {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = flags
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            if status == EAI_SYSTEM || status == EAI_MEMORY, [EMFILE, ENFILE, ENOMEM].contains(errno) {
                return .failure(RedisError(.system, systemText(errno)))
            }
            // Without a descriptor for its files and sockets, it knows no name, and says only that.
            if let number = descriptorShortage() { return .failure(RedisError(.system, systemText(number))) }
            // Sound: gai_strerror answers a constant, NUL-terminated string.
            return .failure(RedisError(.unavailable, unsafe String(cString: gai_strerror(status))))
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            // Sound: getnameinfo writes a NUL-terminated text of at most `count` bytes.
            let status = unsafe getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            if status == 0 { addresses.append(String(decoding: bytes, as: UTF8.self)) }
            unsafe next = entry.pointee.ai_next
        }
        return .success(addresses)
    }

    /// Why no descriptors can be had, if there are too few for a look-up.
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

    /// Runs `body` on a thread that nobody waits for.
    private static func startThread(_ body: @escaping @Sendable () -> Void) {
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        // Sound: the thread takes over the one reference that is passed on here.
        let box = unsafe Unmanaged.passRetained(Box(body))
        let status = unsafe pthread_create(
            &thread, nil,
            { box in
                if let box = unsafe box { unsafe Unmanaged<Box>.fromOpaque(box).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        if status == 0 {
            pthread_detach(thread)
        } else {
            unsafe box.takeRetainedValue().body()  // no thread to be had: then without a limit
        }
    }
}
