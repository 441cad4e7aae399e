import Foundation
import TestSupport
import Testing

/// The terminal sessions of README and of the tour are what the program prints.
///
/// Each command is run as it stands there, after the script that `fixtures/samples` has for it, in a folder of its own,
/// with a Redis and a PostgreSQL behind the addresses it names. Times, rates, sizes and versions may differ.
/// With `REED_UPDATE_FIXTURES=1` the page gets what is printed now.
struct SampleTests {
    @Test(
        "A page shows what its commands print",
        arguments: [
            ("README.md", "samples/readme.txt"), ("docs/tour.md", "samples/tour.txt"),
            ("docs/keys.md", "samples/keys.txt"),
        ])
    func samples(page name: String, scripts: String) throws {
        let path = Fixtures.root + "/" + name
        var page = SamplePage(try String(contentsOfFile: path, encoding: .utf8))
        let preparations = try SamplePage.preparations(
            try String(contentsOfFile: Fixtures.path(scripts), encoding: .utf8))
        let commands = page.samples.map(\.command)
        #expect(commands.count > 5)
        for command in preparations.keys {
            #expect(commands.contains(command), "\(name) has no '\(command)'")
        }
        let outputs = try SampleTerminal().run(commands.map { ($0, preparations[$0] ?? "") })
        #expect(outputs.count == commands.count)
        if ProcessInfo.processInfo.environment["REED_UPDATE_FIXTURES"] == "1" {
            page.replace(outputs)
            try page.text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        for (sample, output) in zip(page.samples, outputs) {
            #expect(sample.shows(output), "$ \(sample.command)\n\(output)")
        }
    }
}

/// A page's terminal sessions: blocks that are indented by four spaces and begin with `$`.
private struct SamplePage {
    /// A command, and the lines that the page shows as its output.
    struct Sample {
        let command: String
        /// The numbers of its output's lines.
        var lines: Range<Int>
        var output: [String]

        /// Whether an output is the same, but for what differs from run to run.
        func shows(_ printed: String) -> Bool {
            let printed = printed.isEmpty ? [] : printed.components(separatedBy: "\n")
            guard printed.count == output.count else { return false }
            return zip(output, printed).allSatisfy(Self.isSame)
        }

        /// Whether a line of the page stands for a printed one; after `...` that may go on.
        static func isSame(_ shown: String, _ printed: String) -> Bool {
            if shown.hasSuffix(" ...") {
                return plain(printed).hasPrefix(plain(String(shown.dropLast(4))))
            }
            return plain(shown) == plain(printed)
        }

