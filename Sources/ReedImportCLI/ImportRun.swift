import ConfigImport
import GraphSync
import RedisStore
import UCG

/// Writes a configuration that was found valid, and says how far it got.
struct ImportRun {
    private let configuration: Configuration
    private let keyPrefix: String
    private let stamp: EntityStamp
    private let batchSize: Int
    private let isQuiet: Bool
    private let progress: Progress
    private var counts: [EntityKind: KindCounts]
    private var verified: Int?
    private var writing = Duration.zero

    init(
        _ configuration: Configuration, keyPrefix: String, stamp: EntityStamp, batchSize: Int, isQuiet: Bool,
        _ progress: Progress
    ) {
        self.configuration = configuration
        self.keyPrefix = keyPrefix
        self.stamp = stamp
        self.batchSize = batchSize
        self.isQuiet = isQuiet
        self.progress = progress
        counts = configuration.counts
    }

    /// What was done, for a person or a program.
    var summary: Summary { Summary(counts, verified: verified, writing: writing) }

    /// How many entities there are.
    var total: Int { counts.values.reduce(0) { $0 + $1.entities } }

    /// Writes every entity to a file of commands.
    mutating func write(toFile path: String) throws {
        let interruption = Interruption.catchSignals()
        defer { progress.end() }
        do {
            var file = try RESPFile(
                path: path, keyPrefix: keyPrefix, stamp: stamp, batchSize: batchSize,
                interruption: interruption)
            let start = ContinuousClock.now
            try Apply.writeAll(to: &file) { try forEachEntity("writing", $0) }
            writing = ContinuousClock.now - start
        } catch let error as RESPFileError {
            throw Failure(ExitStatus(error), error.message)
        } catch let error as InputError {
            throw failure(error, "no file written")
        }
    }

    /// Writes every entity to a server.
    ///
    /// - Parameters:
    ///   - redis: How patient and strict to be, and what interrupts it.
    ///   - verify: Whether all are read back at the end.
    mutating func write(to address: RedisAddress, _ redis: RedisOptions, verify: Bool) throws {
        var options = redis
        options.batchSize = batchSize
        let isQuiet = isQuiet
        options.onNote = { if !isQuiet { Console.complain("note: \($0)") } }
        var store: RedisEntityStore
        do throws(RedisError) {
            store = try RedisEntityStore.connect(
                to: address, keyPrefix: keyPrefix, stamp: stamp, options: options)
        } catch {
            throw failure(error, "nothing written")
        }
        if let warning = store.survey.warning(beforeWriting: configuration.estimatedBytes) {
            options.onNote(warning)
        }
        if !options.checksServer {
            options.onNote(
                "the server is not checked for restarts, flushes and evictions (--no-server-check)")
        }
        defer { progress.end() }
        do {
            let start = ContinuousClock.now
            try Apply.writeAll(to: &store) { try forEachEntity("importing", $0) }
            writing = ContinuousClock.now - start
        } catch let error as RedisError {
            if error.origin == nil { report(store.refusals) }
            throw failure(error, try outcome(error, store.counts, address, options))
        } catch let error as InputError {
            store.settle()
            throw failure(error, describe(store.counts))
        }
        guard store.counts.refused == 0 else {
            report(store.refusals)
            throw Failure(.data, "redis \(address): \(describe(store.counts))")
        }
        if verify { try self.verify(address, options) }
    }

    private mutating func forEachEntity(
        _ activity: String, _ body: (borrowing Entity) throws -> Void
    ) throws {
        for kind in EntityKind.allCases {
            progress.begin("\(activity) \(kind.rawValue)")
            let start = ContinuousClock.now
            try configuration.forEachEntity(of: kind, body)
            counts[kind]?.duration += ContinuousClock.now - start
        }
    }

    // MARK: - Reading back

    /// What reading everything back has found.
    private struct Verification {
        var confirmed = 0, missing = 0, different = 0
        /// Where the first entity comes from that is missing or different.
        var firstFault: EntityOrigin?

        mutating func add(_ reading: EntityReading) {
            switch reading.stored {
            case .value(reading.wanted):
                confirmed += 1
                return
            case .nothing: missing += 1
            case .value, .other: different += 1
            }
            firstFault = firstFault ?? reading.origin
        }
    }

    private mutating func verify(_ address: RedisAddress, _ options: RedisOptions) throws {
        let result: Verification
        do {
            result = try look(address, options)
        } catch let error as RedisError {
            throw failure(error, "all \(total) entities confirmed, but not verified")
        } catch let error as InputError {
            throw failure(error, "all entities confirmed, but not verified")
        }
        verified = result.confirmed
        guard result.confirmed == total else {
            throw Failure(
                .data,
                place(result.firstFault) + "\(result.confirmed) of \(total) entities verified, "
                    + "\(result.missing) missing, \(result.different) different; run again")
        }
    }

    private func look(_ address: RedisAddress, _ options: RedisOptions) throws -> Verification {
        var reader = try RedisEntityReader(of: address, keyPrefix: keyPrefix, stamp: stamp, options: options)
        var result = Verification()
        for kind in EntityKind.allCases {
            progress.begin("verifying \(kind.rawValue)")
            try configuration.forEachEntity(of: kind) { try reader.read($0) { result.add($0) } }
        }
        try reader.finish { result.add($0) }
        return result
    }

    // MARK: - Telling

    /// How far the run got; if the server lost keys, how many of them are there.
    private func outcome(
        _ error: RedisError, _ counts: WriteCounts, _ address: RedisAddress, _ options: RedisOptions
    ) throws -> String {
        guard error.code == .incomplete, let result = try? look(address, options) else {
            return describe(counts)
        }
        return "\(result.confirmed) of \(total) entities present"
    }

    private func failure(_ error: RedisError, _ counts: String) -> Failure {
        let advice = error.advice.map { "; \($0)" } ?? ""
        return Failure(ExitStatus(error), "\(place(error.origin))\(error.message); \(counts)\(advice)")
    }

    private func failure(_ error: InputError, _ counts: String) -> Failure {
        let advice = error.advice.map { "; \($0)" } ?? ""
        return Failure(ExitStatus(error), "\(error.description); \(counts)\(advice)")
    }

    /// `PATH:LINE: `, if there is an origin.
    private func place(_ origin: EntityOrigin?) -> String {
        origin.map { "\(configuration.paths[Int($0.file)]):\($0.line): " } ?? ""
    }

    /// `6272 of 20000 entities confirmed, 4358 unknown, 1 refused, 9369 not sent`.
    private func describe(_ counts: WriteCounts) -> String {
        let rest = total - counts.written - counts.unknown - counts.refused
        let parts = [(counts.unknown, "unknown"), (counts.refused, "refused"), (rest, "not sent")]
        guard counts.written + counts.unknown + counts.refused > 0 else { return "nothing written" }
        return "\(counts.written) of \(total) entities confirmed"
            + parts.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
    }

    private func report(_ refusals: [RedisEntityStore.Refusal]) {
        for refusal in refusals {
            Console.report(
                PlainText.escaped(
                    "\(place(refusal.origin))error: \(refusal.key): \(refusal.reason) [refused]")
                    + "\n")
        }
    }
}
