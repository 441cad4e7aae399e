import Glibc
import SystemSupport

extension PlainTransport {
    /// Connects to `address`, trying every address of its host in turn.
    ///
    /// - Throws: ``RedisError/Code/unavailable``; ``RedisError/Code/permission`` for a socket that this user may not use.
    static func connect(
        to address: RedisAddress, within limit: Duration, unless cancellation: CancellationSignal
    ) throws(RedisError) -> PlainTransport {
        let deadline = ContinuousClock.now + limit
        let places: [SocketAddress]
        switch address.endpoint {
        case .unix(let path): places = [SocketAddress(path: path)]
        case .tcp(let host, let port):
            places = try HostResolver(address: address, limit: limit, cancellation: cancellation)
                .addresses(of: host, port: port)
        }
        let attempt = ConnectionAttempt(address: address, limit: limit, cancellation: cancellation)
        var failure = attempt.failure(ETIMEDOUT)
        for place in places where deadline > .now {
            do throws(RedisError) { return try attempt.connect(to: place, until: deadline) } catch {
                guard error.code != .interrupted else { throw error }
                failure = error
            }
        }
        throw failure
    }
}

/// One attempt to connect, and the words for its failure.
private struct ConnectionAttempt {
    let address: RedisAddress
    let limit: Duration
    let cancellation: CancellationSignal

    func connect(
        to place: SocketAddress, until deadline: ContinuousClock.Instant
    ) throws(RedisError) -> PlainTransport {
        guard let socket = Socket(family: place.family) else { throw failure(errno) }
        var number = place.connect(socket)
        if number == EINPROGRESS || number == EINTR {
            switch Poll.wait(
                for: socket.descriptor, .writable, within: deadline - .now, unless: cancellation)
            {
            case .ready: number = socket.pendingError
            case .timedOut: number = ETIMEDOUT
            case .failed(let found): number = found
            case .cancelled: throw RedisError.interrupted
            }
        }
        guard number == 0 else { throw failure(number) }
        if case .tcp = address.endpoint { socket.setOptionsOfTCP() }
        return PlainTransport(socket)
    }

    func failure(_ number: CInt) -> RedisError {
        let what = "cannot connect to \(address)"
        let cause = number == ETIMEDOUT ? "timed out after \(limit.text)" : ErrorNumber.text(of: number)
        switch number {
        case EACCES, EPERM: return RedisError(.permission, "\(what): \(cause)")
        case _ where ErrorNumber.isShortage(number): return RedisError(.system, "\(what): \(cause)")
        case EAGAIN:
            return RedisError(
                .unavailable, "\(what): \(cause)", advice: "its queue of connections is full; run again")
        default: return RedisError(.unavailable, "\(what): \(cause)", advice: "is the server running?")
        }
    }
}
