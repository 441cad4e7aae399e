import Foundation

/// Counts instructions with Valgrind's cachegrind: the same on every machine, however busy it is.
public enum Instructions {
    /// The release build of reed-import that is counted; `scripts/linearity` names it.
    public static let program = ProcessInfo.processInfo.environment["REED_COUNTED_PROGRAM"]

    /// The words that let a program be counted, before its own name.
    ///
    /// - Parameter log: Where the count will be when the program has ended.
    public static func counting(to log: String) -> [String] {
        [
            "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=\(log).details",
            "--log-file=\(log)",
        ]
    }

    /// How many instructions there were; `nil` as long as the program runs.
    public static func count(_ log: String) -> Int? {
        guard let text = try? String(contentsOfFile: log, encoding: .utf8),
            let line = text.split(separator: "\n").last(where: { $0.contains("refs:") }),
            let digits = line.split(separator: " ").last?.replacing(",", with: "")
        else { return nil }
        return Int(digits)
    }

    /// How many instructions a run of reed-import takes.
    public static func ofRun(_ arguments: [String]) throws -> (count: Int, result: ProcessResult) {
        let files = try TemporaryDirectory()
        let log = files.path(of: "log")
        let result = try run("/usr/bin/env", counting(to: log) + [program ?? reedImportPath()] + arguments)
        guard let count = count(log) else { throw TestFailure("no count of instructions: \(result.errors)") }
        return (count, result)
    }
}
