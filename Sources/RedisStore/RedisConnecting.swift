import CHiredis
import Glibc

extension RedisConnection {
    /// Connects to `address`, trying all addresses of its host one after the other.
    ///
    /// hiredis itself would try only one family, cut a long socket path and take
    /// ports modulo 65536; so names are resolved here, and ``RedisAddress`` checks the rest.
    ///
    /// - Throws: ``RedisError/Code/unavailable``; ``RedisError/Code/permission`` for a
    ///   socket that this user may not use.
    static func open(
        _ address: RedisAddress, within limit: Duration, interruption: CInt?
    ) throws(RedisError) -> RedisConnection {
        let deadline = ContinuousClock.now + limit
        switch address.endpoint {
        case .unix(let path):
            let context = unsafe redisConnectUnixWithTimeout(path, timeval(limit))
            return unsafe RedisConnection(
                try check(context, address, limit), interruption: interruption)
        case .tcp(let host, let port):
            var failure = RedisError(
                .unavailable, "cannot connect to redis \(address): timed out after \(limit.text)")
            for numeric in try resolve(host, address) {
                let left = deadline - ContinuousClock.now
                guard left > .zero else { break }
                do throws(RedisError) {
                    let context = unsafe try check(
                        redisConnectWithTimeout(numeric, CInt(port), timeval(left)), address, limit)
                    unsafe redisEnableKeepAlive(context)
                    return unsafe RedisConnection(context, interruption: interruption)
                } catch {
                    failure = error
                }
            }
            throw failure
        }
    }

    /// Takes a context that hiredis has tried to connect, or says why it could not.
    private static func check(
        _ context: UnsafeMutablePointer<redisContext>?, _ address: RedisAddress, _ limit: Duration
    ) throws(RedisError) -> UnsafeMutablePointer<redisContext> {
        let number = errno
        guard let context = unsafe context else { throw RedisError(.system, "out of memory") }
        guard unsafe context.pointee.err != 0 else { return unsafe context }
        let text = unsafe errorText(context.pointee.errstr)
        unsafe redisFree(context)
        if number == EINTR { throw RedisError(.interrupted, "interrupted while connecting") }
        if [EMFILE, ENFILE, ENOMEM].contains(number) {
            throw RedisError(.system, "cannot connect to redis \(address): \(systemText(number))")
        }
        let cause = number == ETIMEDOUT ? "timed out after \(limit.text)" : text
        throw RedisError(
            number == EACCES || number == EPERM ? .permission : .unavailable,
            "cannot connect to redis \(address): \(cause)",
            advice: number == EACCES ? nil : "is the server running?")
    }

    /// The numeric addresses of a host, in the system's order of preference.
    private static func resolve(_ host: String, _ address: RedisAddress) throws(RedisError) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &list)
        guard status == 0 else {
            // Sound: gai_strerror answers a constant, NUL-terminated string.
            let text = unsafe String(cString: gai_strerror(status))
            throw RedisError(.unavailable, "cannot connect to redis \(address): \(text)")
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
        return addresses
    }

    private static func timeval(_ limit: Duration) -> Glibc.timeval {
        let (seconds, attoseconds) = limit.components
        return Glibc.timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
