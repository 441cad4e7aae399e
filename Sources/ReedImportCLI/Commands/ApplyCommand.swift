import ArgumentParser
import ConfigImport
import GraphSync
import RedisStore
import SystemSupport
import UCG

struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Carries out a plan that plan --out has written, exactly as it is.",
        discussion: """
            The directory, the server and the source are the plan's. Nothing is written if the directory or one \
            of the keys that the plan changes is not what it was when the plan was made.

            Exits 0 if every change is confirmed, 3 if the plan is out of date; 66 if the plan cannot be read, \
            65 if it is not a plan; else as import does.
            """)

    @Argument(help: ArgumentHelp("What plan --out has written.", valueName: "plan"), completion: .file())
    var file: String

    @OptionGroup(title: "Redis options") var redis: RedisArguments
    @OptionGroup(title: "Writing options") var writing: WritingOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var reporting: ReportOptions

    @Option(
        help: ArgumentHelp(
            "When the entities are written, by RFC 3339 (default: SOURCE_DATE_EPOCH, else now).",
            valueName: "time"),
        transform: EntityOptions.time)
    var timestamp: Timestamp?

    func run() throws {
        let cancellation = Interruption.catchSignals()
        var target: ImportTarget?
        let inputs = ProtectedInputs(directory: try? directory(cancellation), files: [file] + redis.files)
        let summary = try reporting.run(
            protecting: inputs, cancellation: cancellation, target: { target }
        ) { try run(&target) }
        if !output.quiet && !reporting.takesStandardOutput { output.format.reporter.report(summary) }
    }

    /// The configuration directory of the plan, so that no report is written there.
    private func directory(_ cancellation: CancellationSignal) throws -> String? {
        guard FileStatus(path: file)?.isRegular == true else { return nil }
        return try InputOptions.parse(try PlanFile.read(file, cancellation).header.input).directory
    }

    private func run(_ target: inout ImportTarget?) throws -> Summary {
        let plan = try PlanFile.read(file, Interruption.cancellation)
        let header = plan.header
        let address = try redis.address(ofPlan: header.server)
        let stamp = WriteStamp(time: try EntityOptions.time(timestamp), author: header.author)
        guard let input = try? InputOptions.parse(header.input),
            let source = ImportSource(keyPrefix: header.keyPrefix, name: header.source)
        else { throw Failure(.data, "\(file) is not a plan written by this version") }
        target = ImportTarget(address: address, source: source)
        let progress = Progress(quiet: output.quiet)
        var options = redis.options
        options.batchSize = writing.batchSize
        options.cancellation = Interruption.cancellation
        let lookup = ReferenceLookup(address: address, keyPrefix: source.keyPrefix, redis: options)
        let configuration = try input.check(
            output.format.reporter, isQuiet: output.quiet, progress, lookup: lookup)
        do {
            guard try configuration.digest() == header.digest else {
                throw Failure(
                    .refused,
                    "the directory has changed since the plan was made; nothing written; make a new plan")
            }
        } catch let error as InputError {
            throw Failure(error, progress: "nothing written")
        }
        var sync = writing.options(SyncOptions())
        sync.adopts = header.adopts
        sync.graphKeys = plan.graphKeys.now
        let run = ImportRun(configuration, source: source, stamp: stamp, isQuiet: output.quiet, progress)
        try run.write(
            to: address, options, sync, saved: plan, lockTimeout: writing.lockTimeout.duration, verify: false)
        return run.summary
    }
}
