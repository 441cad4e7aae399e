import SystemSupport
import TestSupport
import Testing

@testable import RedisProtocol

/// Trying again, by a clock that only waiting moves.
struct ReconnectionTests {
    private let clock = ManualClock()

    private static let lost = RedisError(.connectionLost, "connection lost: reset")
    private static let busy: RedisError = {
        var error = RedisError(.tryLater, "BUSY a script runs")
        error.isTransient = true
        return error
    }()

    /// Fails with the errors, one after the other, and then succeeds; returns the number of attempts.
    private func attempts(
        _ failures: [RedisError], _ reconnection: Reconnection,
        unless isFinal: (RedisError) -> Bool = { _ in false }
    ) throws -> Int {
        var count = 0
        return try reconnection.run(unless: isFinal) { () throws(RedisError) in
            count += 1
            if count <= failures.count { throw failures[count - 1] }
            return count
        }
    }

    private func reconnection(_ limit: Duration, losesIdle: Bool = false, _ notes: Notes = Notes())
        -> Reconnection
    {
        Reconnection(limit: limit, clock.clock, unless: .never, losesIdle: losesIdle) { notes.add($0) }
    }

    @Test("Pauses grow, vary, and end with the limit")
    func backOff() throws {
        var backOff = BackOff(limit: .seconds(10), clock.clock)
        let start = clock.clock.now()
        var pauses: [Duration] = []
        while let pause = backOff.nextPause() {
            pauses.append(pause)
            clock.advance(by: pause)
            #expect(pauses.count < 100)
        }
        let passed = clock.clock.now() - start
        #expect(passed == .seconds(10))
        #expect(pauses[0] <= .milliseconds(25))
        #expect(try #require(pauses.max()) <= .seconds(2))
        #expect(pauses.count > 8)
        backOff.reset()
        #expect(!backOff.isFailing)
        let first = try #require({ backOff.nextPause() }())
        #expect(first <= .milliseconds(25))
        var never = BackOff(limit: .zero, clock.clock)
        let none = never.nextPause()
        #expect(none == nil)
    }

    @Test("What can pass is tried again until it succeeds; the user is told once")
    func repeated() throws {
        let notes = Notes()
        let count = try attempts(
            [Self.lost, Self.busy, Self.lost], reconnection(.seconds(30), notes))
        #expect(count == 4)
        #expect(clock.waits.count == 3)
        #expect(notes.all == ["connection lost: reset; trying again for up to 30 s"])
    }

    @Test("What cannot pass, or must not be tried again, ends it at once")
    func final() throws {
        for code in [RedisError.Code.permission, .configuration, .refused, .interrupted, .lockLost] {
            let failure = #expect(throws: RedisError.self) {
                try attempts([RedisError(code, "no")], reconnection(.seconds(30)))
            }
            #expect(failure?.code == code)
        }
        #expect(throws: Self.lost) {
            try attempts([Self.lost], reconnection(.seconds(30)), unless: { $0.code == .connectionLost })
        }
        #expect(clock.waits.isEmpty)
    }

    @Test("The last failure is thrown when the time is over, and a success begins the time anew")
    func limit() throws {
        let reconnection = reconnection(.seconds(3))
        let start = clock.clock.now()
        let failures = Array(repeating: Self.busy, count: 100) + [Self.lost]
        #expect(throws: Self.busy) { try attempts(failures, reconnection) }
        #expect(clock.clock.now() - start == .seconds(3))
        #expect(throws: Self.lost) { try attempts([Self.lost], reconnection) }
        reconnection.succeed()
        #expect(try attempts([Self.lost], reconnection) == 2)
    }

    @Test("Without time nothing is tried again, but a connection that was idle")
    func idle() throws {
        #expect(throws: Self.lost) { try attempts([Self.lost], reconnection(.zero)) }
        #expect(try attempts([Self.lost], reconnection(.zero, losesIdle: true)) == 2)
        #expect(throws: Self.lost) {
            try attempts([Self.lost, Self.lost], reconnection(.zero, losesIdle: true))
        }
        #expect(clock.waits.isEmpty)
    }

    @Test("A server that is away and one that is not ready are waited for, each for its own time")
    func first() throws {
        let notes = Notes()
        let reconnection = Reconnection(
            waiting: .zero, delay: .seconds(5), clock.clock, unless: .never, onNote: { notes.add($0) })
        #expect(throws: Self.lost) { try attempts([Self.lost], reconnection) }
        #expect(notes.all.isEmpty)
        #expect(try attempts([Self.busy, Self.busy], reconnection) == 3)
        #expect(notes.all == ["BUSY a script runs; waiting up to 5 s"])
    }

    @Test("Other errors pass through")
    func otherErrors() throws {
        struct Other: Error {}
        #expect(throws: Other.self) { try reconnection(.seconds(30)).run(mixed: { throw Other() }) }
        var count = 0
        let value = try reconnection(.seconds(30)).run(mixed: {
            count += 1
            if count < 3 { throw Self.lost }
            return count
        })
        #expect(value == 3)
    }
}
