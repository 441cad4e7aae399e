import Foundation

/// What a process printed and how it ended.
public struct ProcessResult: Sendable {
    /// Standard output.
    public let output: String
    /// Standard error.
    public let errors: String
    /// The exit code, or 128 and the number of the signal that ended it.
    public let status: Int32
}

/// Runs a program that the PATH knows.
public func run(_ name: String, _ arguments: String...) throws -> ProcessResult {
    try run("/usr/bin/env", [name] + arguments)
}

/// Runs a program and waits for its end.
///
/// - Parameters:
///   - environment: Added to this process's own.
///   - input: What it reads from standard input.
///   - folder: Where it runs.
public func run(
    _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
    in folder: String = Fixtures.root
) throws -> ProcessResult {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: nobody has to read while the program runs.
    let directory = try TemporaryDirectory()
    let names = ["in", "out", "err"].map { "\(directory.path)/\($0)" }
    try input.write(toFile: names[0], atomically: false, encoding: .utf8)
    for name in names[1...] { try Data().write(to: URL(fileURLWithPath: name)) }
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: names[0]))
    process.standardOutput = FileHandle(forWritingAtPath: names[1])
    process.standardError = FileHandle(forWritingAtPath: names[2])
    try process.run()
    process.waitUntilExit()
    return ProcessResult(
        output: String(decoding: try Data(contentsOf: URL(fileURLWithPath: names[1])), as: UTF8.self),
        errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: names[2])), as: UTF8.self),
        status: process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus)
}

/// Runs the reed-import that was built with the tests.
public func reedImport(
    _ arguments: String..., environment: [String: String] = [:], input: String = ""
) throws -> ProcessResult {
    try run(reedImportPath(), arguments, environment: environment, input: input)
}

/// Where the reed-import is that was built with the tests: beside them.
public func reedImportPath() throws -> String {
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("reed-import").path
}
