import GraphSync
import Glibc
import UCG

/// The lock that lets one import of a source run at a time, held over a connection of its own.
///
/// It expires unless it is renewed, so that nobody has to remove it after a crash. It is renewed and released
/// only where it is still this holder's: `WATCH`, `GET`, and then `MULTI` and `EXEC`.
final class ImportLock {
    private let session: RedisSession
    /// For renewing the lock and giving it back: in a hurry, and whether or not the run shall end.
    private let hurriedSession: RedisSession
    private let options: RedisOptions
    /// The lock's key.
    let key: String
    /// What the key holds while this run has the lock.
    let value: [UInt8]
    private var connection: RedisConnection?
    /// When it was last seen to be held; `nil` if it is not.
    private var confirmed: ContinuousClock.Instant?
    /// Whether the lock is being given back.
    private var isHurried = false
    /// Whether the server may think that this is the holder.
    private var mayBeHeld = false

    /// The lock expires after so long unless it is renewed.
    static let lifetime = Duration.seconds(20)
    /// How old the last sight of the lock may be before it is renewed.
    private static let renewal = Duration.seconds(5)
    /// When renewing failed last.
    private var failed: ContinuousClock.Instant?
    /// How long a reply may take while something else is waited for.
    private static let hurry = Duration.seconds(1)
    /// How old the last sight of the lock may be at most: it cannot have expired until then.
    private static let mostAge = Duration.seconds(15)
    /// How many milliseconds a lock must have left to be deleted without a transaction: more than that can take.
    private static let leftForRelease = 3000
    private static let pollPause = Duration.milliseconds(250)

    init(_ session: RedisSession, key: String, _ options: RedisOptions) {
        self.session = session
        hurriedSession = session.hurried(Self.hurry)
        self.options = options
        self.key = key
        value =
            LockRecord(
                host: Self.hostName, process: Int(getpid()), start: .now,
                token: String(UInt64.random(in: .min ... .max), radix: 16)
            ).json
    }

    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        // Sound: gethostname writes at most the bytes given, and the last stays 0.
        _ = unsafe gethostname(&name, name.count - 1)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Takes the lock, waiting for its holder at most `limit`.
    ///
    /// - Throws: ``RedisError/Code/tryLater``, naming the holder, if that was in vain.
    func acquire(within limit: Duration) throws(RedisError) {
        let deadline = options.clock.now() + limit
        var isNoted = false
        mayBeHeld = true
        while true {
            let (isTaken, holder) = try attempt()
            if isTaken {
                confirmed = options.clock.now()
                return
            }
            if let holder {
                guard deadline > options.clock.now() else {
                    throw RedisError(
                        .tryLater, "import running since \(holder.text)",
                        advice: "run again when it has ended")
                }
                if !isNoted { options.onNote("waiting for the lock: import running since \(holder.text)") }
                isNoted = true
            }
            let left = max(.milliseconds(1), deadline - options.clock.now())
            try options.clock.sleep(min(Self.pollPause, left), unless: options.interruption)
        }
    }

    /// Who holds the lock, in words.
    private struct Holder { let text: String }

    private func attempt() throws(RedisError) -> (isTaken: Bool, Holder?) {
        let milliseconds = String(Int(Self.lifetime / .milliseconds(1)))
        let set =
            ["SET", key].map { Array($0.utf8) } + [value] + ["NX", "PX", milliseconds].map { Array($0.utf8) }
        let commands: [[UInt8]] = [.command(set), .command("GET", key), .command("PTTL", key)]
        var retry = RedisRetry(limit: options.retryFor, options.clock)
        var isFirst = false
        var replies: [RedisReply] = []
        while replies.isEmpty {
            do throws(RedisError) { replies = try call(commands) } catch {
                try recover(error, &retry, &isFirst)
            }
        }
        if replies[0] == .ok { return (true, nil) }
        guard case .text(let text) = replies[1] else { return (false, nil) }
        if text == value {  // the reply to an earlier attempt was lost, or the server restarted
            try change(.command("PEXPIRE", key, milliseconds))
            return (true, nil)
        }
        guard let other = LockRecord(text) else {
            return (false, Holder(text: "an unknown time, by something else"))
        }
        let age = max(0, (Timestamp.now.milliseconds - other.start.milliseconds) / 1000)
        var words = "\(other.start) (\(age) s) on \(other.host)/\(other.process)"
        if case .integer(let left) = replies[2], left > 0 {
            words += ", unless renewed until \((left + 999) / 1000) s from now"
        }
        return (false, Holder(text: words))
    }

