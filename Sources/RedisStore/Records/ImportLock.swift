import GraphSync
import Glibc
import RedisProtocol
import SystemSupport
import UCG

/// The lock that lets one import of a source run at a time, held over a connection of its own.
///
/// It expires unless it is renewed, so that nothing has to be removed after a crash. It is renewed and released
/// only if this run still holds it: `WATCH`, `GET`, and then `MULTI` and `EXEC`.
final class ImportLock {
    private let session: RedisSession
    /// For renewing and releasing the lock: with shorter time-outs, and whether or not the run is to end.
    private let hurriedSession: RedisSession
    private let options: RedisOptions
    /// The lock's key.
    let key: String
    /// What the key holds while this run has the lock.
    let value: [UInt8]
    private var connection: RedisConnection?
    /// The time at which the lock was last seen to be held; `nil` if it is not.
    private var confirmed: ContinuousClock.Instant?
    /// What the connection is used for, for messages.
    private var purpose = Purpose.acquiring
    /// Whether the server may consider this run the holder.
    private var mayBeHeld = false

    private enum Purpose: String {
        case acquiring = "acquire"
        case renewing = "renew"
        case releasing = "release"

        var isHurried: Bool { self != .acquiring }
    }

    /// The lock expires after this time unless it is renewed.
    static let lifetime = Duration.seconds(20)
    /// The age of the last sight of the lock at which it is renewed.
    private static let renewal = Duration.seconds(5)
    /// When renewing failed last.
    private var failed: ContinuousClock.Instant?
    /// How long a reply may take while something else is waited for.
    private static let hurry = Duration.seconds(1)
    /// The greatest age of the last sight of the lock: it cannot have expired until then.
    private static let mostAge = Duration.seconds(15)
    /// Minimum remaining time to live, in milliseconds, for deleting the lock without a transaction.
    private static let leftForRelease = 3000
    private static let pollPause = Duration.milliseconds(250)

    init(_ session: RedisSession, key: String, _ options: RedisOptions) {
        self.session = session
        hurriedSession = session.hurried(Self.hurry)
        self.options = options
        self.key = key
        value =
            LockRecord(
                host: HostName.current, process: Int(getpid()), start: .now,
                token: String(UInt64.random(in: .min ... .max), radix: 16)
            ).json
    }

    /// Takes the lock, waiting for its holder at most `limit`.
    ///
    /// - Throws: ``RedisError/Code/tryLater``, naming the holder, if that was in vain.
    func acquire(within limit: Duration) throws(RedisError) {
        let deadline = options.clock.now() + limit
        var isNoted = false
        mayBeHeld = true
        purpose = .acquiring
        while true {
            let (isTaken, holder) = try attempt()
            if isTaken {
                confirmed = options.clock.now()
                return
            }
            if let holder {
                guard deadline > options.clock.now() else {
                    throw RedisError(
                        .tryLater, holder.text,
                        advice: "run again when it has ended")
                }
                if !isNoted { options.onNote("waiting for the lock: \(holder.text)") }
                isNoted = true
            }
            let left = max(.milliseconds(1), deadline - options.clock.now())
            try options.clock.sleep(min(Self.pollPause, left), unless: options.cancellation)
        }
    }

    /// Who holds the lock, in words.
    private struct Holder { let text: String }

    private func attempt() throws(RedisError) -> (isTaken: Bool, Holder?) {
        let milliseconds = String(Int(Self.lifetime / .milliseconds(1)))
        let set = RedisCommand(
            "SET", keys: [Array(key.utf8)],
            arguments: [value] + ["NX", "PX", milliseconds].map { Array($0.utf8) })
        let commands = [set, RedisCommand("GET", key: key), RedisCommand("PTTL", key: key)]
        let replies = try reconnection(losesIdle: false).run { () throws(RedisError) in try ask(commands) }
        if replies[0] == .ok { return (true, nil) }
        guard case .bulkString(let text) = replies[1] else { return (false, nil) }
        if text == value {  // the reply to an earlier attempt was lost, or the server restarted
            try change(RedisCommand("PEXPIRE", key: key, milliseconds))
            return (true, nil)
        }
        guard let other = LockRecord(text) else {
            return (false, Holder(text: "the import lock is held by another program (unrecognised value)"))
        }
        let age = max(0, (Timestamp.now.milliseconds - other.start.milliseconds) / 1000)
        var words = "import running since \(other.start) (\(age) s) on \(other.host)/\(other.process)"
        if case .integer(let left) = replies[2], left > 0 {
            words += ", unless renewed until \((left + 999) / 1000) s from now"
        }
        return (false, Holder(text: words))
    }

