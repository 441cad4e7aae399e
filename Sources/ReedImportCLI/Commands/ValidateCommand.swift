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
        let configuration = try input.check(output, Progress(quiet: output.quiet))
        if !output.quiet {
            Summary(configuration.counts, byteCount: configuration.byteCount).print(output.format)
        }
    }
}
