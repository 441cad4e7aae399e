import Glibc

/// One descriptor that is waited for, and what was found.
///
///     var requests = [PollRequest(socket, [.readable, .writable])]
///     _ = Poll.wait(for: &requests, within: .seconds(1), unless: .never)
///     requests[0].ready.contains(.readable)
package struct PollRequest: Hashable, Sendable {
    /// Directions in which bytes can be moved.
    package struct Events: OptionSet, Hashable, Sendable {
        package let rawValue: Int16
        package init(rawValue: Int16) { self.rawValue = rawValue }

        /// There are bytes to read, or the other side has closed.
        package static let readable = Events(rawValue: Int16(POLLIN))
        /// There is room to write.
        package static let writable = Events(rawValue: Int16(POLLOUT))
    }

    /// The descriptor.
    package let descriptor: CInt
    /// The events that it is waited for.
    package let events: Events
    /// The events that have come; an error counts as all of them, since reading or writing reports it.
    package var ready: Events = []

    /// A request; nothing has been found yet.
    package init(_ descriptor: CInt, _ events: Events) {
        self.descriptor = descriptor
        self.events = events
    }
}

/// Waiting for descriptors (poll(2)).
///
///     switch Poll.wait(for: socket, .readable, within: .seconds(1), unless: cancellation) {
///     case .ready: read()
///     case .timedOut, .cancelled, .failed: stop()
///     }
package enum Poll {
    /// Why waiting ended.
    package enum Outcome: Hashable, Sendable {
        /// At least one descriptor is ready.
        case ready
        /// The time is over.
        case timedOut
        /// The run is to end.
        case cancelled
        /// The system could not wait, for this `errno`.
        case failed(CInt)
    }

    /// Waits until one of the descriptors is ready, at most `limit`, rounded up to whole milliseconds.
    ///
    /// - Parameters:
    ///   - requests: The descriptors; ``PollRequest/ready`` is set in each.
    ///   - cancellation: Ends the wait, and takes precedence over descriptors that are ready.
    package static func wait(
        for requests: inout [PollRequest], within limit: Duration, unless cancellation: CancellationSignal
    ) -> Outcome {
        var descriptors = requests.map {
            pollfd(fd: $0.descriptor, events: $0.events.rawValue, revents: 0)
        }
        descriptors.append(pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0))
        let deadline = ContinuousClock.now + limit
        var (count, number): (CInt, CInt) = (0, 0)
        repeat {
            let left = max(.zero, deadline - .now) / .milliseconds(1)
            // Sound: the array outlives the call, which fills `revents`.
            count = unsafe poll(&descriptors, nfds_t(descriptors.count), CInt(min(left, 1e9).rounded(.up)))
            number = errno
        } while count < 0 && number == EINTR
        for index in requests.indices {
            let found = count < 0 ? 0 : descriptors[index].revents
            let isFault = found & Int16(POLLERR | POLLHUP | POLLNVAL) != 0
            requests[index].ready = isFault ? requests[index].events : .init(rawValue: found)
        }
        if count < 0 { return .failed(number) }
        if descriptors[requests.count].revents != 0 { return .cancelled }
        return count == 0 ? .timedOut : .ready
    }

    /// Waits for one descriptor, at most `limit`.
    package static func wait(
        for descriptor: CInt, _ events: PollRequest.Events, within limit: Duration,
        unless cancellation: CancellationSignal
    ) -> Outcome {
        var requests = [PollRequest(descriptor, events)]
        return wait(for: &requests, within: limit, unless: cancellation)
    }
}
