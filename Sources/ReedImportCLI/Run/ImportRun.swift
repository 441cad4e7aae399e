import RedisProtocol
import SystemSupport
import ConfigImport
import GraphSync
import RedisStore
import UCG

/// Brings Redis to what a configuration says that was found valid, and tells how far it got.
final class ImportRun {
    private let configuration: Configuration
    private let source: ImportSource
    private let stamp: WriteStamp
    private let isQuiet: Bool
    private let progress: Progress
    private let entities: MeasuredSource
    private var outcome = ImportOutcome()

    init(
        _ configuration: Configuration, source: ImportSource, stamp: WriteStamp, isQuiet: Bool,
        _ progress: Progress
    ) {
        self.configuration = configuration
        self.source = source
        self.stamp = stamp
        self.isQuiet = isQuiet
        self.progress = progress
        entities = MeasuredSource(configuration, progress)
    }

    /// The result, for the user or a program.
    var summary: Summary {
        var counts = configuration.counts
        for (kind, duration) in entities.durations { counts[kind]?.duration += duration }
        return Summary(configuration, counts: counts, outcome)
    }

    /// The number of entities.
    var total: Int { configuration.counts.values.reduce(0) { $0 + $1.entities } }

    /// What should be in Redis.
    func graph() -> DesiredGraph { DesiredGraph(entities) }

    // MARK: - To a file

    /// Writes every entity to a file of commands.
    func write(toFile result: consuming ResultFile, batchSize: Int, graphKeys: GraphKeySetting) throws {
        defer { progress.end() }
        entities.activity = "writing"
        do {
            var file = RESPFile(
                result, keyPrefix: source.keyPrefix, stamp: stamp, batchSize: batchSize,
                graphKeys: graphKeys)
            let start = ContinuousClock.now
            for types in entities.passes { try entities.forEachEntity(ofPass: types) { try file.write($0) } }
            try file.finish()
            outcome.writing = ContinuousClock.now - start
        } catch let error as ResultFileError {
            throw Failure(error)
        } catch let error as InputError {
            throw failure(error, "no file written")
        }
    }

    // MARK: - Planning

    /// Prints what would be changed on a server, and keeps it in a file if there is one.
    func plan(
        _ address: RedisAddress, redis: RedisOptions, options: SyncOptions, reporter: (any Reporter)?,
        file: PlanFile?
    ) throws -> SyncPlan {
        let heading = PlanHeading(
            target: ImportTarget(address: address, source: source), paths: configuration.paths)
        var reporter = reporter
        defer { progress.end() }
        do {
            var sync = try RedisSync(
                of: address, source: source, types: configuration.types, stamp: stamp, redis: redis,
                options: options,
                isReadOnly: true)
            let plan = try sync.plan(graph()) { change in
                reporter?.report(change, in: heading)
                try file?.add(change)
            }
            if plan.refusal == nil { try file?.finish(plan.graphKeys) }
            progress.end()
            reporter?.finish(plan, in: heading)
            noteUndeclared(plan.graphKeys.now)
            noteLeftovers(
                plan.leftoverCount, vanished: plan.vanished, pruned: plan.prunedWhole, options: options)
            return plan
        } catch let error as RedisError {
            throw Failure(error)
        } catch let error as InputError {
            throw Failure(error)
        }
    }

    // MARK: - To a server

    /// Writes what is different to a server.
    ///
    /// - Parameters:
    ///   - redis: How patient and strict to be, and what interrupts it.
    ///   - saved: The plan to carry out, and nothing else, if it is one that was made before.
    ///   - lockTimeout: How long to wait for another import of the same source.
    ///   - verify: Whether all entities are read back at the end.
    func write(
        to address: RedisAddress, _ redis: RedisOptions, _ options: SyncOptions, saved: SavedPlan? = nil,
        lockTimeout: Duration, verify: Bool
    ) throws {
        var redis = redis
        let isQuiet = isQuiet
        redis.onNote = { if !isQuiet { Console.complain("note: \($0)") } }
        var sync: RedisSync
        do throws(RedisError) {
            sync = try RedisSync(
                of: address, source: source, types: configuration.types, stamp: stamp, redis: redis,
                options: options, saved: saved)
        } catch {
            throw failure(error, "nothing written")
        }
        if !redis.checksServer {
            redis.onNote("the server is not checked for restarts, flushes and evictions (--no-server-check)")
        }
        defer { progress.end() }
        entities.activity = "importing"
        let graph = graph()
        do {
            // It takes a while, and is needed at the end.
            let digest = WorkerThread().submit(configuration) { configuration in
                Result { () throws(InputError) in try configuration.digest() }
            }
            outcome.target = ImportTarget(address: address, source: source)
            let start = ContinuousClock.now
            outcome.result = try sync.apply(graph, lockTimeout: lockTimeout) {
                var last = LastImport()
                last.version = ReedImport.version
                last.digest = try digest.value.get()
                return last
            }
            outcome.writing = ContinuousClock.now - start
        } catch let error as RedisError {
            if error.origin == nil { report(sync.refusals) }
            report(sync.conflicts)
            throw failure(error, describe(error, of: &sync, graph: graph))
        } catch let error as SyncRefusal {
            report(error.cases)
            throw Failure(error, progress: "nothing written")
        } catch let error as InputError {
            throw failure(error, describe(sync.counts))
        }
        guard sync.counts.refused == 0 else {
            report(sync.refusals)
            throw Failure(.data, "redis \(address): \(describe(sync.counts))")
        }
        if let result = outcome.result {
            noteUndeclared(result.graphKeys.now)
            noteLeftovers(
                result.leftovers, vanished: result.vanished, pruned: result.prunedWhole, options: options)
        }
        if verify { try self.verify(&sync, graph) }
    }

