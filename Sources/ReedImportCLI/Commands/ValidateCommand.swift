import ArgumentParser
import ConfigImport

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks a configuration directory without Redis.",
        discussion: """
            Exits 0 if it is valid, 65 if it is not or changes meanwhile, 66 if it cannot be read; 64 on wrong \
            options; 71 and 74 on failures of the system.
            """)

    @OptionGroup var input: InputOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let reporter = output.format.reporter
        let configuration = try input.check(
            reporter, isQuiet: output.quiet, Progress(quiet: output.quiet))
        if !output.quiet { reporter.report(Summary(configuration)) }
    }
}
