import ArgumentParser

/// What is printed.
struct OutputOptions: ParsableArguments {
    @Option(help: "How the summary is printed.")
    var format = SummaryFormat.text

    @Flag(name: .shortAndLong, help: "Print errors and warnings only.")
    var quiet = false
}
