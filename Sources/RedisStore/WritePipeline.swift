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
    var lock: ImportLock?

    private var connection: RedisConnection?
    private let session: RedisSession
    private let options: RedisOptions
    private var retry: RedisRetry
    /// The server as it was before the first write.
    private var epoch: ServerState.Epoch?
    /// When a reply came last, or when the first of the unanswered commands was sent.
    private var lastProgress = ContinuousClock.now

    /// Entities and bytes that may be unanswered: enough to keep a server busy over
    /// a network, too little for it to cut off a client that does not read.
    private static let (windowCount, windowBytes) = (8192, 2 << 20)
    /// Bytes that hiredis may hold: it moves them at each partial write.
    private static let outputBytes = 256 << 10
    /// Bytes that are handed over before the socket is looked at again.
    private static let burstBytes = 64 << 10
    /// How long nothing but the server is looked after.
    private static let longestWait = Duration.seconds(1)
    private var burst = 0

    init(
        _ session: RedisSession, _ opened: consuming RedisSession.Opened, window: WriteWindow,
        _ options: RedisOptions
    ) {
        self.session = session
        self.options = options
        self.window = window
        survey = opened.survey
        epoch = opened.survey.state?.epoch
        connection = .some(opened.connection)
        retry = RedisRetry(limit: options.retryFor)
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
    mutating func finish() throws(RedisError) {
        try settle(untilEmpty: true)
        var isConfirmed = false
        while !isConfirmed {
            do throws(RedisError) {
                try confirm()
                isConfirmed = true
            } catch {
                try recover(error)
            }
        }
    }

    private mutating func confirm() throws(RedisError) {
        let (session, epoch) = (session, epoch)
        try use { (connection, _) throws(RedisError) in try session.confirm(&connection, since: epoch) }
    }

    /// Sends everything and waits until it is settled.
    mutating func flush() throws(RedisError) { try settle(untilEmpty: true) }

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
        connection = nil
        try recover(failure)
    }

    /// Connects anew, once, to learn what became of the last command; its server may be another one by now.
    mutating func reopen() throws(RedisError) {
        connection = nil
        let opened = try session.open()
        survey = opened.survey
        connection = .some(opened.connection)
    }

    /// Hands the connection out; ``giveBack(_:)`` has to follow.
    mutating func takeConnection() throws(RedisError) -> RedisConnection {
        guard let connection = connection.take() else {
            throw RedisError(.connectionLost, "connection lost", advice: "run again")
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
            throw RedisError(.connectionLost, "connection lost", advice: "run again")
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

    private func isBehind(_ untilEmpty: Bool) -> Bool { untilEmpty ? !window.isEmpty : window.isWaiting }

    /// Writes and reads what can be written and read, and waits for it if there is nothing else to do.
    private mutating func step(untilEmpty: Bool) throws(RedisError) {
        try lock?.tend()
        try send()
        if let stop = window.stop { throw stop }
        if let delay = window.delay, !window.isAwaited { throw delay }
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

    /// Hands batches over while the window and hiredis's buffer have room.
    private mutating func send() throws(RedisError) {
        let isIdle = !window.isAwaited
        try use { (connection, window) throws(RedisError) in
            while window.sentCount < Self.windowCount, window.sentBytes < Self.windowBytes,
                connection.outputCount < Self.outputBytes, let batch = window.takeForSending()
            {
                try batch.encode { (bytes) throws(RedisError) in try connection.queue(bytes) }
            }
        }
        if isIdle { lastProgress = .now }
    }

    private mutating func exchange(
        waiting limit: Duration, heedsInterruption: Bool
    ) throws(RedisError) -> RedisConnection.Event {
        let (awaited, settled) = (window.sentCount, window.settled)
        defer {
            if window.sentCount != awaited { lastProgress = .now }
            if window.settled > settled { retry.succeed() }
        }
        return try use { (connection, window) throws(RedisError) in
            try connection.exchange(waiting: limit, heedsInterruption: heedsInterruption) {
                (reply) throws(RedisError) in try window.enter(reply)
            }
        }
    }

    /// Waits a little for the replies of what was sent; sends nothing new.
    ///
    /// If the connection breaks meanwhile, what is unanswered stays unknown.
    mutating func windDown() {
        let deadline = ContinuousClock.now + options.graceTimeout
        while window.isAwaited, deadline > .now {
            do throws(RedisError) {
                _ = try exchange(waiting: max(.zero, deadline - .now), heedsInterruption: false)
            } catch {
                return
            }
        }
    }

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
        if failure.isOfConnection {
            connection = nil
            window.loseConnection()
        }
        while true {
            guard let pause = retry.pause() else { throw failure }
            if !isNoted {
                options.onNote("\(failure.message); trying again for up to \(options.retryFor.text)")
            }
            isNoted = true
            try RedisRetry.sleep(pause, options.interruption)
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
        guard let epoch else {
            throw RedisError(
                .restarted,
                "connection lost, and without INFO nobody can tell whether the server was restarted",
                advice: "run again")
        }
        guard epoch.runID == survey.state?.epoch.runID else { throw RedisSession.restarted }
        options.onNote("reconnected")
    }
}
