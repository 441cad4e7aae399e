import ArgumentParser

/// What is printed.
struct OutputOptions: ParsableArguments {
    /// How the summary is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
        /// Annotations for GitHub Actions: problems at their lines, and one line of numbers.
        case github
    }

    @Option(help: "How the summary is printed.")
    var format = Format.text

    @Flag(name: .shortAndLong, help: "Print errors and warnings only.")
    var quiet = false

    init() {}

    /// What a command prints that has no summary.
    init(quiet: Bool, format: Format = .text) {
        self.quiet = quiet
        self.format = format
    }
}

/// How a list is printed.
enum ListFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}
