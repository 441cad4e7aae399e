import ArgumentParser
import ConfigImport
import GraphSync
import RedisStore

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Shows what an import would change, and writes nothing.",
        discussion: """
            Every entity is compared with what Redis holds under its key. Times, author, white space, escapes \
            and the order of members make no difference.

            Exits 0 if there is nothing to do, 2 if there is; 3 if a key holds what is no entity; else as \
            import does: 64 on wrong options; 65 if the input is invalid; 66 if it cannot be read; 69 if Redis \
            cannot be reached; 75 if it cannot answer now; 76 if it is not Redis; 77 if it does not let this \
            user in; 78 if it is configured so that it cannot work; 71 and 74 on failures of the system; 130 \
            and 143 if interrupted.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup(title: "Redis options") var redis: RedisArguments
    @OptionGroup(title: "Entity options") var entities: EntityOptions

    @Option(help: "How the plan is printed.")
    var format = PlanText.Format.text

    @Flag(name: .shortAndLong, help: "Print no notes and no progress.")
    var quiet = false

    func run() throws {
        Interruption.endAtOnce(saying: "reed-import: interrupted; nothing written\n")
        let stamp = try entities.stamp()
        let address = try redis.address()
        let progress = Progress(quiet: quiet)
        let configuration = try input.check(OutputOptions(quiet: quiet), progress)
        var options = redis.options
        options.onNote = { [quiet] in if !quiet { Console.complain("note: \($0)") } }
        defer { progress.end() }
        var text = PlanText(format, paths: configuration.paths)
        do {
            var reader = try RedisEntityReader(
                of: address, keyPrefix: entities.keyPrefix, stamp: stamp, options: options)
            for kind in EntityKind.allCases {
                progress.begin("comparing \(kind.rawValue)")
                try configuration.forEachEntity(of: kind) { try reader.read($0) { text.add($0, of: kind) } }
                try reader.finish { text.add($0, of: kind) }
            }
        } catch let error as RedisError {
            throw Failure(ExitStatus(error), error.message + (error.advice.map { "; \($0)" } ?? ""))
        } catch let error as InputError {
            throw Failure(ExitStatus(error), error.description + (error.advice.map { "; \($0)" } ?? ""))
        }
        progress.end()
        text.finish()
        if text.total.conflicts > 0 { throw Failure(.refused) }
        if !text.total.areNone { throw Failure(.differences) }
    }
}
