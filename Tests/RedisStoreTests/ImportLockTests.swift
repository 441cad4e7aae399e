import GraphSync
import RedisProtocol
import TestSupport
import Testing
import UCG

@testable import RedisStore

/// The lock of an import, on a real server and with a clock that is moved.
struct ImportLockTests {
    private static let key = "reed-import:csv:lock"
    private let server: RedisServer

    init() throws { server = try RedisServer() }

    private func lock(_ clock: ManualClock, _ change: (inout RedisOptions) -> Void = { _ in }) throws
        -> ImportLock
    {
        var options = RedisOptions()
        options.clock = clock.clock
        options.retryFor = .zero
        change(&options)
        let session = RedisSession(try RedisAddress(server.url), keyPrefix: "", options)
        return ImportLock(session, key: Self.key, options)
    }

    private func isTakenByAnother() throws {
        let other = LockRecord(host: "web1", process: 77, start: .now, token: "x")
        _ = try server.ask("set", Self.key, String(decoding: other.json, as: UTF8.self))
    }

    private func timeLeft() throws -> Int { try #require(Int(server.ask("pttl", Self.key))) }

    @Test(
        "Who is told to wait for the holder gets the lock when that is done, and says once whom it waits for")
    func waiting() throws {
        try isTakenByAnother()
        let server = server
        let clock = ManualClock { count in
            if count == 3 { _ = try? server.ask("del", Self.key) }
        }
        let notes = Notes()
        let lock = try lock(clock) { $0.onNote = { notes.add($0) } }
        try lock.acquire(within: .seconds(10))
        #expect(clock.waits.count == 3)
        #expect(notes.all.count == 1)
        #expect(notes.all.first?.contains("on web1/77") == true)
        #expect(try timeLeft() > 0)
    }

    @Test("Waiting ends with the limit, naming the holder, whose lock is left alone")
    func givenUp() throws {
        try isTakenByAnother()
        for limit in [Duration.zero, .seconds(10)] {
            let clock = ManualClock()
            let failure = #expect(throws: RedisError.self) { try lock(clock).acquire(within: limit) }
            #expect(failure?.code == .tryLater)
            #expect(failure?.message.contains("on web1/77") == true)
            #expect(clock.waits.reduce(.zero, +) == limit)
        }
        #expect(try server.ask("get", Self.key).contains("web1"))
    }

    @Test("It is renewed when it was last seen more than 5 s ago, and not before")
    func renewed() throws {
        let clock = ManualClock()
        let lock = try lock(clock)
        try lock.acquire(within: .zero)
        _ = try server.ask("pexpire", Self.key, "9000")
        clock.advance(by: .seconds(4))
        try lock.renewIfDue()
        #expect(try timeLeft() <= 9000)
        clock.advance(by: .seconds(2))
        try lock.renewIfDue()
        #expect(try timeLeft() > 9000)
        lock.release()
        #expect(try server.ask("exists", Self.key) == "0")
    }

    @Test("A server that is away is no loss until the lock could have expired")
    func away() throws {
        let clock = ManualClock()
        let lock = try lock(clock)
        try lock.acquire(within: .zero)
        server.stop()
        for seconds in [6, 8] {
            clock.advance(by: .seconds(seconds))
            try lock.renewIfDue()
        }
        clock.advance(by: .seconds(2))
        let failure = #expect(throws: RedisError.self) { try lock.renewIfDue() }
        #expect(failure?.isConnectionFailure == true)
    }

    @Test("A lock that is another's, or gone, is lost, and left alone", arguments: ["another's", ""])
    func lost(value: String) throws {
        let clock = ManualClock()
        let lock = try lock(clock)
        try lock.acquire(within: .zero)
        _ = try value.isEmpty ? server.ask("del", Self.key) : server.ask("set", Self.key, value)
        clock.advance(by: .seconds(6))
        let failure = #expect(throws: RedisError.self) { try lock.renewIfDue() }
        #expect(failure?.code == .lockLost)
        lock.release()
        #expect(try server.ask("get", Self.key) == value)
    }

    @Test("A server that comes up is waited for, for as long as it was said")
    func starting() throws {
        let server = server
        server.stop()
        let clock = ManualClock { count in
            if count == 4 { try? server.start() }
        }
        try lock(clock) { $0.wait = .seconds(60) }.acquire(within: .zero)
        #expect(clock.waits.count == 4)
        #expect(try timeLeft() > 0)
        server.stop()
        let patient = ManualClock()
        let failure = #expect(throws: RedisError.self) {
            try lock(patient) { $0.wait = .seconds(60) }.acquire(within: .zero)
        }
        #expect(failure?.code == .unavailable)
        #expect(patient.waits.reduce(.zero, +) == .seconds(60))
    }
}