        private static func plain(_ line: String) -> String {
            var line = line
            for (pattern, text) in [
                (#"\d+\.\d{3}\b"#, "SECONDS"), (#"\d+ entities/s"#, "RATE"), (#"\d{8}_\d{6}"#, "TIME"),
                (#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"#, "TIME"), (#"[\d.]+ [KM]iB"#, "SIZE"),
                (#"redis \d+\.\d+\.\d+"#, "VERSION"), (#" +"#, " "),
            ] {
                line = line.replacingOccurrences(of: pattern, with: text, options: .regularExpression)
            }
            return line.trimmingCharacters(in: .whitespaces)
        }
    }

    private var lines: [String]
    private(set) var samples: [Sample] = []
    private static let indent = "    "

    var text: String { lines.joined(separator: "\n") }

    init(_ text: String) {
        lines = text.components(separatedBy: "\n")
        var isInSession = false
        for (number, line) in lines.enumerated() {
            if line.hasPrefix(Self.indent + "$ ") {
                isInSession = true
                samples.append(
                    Sample(command: String(line.dropFirst(6)), lines: (number + 1)..<(number + 1), output: [])
                )
            } else if isInSession, line.hasPrefix(Self.indent) {
                let last = samples.count - 1
                // Empty lines in between are part of the output.
                let skipped = number - samples[last].lines.upperBound
                samples[last].output += [String](repeating: "", count: skipped)
                samples[last].output.append(String(line.dropFirst(4)))
                samples[last].lines = samples[last].lines.lowerBound..<(number + 1)
            } else if !line.isEmpty {
                isInSession = false
            }
        }
    }

    /// Shows other outputs, but keeps the lines that are the same as before.
    mutating func replace(_ outputs: [String]) {
        for (sample, output) in zip(samples, outputs).reversed() where !sample.shows(output) {
            let printed = output.isEmpty ? [] : output.components(separatedBy: "\n")
            let new = printed.enumerated().map { number, line in
                let old = number < sample.output.count ? sample.output[number] : ""
                return old.isEmpty || !Sample.isSame(old, line) ? line : old
            }
            lines.replaceSubrange(sample.lines, with: new.map { $0.isEmpty ? "" : Self.indent + $0 })
        }
        self = SamplePage(text)
    }

    /// The scripts that come before commands.
    static func preparations(_ text: String) throws -> [String: String] {
        var preparations: [String: String] = [:]
        var command: String?
        for line in text.components(separatedBy: "\n") {
            if line.hasPrefix("$ ") {
                command = String(line.dropFirst(2))
            } else if let command {
                preparations[command, default: ""] += line + "\n"
            }
        }
        return preparations
    }
}

/// A shell in a folder of its own, where `reed-import` is the program that was built, and where `localhost:6379` and
/// PostgreSQL's environment lead to servers of the test's own.
private struct SampleTerminal {
    private let folder: TemporaryDirectory
    private let redis: RedisServer
    private let postgres: PostgresCluster
    private let port: Int

    init() throws {
        folder = try TemporaryDirectory()
        port = try freePort()
        redis = try RedisServer("--port", "\(port)", "--bind", "127.0.0.1")
        postgres = try PostgresCluster()
        try postgres.query("create database cms; create role reader;", in: "postgres")
        try postgres.query(
            try String(contentsOfFile: Fixtures.path("postgres/cms.sql"), encoding: .utf8), in: "cms")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(of: "fixtures"), withDestinationPath: Fixtures.root + "/fixtures")
        try program(
            "reed-import",
            """
            case "$1 $2" in "backup restore") exec python3 '\(Fixtures.root)/Tests/Support/answer.py' "$PROGRAM" "$@" ;; esac
            exec "$PROGRAM" "$@"
            """)
        try program(
            "redis-cli",
            "case $1 in -*) exec /usr/bin/redis-cli \"$@\" ;; esac\nexec /usr/bin/redis-cli -p \(port) \"$@\""
        )
    }

    private func program(_ name: String, _ script: String) throws {
        _ = try TestSupport.run("chmod", "+x", try folder.write("#!/bin/sh\n\(script)\n", to: "bin/\(name)"))
    }

    /// Runs commands one after the other in one shell, each after its preparation.
    ///
    /// - Returns: What each has printed on standard output and standard error.
    func run(_ commands: [(command: String, preparation: String)]) throws -> [String] {
        let mark = "== sample \(UInt64.random(in: .min ... .max))"
        var script = "status=0\n"
        for (command, preparation) in commands {
            // The exit code of the command before is there for `echo $?`.
            script += "{ \(preparation.isEmpty ? ":" : preparation)\n} </dev/null >/dev/null 2>&1\n"
            script += "echo '\(mark)'\n(exit $status)\n\(command)\nstatus=$?\n"
        }
        let environment = [
            "PATH": folder.path(of: "bin") + ":"
                + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"),
            "PROGRAM": try reedImportPath(), "PGPORT": "\(postgres.port)", "PGUSER": postgres.user,
            "PGPASSWORD": postgres.password, "REED_BACKUP_DIR": "", "REDIS_URL": "", "REDISCLI_AUTH": "",
        ]
        let result = try TestSupport.run(
            "/bin/bash",
            ["-c", "exec 2>&1\n" + script.replacing("localhost:6379", with: "localhost:\(port)")],
            environment: environment.filter { !$0.value.isEmpty }, in: folder.path)
        let text = result.output
            .replacing("localhost:\(port)", with: "localhost:6379")
            .replacing("localhost:\(postgres.port)", with: "localhost:5432")
        return text.components(separatedBy: mark + "\n").dropFirst().map {
            $0.hasSuffix("\n") ? String($0.dropLast()) : $0
        }
    }
}
