import Glibc
import UCG

/// Batches on their way to Redis, over as many connections as it takes.
///
/// Up to two batches and a bounded number of entities are unanswered at a time. What a broken connection left
/// unanswered is sent again on the next one: every command can be repeated.
struct WritePipeline: ~Copyable {
    /// What became of the entities.
    private(set) var window: WriteWindow
    /// What the last greeting has shown.
    private(set) var survey: ServerSurvey

    /// What has to be held while something is written.
    private(set) var lock: ImportLock?

    /// The connection that everything else goes over too.
    private var connection: RedisConnection?
    /// One more, so that the server is busy while the replies to the first one's batches are on their way.
    private var second: RedisConnection?
    /// What each of the two is being asked.
    private var lanes: [WriteLane]
    /// Whether a second connection may be opened.
    private var mayOpenSecond: Bool
    private let session: RedisSession
    private let options: RedisOptions
    private var retry: RedisRetry
    /// The server as it was before the first write.
    private var epoch: ServerEpoch?
    /// When a reply came last, or when the first of the unanswered commands was sent.
    private var lastProgress = ContinuousClock.now
    /// How many bytes of batches the connections' current turns have.
    private var turnBytes = [0, 0]

    /// Entities and bytes that may be unanswered on a connection: enough to keep a server busy over a network, too
    /// little for it to cut off a client that does not read.
    private static let (windowCount, windowBytes) = (4096, 256 << 10)
    /// Bytes that hiredis may hold: it moves them at each partial write.
    private static let outputBytes = 256 << 10
    /// Bytes that are handed over before the socket is looked at again.
    private static let burstBytes = 64 << 10
    /// How long nothing but the server is looked after.
    private static let longestWait = Duration.seconds(1)
    private var burst = 0

    /// A pipeline over a connection that was just opened.
    ///
    /// - Parameter lock: What batches depend on; without one they are sent as they are.
    init(
        _ session: RedisSession, _ opened: consuming RedisSession.Opened, keyPrefix: String,
        lock: ImportLock?,
        _ options: RedisOptions
    ) {
        self.session = session
        self.options = options
        self.lock = lock
        window = WriteWindow(
            keyPrefix: keyPrefix, sendsSingly: options.batchSize == 1, laneCount: lock == nil ? 1 : 2)
        let fence = lock.map { WriteLane.Fence(key: $0.key, value: $0.value) }
        lanes = [WriteLane(0, fence: fence), WriteLane(1, fence: fence)]
        mayOpenSecond = lock != nil
        survey = opened.survey
        epoch = opened.survey.state?.epoch
        connection = .some(opened.connection)
        retry = RedisRetry(limit: options.retryFor, options.clock)
    }

    /// Entities that are written though their keys hold what they should, because the keys would expire.
    var expiring: Set<EntityID> {
        get { window.expiring }
        set { window.expiring = newValue }
    }

    /// An empty batch.
    mutating func freshBatch() -> WriteBatch { window.freshBatch() }

    /// Counts an entity that is not even sent.
    mutating func refuse(_ entity: borrowing Entity, _ reason: String) {
        window.refuse(entity.type, entity.id, entity.origin, reason)
    }

    /// Sends a batch, and waits while the window is full.
    mutating func submit(_ batch: consuming WriteBatch) throws(RedisError) {
        burst += batch.byteCount
        window.submit(batch)
        if burst >= Self.burstBytes {
            burst = 0
            try settle(untilEmpty: false)
        }
    }

    /// Sends everything, waits for all replies, and makes sure that nothing was lost meanwhile.
    ///
    /// - Parameter record: What the last round trip has to find at the server.
    mutating func finish(_ record: RedisSession.Record? = nil) throws(RedisError) {
        try flush()
        try untilDone { (pipeline) throws(RedisError) in
            let (session, epoch) = (pipeline.session, pipeline.epoch)
            try pipeline.use { (connection, _) throws(RedisError) in
                try session.confirm(&connection, since: epoch, record)
            }
        }
    }

