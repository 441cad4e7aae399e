import ArgumentParser
import ConfigImport
import GraphSync
import RedisStore
import SystemSupport

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports a configuration directory into Redis (the default command).",
        discussion: """
            Nothing is written before the whole directory has been read and found valid, and then only what \
            differs from what Redis holds. Nothing is deleted unless --prune is given.

            Exits 0 if every entity is confirmed; 3 if a safety check refused: a key that is not an entity, another \
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

    @Flag(help: "Write all graph keys anew, after another program has spoilt them.")
    var rebuildGraphKeys = false

    @Option(
        help: ArgumentHelp(
            "Write the commands to a file instead, in Redis's wire protocol, for redis-cli --pipe; - is standard output.",
            valueName: "file"),
        completion: .file())
    var out: String?

    func validate() throws {
        guard out != "-" || reporting.report != "-" else {
            throw ValidationError("--out and --report cannot both write to standard output.")
        }
        guard out == nil || redis.redis == nil else {
            throw ValidationError("--out writes to a file and --redis to a server; give one of them.")
        }
        guard out == nil || !verify else {
            throw ValidationError("--verify reads from a server; it does not go with --out.")
        }
        guard out == nil || !input.allowExisting else {
            throw ValidationError("--allow-existing asks a server; it does not go with --out.")
        }
        guard out == nil || !rebuildGraphKeys else {
            throw ValidationError("--rebuild-graph-keys is about a server's keys; it does not go with --out.")
        }
    }

    func run() throws {
        let cancellation = Interruption.catchSignals()
        var inputs = ProtectedInputs(directory: input.directory, files: redis.files)
        var target: ImportTarget?
        let summary = try reporting.run(
            protecting: inputs, cancellation: cancellation, target: { target }
        ) {
            if let report = reporting.report { inputs.results.append(report) }
            let file = try out.map { try inputs.open($0, for: "--out", unless: cancellation) }
            return try run(to: file, &target)
        }
        // To standard output go the commands and nothing else.
        if out == "-" { return }
        if !output.quiet && !reporting.takesStandardOutput { output.format.reporter.report(summary) }
    }

    private func run(to file: consuming ResultFile?, _ target: inout ImportTarget?) throws -> Summary {
        let stamp = try entities.stamp()
        let source = sync.source(keyPrefix: entities.keyPrefix)
        if out == nil { target = ImportTarget(address: try redis.address(), source: source) }
        let progress = Progress(quiet: output.quiet)
        var options = redis.options
        options.batchSize = writing.batchSize
        options.cancellation = Interruption.cancellation
        let lookup = target.map {
            ReferenceLookup(address: $0.address, keyPrefix: entities.keyPrefix, redis: options)
        }
        let configuration = try input.check(
            output.format.reporter, isQuiet: output.quiet, progress, lookup: lookup)
        let run = ImportRun(
            configuration, source: source, stamp: stamp, isQuiet: output.quiet, progress)
        if let target {
            var sync = writing.options(sync.options(isStrict: input.strict))
            sync.graphKeys = entities.graphKeys
            sync.rebuildsGraphKeys = rebuildGraphKeys
            try run.write(
                to: target.address, options, sync, lockTimeout: writing.lockTimeout.duration, verify: verify)
        } else if let file {
            try run.write(toFile: file, batchSize: writing.batchSize, graphKeys: entities.graphKeys ?? .none)
        }
        return run.summary
    }
}
