import ArgumentParser
import RedisStore

/// How entities are sent.
struct WritingOptions: ParsableArguments {
    @Option(
        name: .customLong("batch"),
        help: ArgumentHelp(
            "How many entities one command writes; 1 sends a SET for each, more an MSET.", valueName: "count")
    )
    var batchSize = RedisOptions.defaultBatchSize

    func validate() throws {
        guard (1...10_000).contains(batchSize) else {
            throw ValidationError("--batch is \(batchSize); give a number from 1 to 10000.")
        }
    }
}