    /// Makes sure that the lock is still held, if it was taken; asks the server only now and then.
    ///
    /// A server that does not answer at once is asked again a second later, as long as the lock cannot have expired.
    /// - Throws: ``RedisError/Code/tryLater`` if it is lost, or nobody knows.
    func tend() throws(RedisError) {
        let now = options.clock.now()
        guard let confirmed, confirmed + Self.renewal < now else { return }
        if let failed, failed + Self.hurry > now, confirmed + Self.mostAge > now { return }
        isHurried = true
        defer { isHurried = false }
        do throws(RedisError) {
            try change(.command("PEXPIRE", key, String(Int(Self.lifetime / .milliseconds(1)))))
            (self.confirmed, failed) = (now, nil)
        } catch {
            guard error.isOfConnection || error.mayPass, confirmed + Self.mostAge > options.clock.now() else {
                throw error
            }
            failed = options.clock.now()
        }
    }

    /// Gives the lock back, if it is still held; whatever fails, it expires.
    func release() {
        confirmed = nil
        guard mayBeHeld else { return }
        mayBeHeld = false
        isHurried = true
        do throws(RedisError) { try change(.command("DEL", key)) } catch {
            releaseWithoutMemory()
        }
        connection = nil
        isHurried = false
    }

    /// Gives the lock back to a server that has no memory left for a transaction, but deletes keys all the same.
    ///
    /// Between the look and the deletion nobody else can get a lock that does not expire for some more seconds.
    private func releaseWithoutMemory() {
        guard let seen = try? call([.command("GET", key), .command("PTTL", key)]),
            seen[0] == .text(value), case .integer(let left) = seen[1], left > Self.leftForRelease
        else { return }
        _ = try? call([.command("DEL", key)])
    }

    /// Runs a command on the lock if it is still this one; again, too, on a new connection if one broke.
    private func change(_ command: [UInt8]) throws(RedisError) {
        var retry = RedisRetry(limit: isHurried ? .zero : options.retryFor, options.clock)
        var isFirst = true
        while true {
            do throws(RedisError) {
                let seen = try call([.command("WATCH", key), .command("GET", key)])
                guard seen[1] == .text(value) else { throw Self.lost }
                let replies = try call([.command("MULTI"), command, .command("EXEC")])
                guard replies[2] != .null else { throw Self.lost }
                return
            } catch {
                try recover(error, &retry, &isFirst)
            }
        }
    }

    /// Waits after a failure that may pass; the first one of a connection that was idle is tried again at once.
    private func recover(
        _ error: RedisError, _ retry: inout RedisRetry, _ isFirst: inout Bool
    ) throws(RedisError) {
        guard error.isOfConnection || error.mayPass else { throw error }
        if isFirst, error.code == .connectionLost {
            isFirst = false
            return
        }
        guard let pause = retry.pause() else { throw error }
        try options.clock.sleep(pause, unless: isHurried ? nil : options.interruption)
    }

    /// Another run may hold the lock by now.
    static let lost = RedisError(
        .lockLost, "the lock was lost: it has expired or was removed", advice: "run again")

    /// Sends commands over the lock's connection, which is made if there is none.
    private func call(_ commands: [[UInt8]]) throws(RedisError) -> [RedisReply] {
        if connection == nil {
            let opened = try (isHurried ? hurriedSession : session).openFirst()
            connection = .some(opened.connection)
        }
        guard var lent = connection.take() else { throw Self.lost }
        // A connection on which anything failed is not used again.
        let replies = try lent.call(
            commands, name: "the lock", within: isHurried ? Self.hurry : options.replyTimeout,
            heedsInterruption: !isHurried)
        for case .error(let text) in replies { throw ServerError(text).asFailure }
        connection = .some(lent)
        return replies
    }
}