    /// Makes sure that the lock is still held, if it was taken: the heartbeat of every exchange; asks the server every 5 s.
    ///
    /// A server that does not answer at once is asked again a second later, as long as the lock cannot have expired.
    /// - Throws: ``RedisError/Code/tryLater`` if it is lost, or that is unknown.
    func renewIfDue() throws(RedisError) {
        let now = options.clock.now()
        guard let confirmed, confirmed + Self.renewal < now else { return }
        if let failed, failed + Self.hurry > now, confirmed + Self.mostAge > now { return }
        purpose = .renewing
        do throws(RedisError) {
            try change(RedisCommand("PEXPIRE", key: key, String(Int(Self.lifetime / .milliseconds(1)))))
            (self.confirmed, failed) = (now, nil)
        } catch {
            guard error.isRetryable, confirmed + Self.mostAge > options.clock.now() else { throw error }
            failed = options.clock.now()
        }
    }

    /// Releases the lock, if it is still held; whatever fails, it expires.
    func release() {
        confirmed = nil
        guard mayBeHeld else { return }
        mayBeHeld = false
        purpose = .releasing
        do throws(RedisError) { try change(RedisCommand("DEL", key: key)) } catch {
            releaseWithoutMemory()
        }
        connection = nil
    }

    /// Releases the lock on a server that has no memory left for a transaction, but deletes keys all the same.
    ///
    /// Between the look and the deletion no other run can get a lock that does not expire for some more seconds.
    private func releaseWithoutMemory() {
        guard let seen = try? ask([RedisCommand("GET", key: key), RedisCommand("PTTL", key: key)]),
            seen[0] == .bulkString(value), case .integer(let left) = seen[1], left > Self.leftForRelease
        else { return }
        _ = try? ask([RedisCommand("DEL", key: key)])
    }

    /// Runs a command on the lock if this run holds it; again on a new connection if one broke.
    private func change(_ command: RedisCommand) throws(RedisError) {
        try reconnection(losesIdle: true).run { () throws(RedisError) in
            let seen = try ask([RedisCommand("WATCH", key: key), RedisCommand("GET", key: key)])
            guard seen[1] == .bulkString(value) else { throw Self.lost }
            let replies = try ask([RedisCommand("MULTI"), command, RedisCommand("EXEC")])
            guard replies[2] != .null else { throw Self.lost }
        }
    }

    private func reconnection(losesIdle: Bool) -> Reconnection {
        Reconnection(
            limit: purpose.isHurried ? .zero : options.retryFor, options.clock,
            unless: purpose.isHurried ? .never : options.cancellation, losesIdle: losesIdle)
    }

    /// Another run may hold the lock by now.
    static let lost = RedisError(
        .lockLost, "the lock was lost: it has expired or was removed", advice: "run again")

    /// Sends commands over the lock's connection, which is made if there is none.
    private func ask(_ commands: [RedisCommand]) throws(RedisError) -> [RedisReply] {
        let open: RedisConnection
        if let connection {
            open = connection
        } else {
            open = try (purpose.isHurried ? hurriedSession : session).openFirst().connection
        }
        // A connection on which anything failed is not used again.
        connection = nil
        var policy = options.policy
        if purpose.isHurried {
            policy = policy.uninterrupted
            policy.replyTimeout = Self.hurry
        }
        do throws(RedisError) {
            let replies = try Exchange(policy).ask(commands, over: open)
            connection = open
            return replies
        } catch {
            guard error.code == .timeout else { throw error }
            var failure = error
            failure.message =
                "could not \(purpose.rawValue) the import lock: no reply within \(policy.replyTimeout.text)"
            throw failure
        }
    }
}
