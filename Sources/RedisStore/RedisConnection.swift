import CHiredis
import Glibc
import SystemSupport

/// One connection to Redis: bytes out, replies in, never blocked by either.
///
/// A hiredis context is not thread-safe. This value is noncopyable, so it has
/// one owner, and it is closed when its owner lets go of it. Only the parser and
/// the output buffer of hiredis are used; waiting is done here, by poll(2) for
/// both directions at once, so that full socket buffers cannot lock up both sides.
@safe struct RedisConnection: ~Copyable {
    private let context: UnsafeMutablePointer<redisContext>
    private let replies: ReplyReader
    private var input = [UInt8](repeating: 0, count: 64 << 10)
    /// A descriptor that becomes readable when the run shall end; -1 if there is none.
    let interruption: CInt

    /// A reply larger than this is not one that was asked for.
    var largestReply = RedisConnection.largestSmallReply
    /// The most that `INFO` and the like come to.
    static let largestSmallReply = 16 << 20
    /// The longest string that Redis keeps (`proto-max-bulk-len`, by default).
    static let largestString = 512 << 20
    private static let chunksAtOnce = 64

    /// Takes over a connected context.
    init(_ context: UnsafeMutablePointer<redisContext>, interruption: CInt?) {
        unsafe self.context = context
        self.interruption = interruption ?? -1
        replies = ReplyReader()
        unsafe replies.attach(to: context)
        unsafe context.pointee.flags &= ~REDIS_BLOCK
        let descriptor = unsafe context.pointee.fd
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { unsafe redisFree(context) }

    /// How many bytes wait to be written.
    var outputCount: Int { unsafe sdslen(context.pointee.obuf) }

    /// Adds encoded commands to what is to be written.
    mutating func queue(_ commands: [UInt8]) throws(RedisError) { try queue(commands[...]) }

    /// Adds encoded commands to what is to be written.
    mutating func queue(_ commands: ArraySlice<UInt8>) throws(RedisError) {
        // Sound: hiredis copies the bytes during the call.
        let status = unsafe commands.withUnsafeBytes { bytes in
            unsafe redisAppendFormattedCommand(
                context, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard status == REDIS_OK else { throw RedisError(.system, "out of memory") }
    }

    /// Sends commands in one go and waits for their replies; nothing else may be on its way.
    ///
    /// - Parameters:
    ///   - name: What a person should read if no reply comes.
    ///   - heedsInterruption: Whether it ends when the run shall.
    mutating func call(
        _ commands: [[UInt8]], name: String, within limit: Duration, heedsInterruption: Bool = true
    ) throws(RedisError) -> [RedisReply] {
        for command in commands { try queue(command) }
        let deadline = ContinuousClock.now + limit
        var replies: [RedisReply] = []
        while replies.count < commands.count {
            let event: Event
            do throws(RedisError) {
                event = try exchange(
                    waiting: max(.zero, deadline - .now), heedsInterruption: heedsInterruption
                ) { (reply) throws(RedisError) in
                    guard replies.count < commands.count else { throw Self.outOfStep() }
                    replies.append(reply)
                }
            } catch {
                // A server's last words say why it hung up.
                if error.code == .connectionLost, case .error(let words) = replies.last {
                    throw ServerError(words).asFailure
                }
                throw error
            }
            switch event {
            case .interruption: throw RedisError(.interrupted, "interrupted")
            case .progress where deadline > .now || replies.count == commands.count: continue
            case .progress, .timeout:
                throw RedisError(
                    .timeout, "no reply to \(name) within \(limit.text)", advice: "run again")
            }
        }
        return replies
    }

    /// More replies than commands.
    static func outOfStep() -> RedisError {
        RedisError(.protocolViolation, "replies out of step: one more than commands")
    }

    /// What woke ``exchange(waiting:onReply:)``.
    enum Event {
        /// Bytes went out or came in.
        case progress
        /// The time was over.
        case timeout
        /// The run shall end.
        case interruption
    }

    /// Writes and reads what can be written and read, and waits for it at most `limit`.
    ///
    /// - Parameter onReply: Called with each reply, in their order.
    /// - Throws: ``RedisError/Code/connectionLost`` or ``RedisError/Code/protocolViolation``,
    ///   after the last replies have been handed over.
    mutating func exchange(
        waiting limit: Duration, heedsInterruption: Bool = true,
        onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) -> Event {
        let (events, event) = try Self.wait(
            for: [request], waiting: limit, heedsInterruption ? interruption : -1)
        if event == .progress { try transfer(events[0], onReply: onReply) }
        return event
    }

    /// What has to be waited for: something to read, and to write if there is something.
    var request: pollfd {
        pollfd(
            fd: unsafe context.pointee.fd, events: Int16(POLLIN | (outputCount > 0 ? POLLOUT : 0)), revents: 0
        )
    }

    /// Waits for one of several connections, at most `limit`.
    ///
    /// - Parameters:
    ///   - requests: What each of them waits for.
    ///   - interruption: A descriptor that becomes readable when the run shall end; -1 if there is none.
    /// - Returns: What can be done with each, for ``transfer(_:onReply:)``.
    static func wait(
        for requests: [pollfd], waiting limit: Duration, _ interruption: CInt
    ) throws(RedisError) -> (events: [Int16], Event) {
        var descriptors = requests + [pollfd(fd: interruption, events: Int16(POLLIN), revents: 0)]
        let milliseconds = CInt(min(limit / .milliseconds(1), 1e9).rounded(.up))
        // Sound: the array outlives the call, which fills `revents`.
        let ready = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        if ready < 0 {
            guard errno == EINTR else { throw RedisError(.system, "poll: \(systemText(errno))") }
            return (requests.map { _ in 0 }, .progress)
        }
        let events = descriptors.dropLast().map(\.revents)
        if descriptors[requests.count].revents != 0 { return (events, .interruption) }
        return (events, ready == 0 ? .timeout : .progress)
    }

    /// Writes and reads what can be written and read.
    ///
    /// - Parameters:
    ///   - events: What ``wait(for:waiting:_:)`` has found.
    ///   - onReply: Called with each reply, in their order.
    mutating func transfer(
        _ events: Int16, onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        let events = Int32(events)
        var failure: CInt?
        if events & POLLOUT != 0 {
            var isDone: CInt = 0
            // On failure errno says why; hiredis itself refuses to read from then on.
            if unsafe redisBufferWrite(context, &isDone) != REDIS_OK { failure = errno }
        }
        if failure != nil || events & (POLLIN | POLLHUP | POLLERR) != 0 {
            try receive(untilEnd: failure != nil, onReply)
        }
        if let failure { throw lost(systemText(failure)) }
    }

    /// Reads what is there and hands the replies over; after a failed write the
    /// server's last words too, which are why it hung up.
    private mutating func receive(
        untilEnd: Bool, _ onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        // A peer that never stops sending must not keep us from looking at the clock.
        for _ in 0..<Self.chunksAtOnce {
            let descriptor = unsafe context.pointee.fd
            // Sound: recv(2) writes at most `$0.count` bytes into the array's own storage.
            let count = unsafe input.withUnsafeMutableBytes {
                unsafe recv(descriptor, $0.baseAddress, $0.count, 0)
            }
            if count > 0 {
                try parse(count, onReply)
                if count < input.count, !untilEnd { return }
            } else if count == 0 {
                throw lost("Server closed the connection")
            } else if errno != EINTR {
                if errno == EAGAIN || errno == EWOULDBLOCK { return }
                throw lost(systemText(errno))
            }
        }
    }

    private mutating func parse(
        _ count: Int, _ onReply: (RedisReply) throws(RedisError) -> Void
    ) throws(RedisError) {
        let reader = unsafe context.pointee.reader
        // Sound: hiredis copies the bytes during the call.
        var status = unsafe input.withUnsafeBytes { bytes in
            unsafe redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), count)
        }
        while status == REDIS_OK {
            var token: UnsafeMutableRawPointer?
            status = unsafe redisReaderGetReply(reader, &token)
            guard status == REDIS_OK else { break }
            guard unsafe token != nil else { return try checkBegun() }
            try onReply(replies.reply)
        }
        throw notRedis()
    }

    /// Looks at the reply that is half here: what can never become one is found now, not by a time-out.
    private func checkBegun() throws(RedisError) {
        guard let reader = unsafe context.pointee.reader, unsafe reader.pointee.len > reader.pointee.pos
        else {
            return
        }
        // Sound: hiredis keeps `len` bytes behind `buf`, of which `pos` are parsed; nothing is parsed meanwhile.
        let rest = unsafe UnsafeRawBufferPointer(
            start: reader.pointee.buf + reader.pointee.pos, count: reader.pointee.len - reader.pointee.pos)
        let isPossible = unsafe BegunReply.isPossible(
            type: reed_begun_type(reader), rest: rest.bindMemory(to: UInt8.self).span, largest: largestReply)
        guard isPossible else {
            throw RedisError(
                .protocolViolation, "not a Redis reply (it begins like one and does not go on like one)",
                advice: "is this address a Redis server's?")
        }
    }

    private func lost(_ cause: String) -> RedisError {
        RedisError(.connectionLost, "connection lost: \(cause)", advice: "run again")
    }

    private func notRedis() -> RedisError {
        let text = unsafe errorText(context.pointee.reader.pointee.errstr)
        // hiredis says: Protocol error, got "H" as reply type byte
        let quoted = text.split(separator: "\"", omittingEmptySubsequences: false)
        let cause: String
        if quoted.count == 3, let byte = quoted[1].utf8.first, quoted[1].utf8.count == 1 {
            cause = "got byte 0x\(String(byte, radix: 16)) '\(quoted[1])'"
        } else {
            cause = text
        }
        return RedisError(
            .protocolViolation, "not a Redis reply (\(cause))", advice: "is this address a Redis server's?")
    }
}

/// The text in one of hiredis's fields of 128 characters, which a NUL ends.
func errorText<Field>(_ field: Field) -> String {
    // Sound: a copy of the field, every byte of which is initialized, is read within its own bounds.
    unsafe withUnsafeBytes(of: field) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
