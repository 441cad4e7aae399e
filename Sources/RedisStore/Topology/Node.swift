import RedisProtocol
import SystemSupport

/// One server that holds entities: the connections to it, and what tells whether it is still the server that it was.
///
/// A connection that broke is replaced by ``persist(_:)``; nothing is written to a server that may have lost what it
/// confirmed before.
final class Node {
    /// What the last greeting has shown.
    private(set) var check: ServerCheck
    /// The connection for everything, and one more for batches, so that the server is busy while replies are on their way.
    private(set) var connections: [RedisConnection?]
    /// Exchanges commands while the lock is renewed.
    let exchange: Exchange
    /// Exchanges commands that must not be left half done.
    let finishing: Exchange
    let options: RedisOptions
    private let session: RedisSession
    private let reconnection: Reconnection
    /// The server as it was before the first write.
    private var epoch: ServerEpoch?
    /// Whether a second connection may be opened.
    private var mayOpenSecond: Bool

    /// A node over a connection that was just opened.
    ///
    /// - Parameter lock: Renewed while commands are exchanged.
    init(
        _ session: RedisSession, opened: RedisSession.Opened, lock: ImportLock?, options: RedisOptions
    ) {
        self.session = session
        self.options = options
        check = opened.check
        epoch = opened.check.state?.epoch
        connections = [opened.connection, nil]
        mayOpenSecond = lock != nil
        var policy = options.policy
        if let lock { policy.heartbeat = { () throws(RedisError) in try lock.renewIfDue() } }
        exchange = Exchange(policy)
        finishing = Exchange(policy.uninterrupted)
        reconnection = Reconnection(
            limit: options.retryFor, options.clock, unless: options.cancellation, onNote: options.onNote)
    }

    // MARK: - Commands

    /// Sends commands in one go and waits for their replies, errors among them.
    func call(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
        try exchange.call(commands, over: try connection())
    }

    /// Sends commands in one go and waits for their replies, none of which may be an error.
    func ask(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
        try exchange.ask(commands, over: try connection())
    }

    /// The connection for everything.
    ///
    /// - Throws: ``RedisError/Code/connectionLost`` if there is none.
    func connection() throws(RedisError) -> RedisConnection {
        guard let connection = connections[0] else {
            throw RedisError(.connectionLost, "connection lost", advice: "run again")
        }
        return connection
    }

    /// Makes sure that replies were in step, that the server is the one it was, and that it has what this run has written.
    func confirm(_ record: RedisSession.Record?) throws(RedisError) {
        try session.confirm(try connection(), since: epoch, record)
    }

    // MARK: - Connections

    /// Runs `body` until it succeeds; a connection that broke is replaced before.
    ///
    /// - Parameter isFinal: Returns whether a failure ends it that a new connection, or a later attempt, could mend.
    func persist<Result>(
        unless isFinal: (RedisError) -> Bool = { _ in false }, _ body: () throws(RedisError) -> Result
    ) throws(RedisError) -> Result {
        try reconnection.run(unless: isFinal) { () throws(RedisError) in
            try connectIfNeeded()
            return try body()
        }
    }

    /// The same for a `body` that throws other errors too, which end it.
    func persist<Result>(
        unless isFinal: (RedisError) -> Bool = { _ in false }, mixed body: () throws -> Result
    ) throws -> Result {
        try reconnection.run(
            unless: isFinal,
            mixed: {
                try connectIfNeeded()
                return try body()
            })
    }

    /// Notes that the server does what it is asked: the time for trying again counts from the next failure.
    func succeed() { reconnection.succeed() }

    /// Closes the connections.
    func close() { connections = [nil, nil] }

    /// Closes one of the connections.
    func close(_ index: Int) { connections[index] = nil }

    /// Connects again, once, to learn whether the last command took effect; the server may be another one by now.
    func reopen() throws(RedisError) {
        close()
        accept(try session.open())
    }

    /// Looks at the server again, to learn whether it lost something.
    ///
    /// - Throws: If it did, or cannot be asked.
    func checkEpoch() throws(RedisError) {
        guard let epoch else { return }
        try reopen()
        if let now = check.state?.epoch { try now.check(against: epoch) }
    }

    /// Takes the server as it is now, for a run that starts over.
    func startOver() {
        epoch = check.state?.epoch
        reconnection.succeed()
    }

    /// Opens the second connection, if that is allowed and there is none; without it, batches are slower.
    func openSecond() {
        guard mayOpenSecond, connections[1] == nil, connections[0] != nil else { return }
        mayOpenSecond = false
        guard let opened = try? session.open(), opened.check.failure == nil,
            opened.check.state?.epoch.runID == check.state?.epoch.runID
        else { return }
        mayOpenSecond = true
        connections[1] = opened.connection
    }

    private func accept(_ opened: RedisSession.Opened) {
        check = opened.check
        connections[0] = opened.connection
    }

    private func connectIfNeeded() throws(RedisError) {
        guard connections[0] == nil else { return }
        let opened = try session.open()
        if let failure = opened.check.failure { throw failure }
        accept(opened)
        guard let epoch, let now = check.state?.epoch, now.runID != nil else {
            throw RedisError(
                .restarted,
                "connection lost, and the server does not say whether it was restarted meanwhile",
                advice: "run again")
        }
        try now.checkIdentity(against: epoch)
        options.onNote("reconnected")
    }
}
