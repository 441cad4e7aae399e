import CHiredis
import Glibc
import SystemSupport

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
                .unavailable, "cannot connect to \(address): timed out after \(limit.text)")
            for numeric in try HostName.addresses(of: host, for: address, within: limit, interruption) {
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
            throw RedisError(.system, "cannot connect to \(address): \(systemText(number))")
        }
        let cause = number == ETIMEDOUT ? "timed out after \(limit.text)" : text
        throw RedisError(
            number == EACCES || number == EPERM ? .permission : .unavailable,
            "cannot connect to \(address): \(cause)", advice: advice(number))
    }

    private static func advice(_ number: CInt) -> String? {
        switch number {
        case EACCES, EPERM: nil
        case EAGAIN: "its queue of connections is full; run again"
        default: "is the server running?"
        }
    }

    private static func timeval(_ limit: Duration) -> Glibc.timeval {
        let (seconds, attoseconds) = limit.components
        return Glibc.timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}
