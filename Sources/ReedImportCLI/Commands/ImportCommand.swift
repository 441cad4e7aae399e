import ArgumentParser
import ConfigImport
import GraphSync
import RedisStore
import UCG

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports a configuration directory into Redis (the default command).",
        discussion: """
            Nothing is written before the whole directory has been read and found valid. Importing it \
            again leads to the same keys.

            Exits 0 if every entity is confirmed; 64 on wrong options; 65 if the input is invalid or an \
            entity was refused; 66 if it cannot be read; 69 if Redis cannot be reached; 75 if it cannot \
            take the entities now; 76 if it is not Redis; 77 if it does not let this user in; 78 if it is \
            configured so that it cannot work; 71 and 74 on failures of the system; 130 and 143 if \
            interrupted.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Redis options") var redis: RedisArguments
    @OptionGroup(title: "Entity options") var entities: EntityOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let address = try redis.address()
        let stamp = try entities.stamp()
        let progress = Progress(quiet: output.quiet)
        let configuration = try input.check(output, progress)
        var counts = configuration.counts
        try write(configuration, to: address, stamp, &counts, progress)
        if !output.quiet { Summary(counts).print(output.format) }
    }

    /// Writes every entity and adds the time it took to `counts`.
    private func write(
        _ configuration: Configuration, to address: RedisAddress, _ stamp: EntityStamp,
        _ counts: inout [EntityKind: KindCounts], _ progress: Progress
    ) throws {
        var options = redis.options
        options.interruption = Interruption.catchSignals()
        var store: RedisEntityStore
        do throws(RedisError) {
            store = try RedisEntityStore.connect(
                to: address, keyPrefix: entities.keyPrefix, stamp: stamp, options: options)
        } catch {
            throw failure(error, "nothing written")
        }
        let total = counts.values.reduce(0) { $0 + $1.entities }
        defer { progress.end() }
        do {
            for kind in EntityKind.allCases {
                progress.begin("importing \(kind.rawValue)")
                let start = ContinuousClock.now
                try Apply.writeAll(to: &store) { try configuration.forEachEntity(of: kind, $0) }
                counts[kind]?.duration += ContinuousClock.now - start
            }
        } catch let error as RedisError {
            report(store.refusals, configuration)
            throw failure(error, describe(store.counts, of: total))
        } catch let error as InputError {
            throw Failure(ExitStatus(error), "\(error.description); \(describe(store.counts, of: total))")
        }
        guard store.counts.refused == 0 else {
            report(store.refusals, configuration)
            throw Failure(.data, "redis \(address): \(describe(store.counts, of: total))")
        }
    }

    private func failure(_ error: RedisError, _ counts: String) -> Failure {
        let advice = error.advice.map { "; \($0)" } ?? ""
        return Failure(ExitStatus(error), "\(error.message); \(counts)\(advice)")
    }

    /// `6272 of 20000 entities confirmed, 4358 unknown, 1 refused, 9369 not sent`.
    private func describe(_ counts: WriteCounts, of total: Int) -> String {
        let rest = total - counts.written - counts.unknown - counts.refused
        let parts = [(counts.unknown, "unknown"), (counts.refused, "refused"), (rest, "not sent")]
        guard counts.written + counts.unknown + counts.refused > 0 else { return "nothing written" }
        return "\(counts.written) of \(total) entities confirmed"
            + parts.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
    }

    private func report(_ refusals: [RedisEntityStore.Refusal], _ configuration: Configuration) {
        for refusal in refusals {
            let path = configuration.paths[Int(refusal.origin.file)]
            Console.report(
                PlainText.escaped(
                    "\(path):\(refusal.origin.line): error: \(refusal.key): \(refusal.reason) [refused]")
                    + "\n")
        }
    }
}