    /// Sends everything and waits until it is settled.
    mutating func flush() throws(RedisError) {
        try settle(untilEmpty: true)
        guard lanes.contains(where: \.isArmed) else { return }
        // What comes next on this connection must not fail because the lock is renewed.
        try untilDone { (pipeline) throws(RedisError) in
            if pipeline.lanes[0].isArmed { _ = try pipeline.call([.command("UNWATCH")], name: "UNWATCH") }
            pipeline.lanes[0].reset()
        }
        second = nil
        lanes[1].reset()
    }

    /// Runs `body` until it succeeds, on a new connection if one broke.
    private mutating func untilDone(
        _ body: (inout WritePipeline) throws(RedisError) -> Void
    ) throws(RedisError) {
        while true {
            do throws(RedisError) { return try body(&self) } catch { try recover(error) }
        }
    }

    /// Looks at the server again, to learn whether it lost something.
    ///
    /// - Throws: If it did, or cannot be asked.
    mutating func checkEpoch() throws(RedisError) {
        guard let epoch else { return }
        closeConnections()
        let opened = try session.open()
        survey = opened.survey
        connection = .some(opened.connection)
        if let now = survey.state?.epoch { try now.check(against: epoch) }
    }

    /// Sends commands in one go and waits for their replies; no batch may be on its way.
    mutating func call(_ commands: [[UInt8]], name: String) throws(RedisError) -> [RedisReply] {
        let limit = options.replyTimeout
        return try use { (connection, _) throws(RedisError) in
            try connection.call(commands, name: name, within: limit)
        }
    }

    /// Connects anew after a failure that may pass, within the time for trying again; no batch may be on its way.
    ///
    /// - Throws: `failure` itself if it will not pass, or if the time is over.
    mutating func startAfresh(after failure: RedisError) throws(RedisError) {
        guard failure.isOfConnection || failure.mayPass else { throw failure }
        closeConnections()
        try recover(failure)
    }

    private mutating func closeConnections() {
        connection = nil
        second = nil
        for lane in lanes.indices { lanes[lane].reset() }
        window.loseConnections()
    }

    /// Connects anew, once, to learn what became of the last command; its server may be another one by now.
    mutating func reopen() throws(RedisError) {
        closeConnections()
        let opened = try session.open()
        survey = opened.survey
        connection = .some(opened.connection)
    }

    /// Hands the connection out; ``giveBack(_:)`` has to follow.
    mutating func takeConnection() throws(RedisError) -> RedisConnection {
        guard let connection = connection.take() else {
            throw Self.lostConnection
        }
        return connection
    }

    /// Takes the connection back.
    mutating func giveBack(_ lent: consuming RedisConnection) { connection = .some(lent) }

    /// Lends the connection, if there is one, and the window.
    mutating func use<Result>(
        _ body: (inout RedisConnection, inout WriteWindow) throws(RedisError) -> Result
    ) throws(RedisError) -> Result {
        guard var lent = connection.take() else {
            throw Self.lostConnection
        }
        let result: Result
        do throws(RedisError) {
            result = try body(&lent, &window)
        } catch {
            connection = .some(lent)
            throw error
        }
        connection = .some(lent)
        return result
    }

    /// Forgets what was confirmed, for a server that has.
    mutating func startOver() {
        window.startOver()
        epoch = survey.state?.epoch
        retry.succeed()
    }

    // MARK: - The loop

    /// Exchanges bytes once, and on until the window has room or is empty.
    private mutating func settle(untilEmpty: Bool) throws(RedisError) {
        repeat {
            do throws(RedisError) {
                try step(untilEmpty: untilEmpty)
            } catch {
                guard let stop = window.stop else {
                    try recover(error)
                    continue
                }
                windDown()
                throw stop
            }
        } while isBehind(untilEmpty)
    }

