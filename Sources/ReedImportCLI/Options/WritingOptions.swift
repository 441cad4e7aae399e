import ArgumentParser
import GraphSync
import RedisStore

/// How entities are sent, and what readers see meanwhile.
struct WritingOptions: ParsableArguments {
    @Option(
        name: .customLong("batch"),
        help: ArgumentHelp(
            "The number of entities that one command writes; 1 sends a SET for each, more an MSET.",
            valueName: "count")
    )
    var batchSize = RedisOptions.defaultBatchSize

    @Option(
        help: ArgumentHelp(
            "Whether all changes become visible at once: auto if they fit, always or nothing is written, never (default: auto).",
            valueName: "when"),
        transform: { text in
            guard let atomicity = SyncOptions.Atomicity(rawValue: text) else {
                throw ValidationError("expected auto, always or never")
            }
            return atomicity
        })
    var atomic = SyncOptions.Atomicity.auto

    @Option(
        help: ArgumentHelp(
            "The most changed entities, and bytes, that become visible at once.", valueName: "n[,size]"))
    var atomicLimit = AtomicLimit(entities: SyncOptions().atomicEntities, bytes: SyncOptions().atomicBytes)

    @Option(help: ArgumentHelp("How long to wait for another import of this source.", valueName: "time"))
    var lockTimeout = TimeSpan(.seconds(30))

    /// What the options say of an import, in addition to what `options` says.
    func options(_ options: SyncOptions) -> SyncOptions {
        var options = options
        options.atomicity = atomic
        options.atomicEntities = atomicLimit.entities
        options.atomicBytes = atomicLimit.bytes
        return options
    }

    func validate() throws {
        guard (1...10_000).contains(batchSize) else {
            throw ValidationError("--batch is \(batchSize); give a number from 1 to 10000.")
        }
    }
}

/// A limit as it is typed: `50000`, `64MiB` or `50000,64MiB`.
struct AtomicLimit: ExpressibleByArgument {
    var entities: Int
    var bytes: Int

    init(entities: Int, bytes: Int) {
        self.entities = entities
        self.bytes = bytes
    }

    init?(argument: String) {
        self.init(entities: SyncOptions().atomicEntities, bytes: SyncOptions().atomicBytes)
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { return nil }
        if let number = Int(parts[0]) {
            guard number >= 0 else { return nil }
            entities = number
        } else {
            guard parts.count == 1, let size = ByteSize(argument: argument) else { return nil }
            bytes = size.bytes
        }
        if parts.count == 2 {
            guard Int(parts[0]) != nil, let size = ByteSize(argument: String(parts[1])) else { return nil }
            bytes = size.bytes
        }
    }

    var defaultValueDescription: String { "\(entities),\(ByteSize(bytes).defaultValueDescription)" }
}
