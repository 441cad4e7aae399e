import SystemSupport

@testable import RedisProtocol

/// Connections in memory, and a clock that moves only while an exchange waits for them.
final class MemoryNetwork: @unchecked Sendable {
    private(set) var now = ContinuousClock.now
    private var transports: [MemoryTransport] = []
    /// The time at which the run is to end.
    var end: ContinuousClock.Instant?
    /// The number of waits.
    private(set) var waits = 0

    private static let firstDescriptor: CInt = 1000

    /// A new connection, to a peer that answers as `peer` does.
    ///
    /// - Parameter peer: Called with what was written, for each write.
    func connect(_ peer: @escaping (MemoryTransport, [UInt8]) -> Void = { _, _ in }) -> MemoryTransport {
        let descriptor = Self.firstDescriptor + CInt(transports.count)
        transports.append(MemoryTransport(self, descriptor, peer))
        return transports[transports.count - 1]
    }

    /// A signal that is up from `end` on.
    let cancellation = CancellationSignal(descriptor: 999)

    func advance(by time: Duration) { now += time }

    var clock: RunClock {
        RunClock(now: { self.now }) { requests, limit, cancellation in
            self.wait(for: &requests, within: limit, isCancellable: cancellation == self.cancellation)
        }
    }

    private func wait(
        for requests: inout [PollRequest], within limit: Duration, isCancellable: Bool
    ) -> Poll.Outcome {
        waits += 1
        let deadline = now + limit
        while true {
            if isCancellable, let end, end <= now { return .cancelled }
            for index in requests.indices {
                let transport = transports[Int(requests[index].descriptor - Self.firstDescriptor)]
                requests[index].ready = requests[index].events.intersection(transport.ready)
            }
            if requests.contains(where: { !$0.ready.isEmpty }) { return .ready }
            let next = (transports.compactMap(\.nextEvent) + [isCancellable ? end : nil].compactMap { $0 })
                .filter { $0 > now }.min()
            guard let next, next <= deadline else {
                now = deadline
                return .timedOut
            }
            now = next
        }
    }
}

/// One end of a connection in memory.
final class MemoryTransport: Transport {
    /// What arrives.
    enum Event {
        case bytes(String)
        case end
        case failure(String)
    }

    private unowned let network: MemoryNetwork
    private let descriptor: CInt
    private let peer: (MemoryTransport, [UInt8]) -> Void
    private var events: [(time: ContinuousClock.Instant, event: Event)] = []
    /// Everything that was written.
    private(set) var written: [UInt8] = []
    /// The bytes that one write takes.
    var room = Int.max
    /// Why writing fails.
    var writeFailure: String?

    init(
        _ network: MemoryNetwork, _ descriptor: CInt, _ peer: @escaping (MemoryTransport, [UInt8]) -> Void
    ) {
        self.network = network
        self.descriptor = descriptor
        self.peer = peer
    }

    var text: String { String(decoding: written, as: UTF8.self) }

    /// Lets something arrive, at once or later.
    func arrive(_ event: Event, after delay: Duration = .zero) {
        events.append((network.now + delay, event))
    }

    var nextEvent: ContinuousClock.Instant? { events.first?.time }

    var ready: PollRequest.Events {
        let canRead = events.first.map { $0.time <= network.now } ?? false
        let canWrite = room > 0 || writeFailure != nil
        return (canRead ? PollRequest.Events.readable : []).union(canWrite ? .writable : [])
    }

    func request(hasOutput: Bool) -> PollRequest {
        PollRequest(descriptor, hasOutput ? [.readable, .writable] : .readable)
    }

    func read(into buffer: inout [UInt8]) throws(TransportError) -> Received {
        guard let first = events.first, first.time <= network.now else { return .nothing }
        switch first.event {
        case .end: return .end
        case .failure(let text): throw TransportError(text)
        case .bytes(let text):
            events.removeFirst()
            let bytes = Array(text.utf8)
            buffer.replaceSubrange(0..<bytes.count, with: bytes)
            return .bytes(bytes.count)
        }
    }

    func write(_ bytes: Span<UInt8>) throws(TransportError) -> Int {
        if let writeFailure { throw TransportError(writeFailure) }
        let count = min(room, bytes.count)
        var taken: [UInt8] = []
        for index in 0..<count { taken.append(bytes[index]) }
        written += taken
        peer(self, taken)
        return count
    }
}