    /// Says what is owned and no longer in the directory, and why it stays.
    private func noteLeftovers(
        _ leftovers: Int, vanished: [EntityGroup: Int], pruned: [EntityGroup: Int], options: SyncOptions
    ) {
        for (unit, number) in vanished.sorted(by: { $0.key < $1.key }) {
            Console.complain(
                "warning: the directory has none of the \(unit) any more, of which \(number) are owned; kept (--prune-missing deletes them)"
            )
        }
        guard !isQuiet else { return }
        for (unit, number) in pruned.sorted(by: { $0.key < $1.key }) {
            Console.complain("note: pruned as a whole: \(number) \(unit)")
        }
        guard leftovers > 0 else { return }
        if !options.prunes {
            let what = count(leftovers, "owned entity is", plural: "owned entities are")
            Console.complain("note: \(what) not in the directory any more; --prune deletes them")
        }
    }

    /// Says that graph keys lead to ids without an entity.
    private func noteUndeclared(_ graphKeys: GraphKeySetting) {
        guard graphKeys != .none, configuration.undeclaredCount > 0, !isQuiet else { return }
        let instances = count(configuration.undeclaredCount, "placed instance")
        Console.complain("note: graph keys lead to \(instances) without a row in entities.csv")
    }

    private func verify(_ sync: inout RedisSync, _ graph: DesiredGraph) throws {
        entities.activity = "verifying"
        let counts: ChangeCounts
        let firstFault: EntityOrigin?
        let graphKeyFaults: GraphKeyFaults
        do {
            (counts, firstFault, graphKeyFaults) = try sync.verify(graph)
        } catch let error as RedisError {
            throw failure(error, "all \(total) entities confirmed, but not verified")
        } catch let error as InputError {
            throw failure(error, "all entities confirmed, but not verified")
        }
        outcome.verified = counts.unchanged
        guard counts.unchanged == total else {
            throw Failure(
                .data,
                place(firstFault)
                    + "\(counts.unchanged) of \(total) entities verified, \(counts.created) missing, "
                    + "\(counts.updated + counts.conflicts) different; run again")
        }
        if let first = graphKeyFaults.first {
            let faults = count(
                graphKeyFaults.count, "wrong or missing entry", plural: "wrong or missing entries")
            throw Failure(
                .data,
                "\(faults) of graph keys, the first in \(PlainText.escaped(first)); --rebuild-graph-keys writes them anew"
            )
        }
    }

    // MARK: - Telling

    /// How far the run got; if the server lost keys, how many of the entities are there.
    private func describe(_ error: RedisError, of sync: inout RedisSync, graph: DesiredGraph) -> String {
        if error.code == .incomplete, let present = try? sync.countPresent(graph) {
            return "\(present) of \(total) entities present"
        }
        switch sync.progress {
        case .inDoubt:
            return "connection lost during commit: either all changes were applied or none"
        case .partial: return "some commands failed; all other changes were written"
        case .committed(let result):
            return
                "\(count(result.total.changed, "change")) written, but the final server check did not complete"
        case .planning, .streaming: return describe(sync.counts)
        }
    }

    private func failure(_ error: RedisError, _ counts: String) -> Failure {
        Failure(error, at: place(error.origin.map { EntityOrigin($0) }), progress: counts)
    }

    private func failure(_ error: InputError, _ counts: String) -> Failure {
        Failure(error, progress: counts)
    }

    /// `PATH:LINE: `, if there is an origin.
    private func place(_ origin: EntityOrigin?) -> String {
        origin.map { "\(configuration.paths[Int($0.file)]):\($0.line): " } ?? ""
    }

    /// `6272 of 20000 entities confirmed, 4358 unknown, 1 refused, 9369 not sent`.
    private func describe(_ counts: WriteCounts) -> String {
        let confirmed = counts.written + counts.unchanged
        let rest = total - confirmed - counts.unknown - counts.refused
        let parts = [(counts.unknown, "unknown"), (counts.refused, "refused"), (rest, "not sent")]
        guard confirmed + counts.unknown + counts.refused > 0 else { return "nothing written" }
        return "\(confirmed) of \(total) entities confirmed"
            + parts.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
    }

    private func report(_ refusals: [RedisEntityStore.Refusal]) {
        for refusal in refusals {
            Console.report(
                PlainText.escaped(
                    "\(place(refusal.origin))error: \(refusal.key): \(refusal.reason) [refused]") + "\n")
        }
    }

    private func report(_ cases: [SyncRefusal.Case]) {
        for item in cases {
            Console.report(
                PlainText.escaped("\(place(item.origin))error: \(item.key): \(item.reason)") + "\n")
        }
    }
}
