import ArgumentParser

/// What is printed.
struct OutputOptions: ParsableArguments {
    /// How the summary is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: "How the summary is printed.")
    var format = Format.text

    @Flag(name: .shortAndLong, help: "Print errors and warnings only.")
    var quiet = false

    init() {}

    /// What a command prints that has no summary.
    init(quiet: Bool) { self.quiet = quiet }
}
