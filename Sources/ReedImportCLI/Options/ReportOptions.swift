import ArgumentParser

/// Where the summary goes beside standard output.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write the summary to a file as well, as JSON.", valueName: "file"),
        completion: .file())
    var report: String?

    /// Writes the file, if there is to be one.
    func write(_ summary: Summary) throws {
        if let report { try writeFile(summary.json, to: report) }
    }
}