    /// Whether there is nothing to do but to wait.
    private func isBehind(_ untilEmpty: Bool) -> Bool {
        untilEmpty ? !window.isEmpty || isAwaited : window.waitingBytes > Self.windowBytes
    }

    private var isAwaited: Bool { lanes.contains(where: \.isAwaited) }

    /// Writes and reads what can be written and read, and waits for it if there is nothing else to do.
    private mutating func step(untilEmpty: Bool) throws(RedisError) {
        try lock?.tend()
        try send()
        if isBehind(untilEmpty), window.isWaiting { openSecond() }
        if let stop = window.stop { throw stop }
        if let delay = window.delay, !isAwaited { throw delay }
        let mustWait = isBehind(untilEmpty) || window.delay != nil
        let left = mustWait ? lastProgress + options.replyTimeout - .now : .zero
        switch try exchange(waiting: min(max(.zero, left), Self.longestWait), heedsInterruption: true) {
        case .progress, .timeout:
            if let stop = window.stop { throw stop }
            guard !mustWait || lastProgress + options.replyTimeout > .now else {
                throw RedisError(.timeout, "no reply for \(options.replyTimeout.text)", advice: "run again")
            }
        case .interruption:
            windDown()
            throw RedisError(.interrupted, "interrupted")
        }
    }

    /// Hands batches over where a connection is ready for them and hiredis's buffer has room.
    private mutating func send() throws(RedisError) {
        let isIdle = !isAwaited
        for lane in lanes.indices {
            let (countLimit, byteLimit) = (Self.windowCount, Self.windowBytes)
            var turn = turnBytes[lane]
            try useLane(lane) { (connection, state, window) throws(RedisError) in
                while connection.outputCount < Self.outputBytes, let step = window.nextStep,
                    window.stop == nil, window.delay == nil
                {
                    if step == .read || !state.isFenced {
                        guard state.acceptsOwn, window.sentCount < 2 * countLimit,
                            window.sentBytes < 2 * byteLimit
                        else { break }
                    } else if !state.isOpen {
                        if state.mustArm { try connection.queue(state.arm()) }
                        guard state.isReady else { break }
                        try connection.queue(state.begin())
                        turn = 0
                    } else if turn >= byteLimit || window.isNextLarge {
                        break
                    }
                    guard let batch = window.takeForSending(over: lane) else { break }
                    state.send(batch.step, replies: batch.isAnsweredSingly ? batch.openCount : 1)
                    turn += batch.byteCount
                    try batch.encode { (bytes) throws(RedisError) in try connection.queue(bytes) }
                }
                // A value that a server may refuse goes alone, so that it takes nothing with it.
                let isOver =
                    turn >= byteLimit || window.isNextLarge || window.nextStep == nil
                    || window.nextStep == .read
                if state.isOpen, isOver || window.stop != nil || window.delay != nil {
                    try connection.queue(state.end())
                }
            }
            turnBytes[lane] = turn
        }
        if isIdle { lastProgress = .now }
    }

    /// Opens the second connection, if there may be one and is none; without it, it goes on more slowly.
    private mutating func openSecond() {
        guard mayOpenSecond, second == nil, connection != nil else { return }
        mayOpenSecond = false
        guard let opened = try? session.open(), opened.survey.failure == nil,
            opened.survey.state?.epoch.runID == survey.state?.epoch.runID
        else { return }
        mayOpenSecond = true
        second = .some(opened.connection)
    }

