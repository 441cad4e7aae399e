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
    try RunningProcess(program, arguments, environment: environment, input: input, in: folder).finish()
}

/// A program that runs beside the test.
public final class RunningProcess: @unchecked Sendable {
    private let process = Process()
    private let ended = DispatchSemaphore(value: 0)
    private let files: TemporaryDirectory

    /// Starts a program, as ``run(_:_:environment:input:in:)`` does.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        in folder: String = Fixtures.root
    ) throws {
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // Files, not pipes: nobody has to read while the program runs.
        files = try TemporaryDirectory()
        try files.write(input, to: "in")
        try files.write("", to: "out")
        try files.write("", to: "err")
        let handles = [
            try FileHandle(forReadingFrom: URL(fileURLWithPath: files.path(of: "in"))),
            try FileHandle(forWritingTo: URL(fileURLWithPath: files.path(of: "out"))),
            try FileHandle(forWritingTo: URL(fileURLWithPath: files.path(of: "err"))),
        ]
        (process.standardInput, process.standardOutput, process.standardError) = (
            handles[0], handles[1], handles[2]
        )
        process.terminationHandler = { [ended] _ in ended.signal() }
        try process.run()
        // The process has them now, and nobody else needs them.
        for handle in handles { try handle.close() }
    }

    deinit { signal(SIGKILL) }

    /// Its process id.
    public var id: Int32 { process.processIdentifier }

    /// Whether it has not ended yet.
    public var isRunning: Bool { process.isRunning }

    /// Sends it a signal, if it still runs.
    public func signal(_ number: Int32) {
        if process.isRunning { kill(id, number) }
    }

    /// What it has printed so far.
    public func outputSoFar() throws -> String {
        try String(contentsOfFile: files.path(of: "out"), encoding: .utf8)
    }

    /// What it has complained of so far.
    public func errorsSoFar() throws -> String {
        try String(contentsOfFile: files.path(of: "err"), encoding: .utf8)
    }

    /// Waits for its end.
    ///
    /// - Throws: ``TestFailure`` if that takes twenty minutes, as only what hangs does; it is killed then.
    public func finish() throws -> ProcessResult {
        guard ended.wait(timeout: .now() + .seconds(1200)) == .success else {
            signal(SIGKILL)
            throw TestFailure("it hangs: \(process.arguments ?? [])")
        }
        ended.signal()
        process.waitUntilExit()  // has ended already; only this lets go of what belongs to it
        return ProcessResult(
            output: try String(contentsOfFile: files.path(of: "out"), encoding: .utf8),
            errors: try String(contentsOfFile: files.path(of: "err"), encoding: .utf8),
            status: process.terminationReason == .exit
                ? process.terminationStatus : 128 + process.terminationStatus)
    }
}

/// Waits until `condition` holds.
///
/// - Throws: ``TestFailure`` if it does not within two minutes, which only a machine that stands still takes.
public func waitUntil(_ what: String, _ condition: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + .seconds(120)
    repeat {
        if try condition() { return }
        Thread.sleep(forTimeInterval: 0.01)
    } while deadline > .now
    throw TestFailure("in vain: \(what)")
}

/// Why a test cannot go on.
public struct TestFailure: Error, CustomStringConvertible {
    /// What happened.
    public let description: String

    /// A failure with a reason.
    public init(_ description: String) { self.description = description }
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
