import ArgumentParser
import GraphSync
import RedisProtocol
import RedisStore
import SystemSupport
import UCG

/// Where the summary goes in addition to standard output.
struct ReportOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Write the summary to a file as well, as JSON, also if the run fails; - is standard output.",
            valueName: "file"),
        completion: .file())
    var report: String?

    /// Runs `body` and writes its summary, or that it failed.
    ///
    /// The file is opened before anything else happens.
    ///
    /// - Parameters:
    ///   - inputs: What the run reads, which is not written over.
    ///   - target: Where the import goes, if it is known by then.
    ///   - body: The run; its summary is printed by the caller unless the report goes to standard output.
    func run(
        protecting inputs: ProtectedInputs, cancellation: CancellationSignal, target: () -> ImportTarget?,
        _ body: () throws -> Summary
    ) throws -> Summary {
        guard let report else { return try body() }
        let file = try inputs.open(report, for: "--report", unless: cancellation)
        do {
            let summary = try body()
            try Self.write(JSONReporter.json(summary), to: file)
            return summary
        } catch let failure as Failure {
            // That the run failed counts for more than that this could not be written.
            try? Self.write(JSONReporter.json(failure, target()), to: file)
            throw failure
        }
    }

    /// Whether standard output is the report's.
    var takesStandardOutput: Bool { report == "-" }

    private static func write(_ bytes: [UInt8], to file: borrowing ResultFile) throws(Failure) {
        do throws(ResultFileError) {
            try file.write(bytes)
            try file.finish()
        } catch {
            throw Failure(error)
        }
    }
}
