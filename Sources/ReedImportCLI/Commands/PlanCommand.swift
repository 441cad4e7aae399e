import ArgumentParser
import ConfigImport
import GraphSync
import RedisProtocol
import RedisStore

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what an import would change, and writes nothing.",
        discussion: """
            Every entity is compared with what Redis holds under its key. Times, author, white space, escapes \
            and the order of members make no difference.

            Exits 0 if there is nothing to do, 2 if there is; 3 if an import would refuse, or with --fail-on \
            delete if it would delete; else as import does: 64 on wrong options; 65 if the input is invalid; 66 if it cannot be read; 69 if Redis \
            cannot be reached; 75 if it cannot answer now; 76 if it is not Redis; 77 if it does not let this \
            user in; 78 if it is configured so that it cannot work; 71 and 74 on failures of the system; 130 \
            and 143 if interrupted.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Redis options") var redis: RedisArguments
    @OptionGroup(title: "Entity options") var entities: EntityOptions

    @OptionGroup(title: "Sync options") var sync: SyncArguments

    /// What makes a plan fail.
    enum Guarded: String, ExpressibleByArgument, CaseIterable { case delete }

    @Option(help: ArgumentHelp("Exit 3 if anything would be deleted.", valueName: "what"))
    var failOn: Guarded?

    @Option(
        help: ArgumentHelp("Keep the plan in a file, for reed-import apply.", valueName: "file"),
        completion: .file())
    var out: String?

    @Option(help: "How the plan is printed.")
    var format = PlanFormat.text

    @Flag(name: .shortAndLong, help: "Print no notes and no progress.")
    var quiet = false

    func run() throws {
        let cancellation = Interruption.catchSignals()
        let inputs = ProtectedInputs(directory: input.directory, files: redis.files)
        let file = try out.map { try PlanFile(inputs.open($0, for: "--out", unless: cancellation)) }
        let stamp = try entities.stamp()
        let address = try redis.address()
        let progress = Progress(quiet: quiet)
        let reporter = format.reporter
        var options = redis.options
        options.onNote = { [quiet] in if !quiet { Console.complain("note: \($0)") } }
        options.cancellation = cancellation
        let lookup = ReferenceLookup(address: address, keyPrefix: entities.keyPrefix, redis: options)
        let configuration = try input.check(reporter, isQuiet: quiet, progress, lookup: lookup)
        let run = ImportRun(
            configuration, source: sync.source(keyPrefix: entities.keyPrefix), stamp: stamp, isQuiet: quiet,
            progress)
        try file?.begin(header(configuration, address))
        // To standard output goes the saved plan and nothing else.
        var sync = sync.options(isStrict: input.strict)
        sync.graphKeys = entities.graphKeys
        let plan = try run.plan(
            address, redis: options, options: sync,
            reporter: out == "-" ? nil : reporter, file: file)
        if let refusal = plan.refusal, refusal.code == .tooManyDeletions, out == nil {
            // What would be deleted was to be seen, and is.
            Console.complain("warning: an import would refuse: \(Failure(refusal).message ?? "")")
        } else if let refusal = plan.refusal {
            throw Failure(refusal)
        }
        if failOn == .delete, plan.total.deleted > 0 {
            throw Failure(.refused, "\(count(plan.total.deleted, "deletion")) (--fail-on delete)")
        }
        if !plan.isEmpty { throw Failure(.differences) }
    }

    /// What the saved plan is for.
    private func header(_ configuration: Configuration, _ address: RedisAddress) throws(Failure)
        -> SavedPlan.Header
    {
        do {
            return SavedPlan.Header(
                source: sync.source, keyPrefix: entities.keyPrefix, author: entities.createdBy,
                input: input.arguments, server: address.description, digest: try configuration.digest(),
                adopts: sync.adopt)
        } catch {
            throw Failure(error)
        }
    }
}
