import Foundation

/// Counts instructions with Valgrind's cachegrind: the same on every machine, however busy it is.
public enum Instructions {
    /// Whether Valgrind is here; where every test has to run it counts as here.
    public static let canBeCounted =
        ["/usr/bin/valgrind", "/usr/local/bin/valgrind"].contains {
            FileManager.default.fileExists(atPath: $0)
        }
        || ProcessInfo.processInfo.environment["REED_REQUIRE_SERVERS"] == "1"

    /// The words that let a program be counted, before its own name.
    ///
    /// - Parameter log: Where the count will be when the program has ended.
    public static func counting(to log: String) -> [String] {
        [
            "valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=\(log).details",
            "--log-file=\(log)",
        ]
    }

    /// How many instructions there were.
    public static func read(_ log: String) throws -> Int {
        let text = try String(contentsOfFile: log, encoding: .utf8)
        guard let line = text.split(separator: "\n").last(where: { $0.contains("refs:") }),
            let count = Int(line.split(separator: " ").last?.replacing(",", with: "") ?? "")
        else { throw TestFailure("no count of instructions: \(text)") }
        return count
    }

    /// How many instructions a run of reed-import takes.
    public static func ofRun(_ arguments: [String]) throws -> (count: Int, result: ProcessResult) {
        let files = try TemporaryDirectory()
        let log = files.path(of: "log")
        let result = try run("/usr/bin/env", counting(to: log) + [try reedImportPath()] + arguments)
        return (try read(log), result)
    }
}
