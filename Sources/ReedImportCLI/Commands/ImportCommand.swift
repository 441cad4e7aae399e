import ArgumentParser
import ConfigImport
import GraphSync
import RedisStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports a configuration directory into Redis (the default command).",
        discussion: """
            Nothing is written before the whole directory has been read and found valid, and then only what \
            differs from what Redis holds. Nothing is deleted unless --prune is given.

            Exits 0 if every entity is confirmed; 3 if a guard said no: a key that holds no entity, another \
            source's entity, too many deletions; 64 on wrong options; 65 if the input is invalid, or an \
            entity was refused or lost; 66 if it cannot be read; 69 if Redis cannot be reached; 75 if it \
            cannot take the entities now, or another import runs; 76 if it is not Redis; 77 if it does not let this user in; 78 if \
            it is configured so that it cannot work; 71, 73 and 74 on failures of the system; 130 and 143 \
            if interrupted.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Redis options") var redis: RedisArguments
    @OptionGroup(title: "Entity options") var entities: EntityOptions
    @OptionGroup(title: "Sync options") var sync: SyncArguments
    @OptionGroup(title: "Writing options") var writing: WritingOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var reporting: ReportOptions

    @Flag(help: "Read every entity back at the end and compare it.")
    var verify = false

    @Option(
        help: ArgumentHelp(
            "Write the commands to a file instead, in Redis's wire protocol, for redis-cli --pipe; - is standard output.",
            valueName: "file"),
        completion: .file())
    var out: String?

    func validate() throws {
        guard out == nil || redis.redis == nil else {
            throw ValidationError("--out writes to a file and --redis to a server; give one of them.")
        }
        guard out == nil || !verify else {
            throw ValidationError("--verify reads from a server; it does not go with --out.")
        }
    }

    func run() throws {
        Interruption.endAtOnce(saying: "reed-import: interrupted; nothing written\n")
        let stamp = try entities.stamp()
        let address = out == nil ? try redis.address() : nil
        let progress = Progress(quiet: output.quiet)
        let configuration = try input.check(output, progress)
        let run = ImportRun(
            configuration, source: sync.source(keyPrefix: entities.keyPrefix), stamp: stamp,
            isQuiet: output.quiet,
            progress)
        if let out {
            // To standard output go the commands and nothing else.
            if out == "-" { return try run.write(toFile: "/dev/stdout", batchSize: writing.batchSize) }
            try run.write(toFile: out, batchSize: writing.batchSize)
        } else if let address {
            var options = redis.options
            options.batchSize = writing.batchSize
            options.interruption = Interruption.catchSignals()
            try run.write(
                to: address, options, writing.options(sync.options),
                lockTimeout: writing.lockTimeout.duration,
                verify: verify)
        }
        try reporting.write(run.summary)
        if !output.quiet { run.summary.print(output.format) }
    }
}