    private mutating func exchange(
        waiting limit: Duration, heedsInterruption: Bool
    ) throws(RedisError) -> RedisConnection.Event {
        let settled = window.settled
        var requests: [(lane: Int, request: pollfd)] = []
        var interruption: CInt = -1
        for lane in lanes.indices {
            try useLane(lane) { (connection, _, _) throws(RedisError) in
                requests.append((lane, connection.request))
                if heedsInterruption { interruption = connection.interruption }
            }
        }
        if requests.isEmpty { throw Self.lostConnection }
        let (events, event) = try RedisConnection.wait(
            for: requests.map(\.request), waiting: limit, interruption)
        var hasReply = false
        defer {
            if hasReply { lastProgress = .now }
            if window.settled > settled { retry.succeed() }
        }
        guard event == .progress else { return event }
        for (index, found) in events.enumerated() where found != 0 {
            let lane = requests[index].lane
            do throws(RedisError) {
                try useLane(lane) { (connection, state, window) throws(RedisError) in
                    try connection.transfer(found) { (reply) throws(RedisError) in
                        hasReply = true
                        try state.enter(reply, &window)
                    }
                }
            } catch {
                // The other connection may still be of use.
                if error.isOfConnection {
                    if lane == 0 { connection = nil } else { second = nil }
                    lanes[lane].reset()
                }
                throw error
            }
        }
        return event
    }

    /// Lends one of the connections, if it is open, and what it is being asked.
    private mutating func useLane(
        _ lane: Int,
        _ body: (inout RedisConnection, inout WriteLane, inout WriteWindow) throws(RedisError) -> Void
    ) throws(RedisError) {
        guard var lent = lane == 0 ? connection.take() : second.take() else { return }
        do throws(RedisError) {
            try body(&lent, &lanes[lane], &window)
        } catch {
            if lane == 0 { connection = .some(lent) } else { second = .some(lent) }
            throw error
        }
        if lane == 0 { connection = .some(lent) } else { second = .some(lent) }
    }

    /// Waits a little for the replies of what was sent; sends nothing new.
    ///
    /// If the connection breaks meanwhile, what is unanswered stays unknown.
    mutating func windDown() {
        let deadline = ContinuousClock.now + options.graceTimeout
        for lane in lanes.indices {
            // What is queued at the server takes effect only with EXEC.
            try? useLane(lane) { (connection, state, _) throws(RedisError) in
                if state.isOpen { try connection.queue(state.end()) }
            }
        }
        while isAwaited, window.isAwaited, deadline > .now {
            do throws(RedisError) {
                _ = try exchange(waiting: max(.zero, deadline - .now), heedsInterruption: false)
            } catch {
                guard error.isOfConnection else { return }
            }
        }
    }

    private static let lostConnection = RedisError(.connectionLost, "connection lost", advice: "run again")

    // MARK: - After a failure

    /// Waits and connects again, or throws if that cannot help or has been tried for long enough.
    private mutating func recover(_ failure: RedisError) throws(RedisError) {
        var failure = failure
        guard failure.isOfConnection || failure.mayPass else { throw failure }
        if failure.code == .connectionLost, let open = window.firstOpen, open.byteCount >= Self.largeEntity {
            failure.message += " while sending \(open.byteCount >> 20) MiB"
            failure.origin = open.origin
        }
        var isNoted = retry.isFailing
        if failure.isOfConnection { closeConnections() }
        while true {
            guard let pause = retry.pause() else { throw failure }
            if !isNoted {
                options.onNote("\(failure.message); trying again for up to \(options.retryFor.text)")
            }
            isNoted = true
            try options.clock.sleep(pause, unless: options.interruption)
            if connection != nil { return window.endDelay() }
            do throws(RedisError) {
                return try reconnect()
            } catch {
                guard error.isOfConnection || error.mayPass else { throw error }
                failure = error
            }
        }
    }

    /// From so many bytes on, a message says that the entity is large.
    static let largeEntity = 1 << 20

    private mutating func reconnect() throws(RedisError) {
        let opened = try session.open()
        if let failure = opened.survey.failure { throw failure }
        survey = opened.survey
        connection = .some(opened.connection)
        window.endDelay()
        guard let epoch, let now = survey.state?.epoch, now.runID != nil else {
            throw RedisError(
                .restarted,
                "connection lost, and the server does not say whether it was restarted meanwhile",
                advice: "run again")
        }
        try now.checkIdentity(against: epoch)
        options.onNote("reconnected")
    }
}
