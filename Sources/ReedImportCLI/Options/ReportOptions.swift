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
            try Self.write(summary.json, to: file)
            return summary
        } catch let failure as Failure {
            // That the run failed counts for more than that this could not be written.
            try? Self.write(Self.json(failure, target()), to: file)
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

    /// The report of a run that failed.
    private static func json(_ failure: Failure, _ target: ImportTarget?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("status")
        json.string("failed")
        json.key("exit_code")
        json.integer(Int(failure.status.rawValue))
        json.key("message")
        json.string(failure.message ?? "")
        if let target {
            json.key("target")
            target.write(to: &json)
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension ImportTarget {
    /// Writes the target as a JSON object.
    func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("server")
        json.string(address.description)
        json.key("source")
        json.string(source.name)
        json.key("key_prefix")
        json.string(source.keyPrefix)
        json.endObject()
    }
}
