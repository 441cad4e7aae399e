import Foundation
import TestSupport
import Testing

/// What happens to the importer itself, and to the files that it reads.
struct ProcessFaultTests {
    private static let hasty = ["--retry-for", "0", "--batch", "1"]

    // MARK: - Signals

    @Test(
        "A signal ends the run cleanly: what was sent is awaited, and counted", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let site = try FaultSite()
        let proxy = try site.held()
        let program = try site.start(proxy.url)
        try site.awaitEntities(2000)
        program.signal(signal)
        proxy.release()
        let result = try program.finish()
        try site.expect(result, status: 128 + signal, words: "interrupted; ", repeats: false)
        let counts = try #require(FaultSite.counts(result.errors))
        #expect(try site.server.entityCount() == counts.confirmed)
        #expect(counts.unknown == 0)
        try site.expectMended()
    }

    @Test("A second signal ends it at once, though the server does not answer")
    func twice() throws {
        let site = try FaultSite()
        let proxy = try site.held()
        let program = try site.start(proxy.url)
        try site.awaitEntities(2000)
        site.server.signal(SIGSTOP)
        program.signal(SIGINT)
        Thread.sleep(forTimeInterval: 0.3)
        #expect(program.isRunning)
        // A reply may take an hour.
        program.signal(SIGINT)
        #expect(try program.finish().status == 130)
        site.server.signal(SIGCONT)
        try site.expectMended()
    }

    @Test("Signals at any moment: the exit code, one line, true counts, and a run that mends it")
    func anyMoment() throws {
        let site = try FaultSite(rows: 5000)
        let proxy = try FaultProxy(site.server, "--dribble", "100")
        for step in 0..<12 {
            let signal = [SIGINT, SIGTERM][step % 2]
            _ = try site.server.ask("flushall")  // what is stored is compared with what this run says
            let program = try site.start(proxy.url)
            Thread.sleep(forTimeInterval: Double(step) * 0.05)
            if step > 3 { program.signal(SIGPIPE) }
            program.signal(signal)
            let result = try program.finish()
            // Before its handlers are there, the signal itself ends the process.
            #expect([0, 128 + signal].contains(result.status), "\(result.errors)")
            if result.status != 0, !result.errors.isEmpty {
                try site.expect(result, status: 128 + signal, words: "interrupted; ", repeats: false)
            }
        }
        try site.expectMended()
    }

    @Test("Killed at any moment: the next run mends it", arguments: [0.1, 0.3, 0.5])
    func killed(after seconds: Double) throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(site.server, "--dribble", "100")
        let program = try site.start(proxy.url)
        Thread.sleep(forTimeInterval: seconds)
        program.signal(SIGKILL)
        #expect(try program.finish().status == 137)
        try site.expectMended()
    }

    @Test("A storm of signals that are handled elsewhere changes nothing")
    func storm() throws {
        let site = try FaultSite()
        let proxy = try FaultProxy(site.server, "--dribble", "200")
        let program = try site.start(proxy.url)
        try site.awaitEntities(1)
        while program.isRunning {
            program.signal(SIGPIPE)
            program.signal(SIGSTOP)
            program.signal(SIGCONT)
            Thread.sleep(forTimeInterval: 0.01)
        }
        let result = try program.finish()
        #expect(result.status == 0, "\(result.errors)")
        try site.expectComplete()
    }

    // MARK: - What the system gives

    @Test("Two imports of the same at a time lead to the same")
    func race() throws {
        let site = try FaultSite()
        let programs = try (0..<2).map { _ in try site.start(site.server.url) }
        for program in programs { #expect(try program.finish().status == 0) }
        try site.expectComplete()
    }

    @Test("Standard output that is closed is no failure; one that is full is, and all is written")
    func standardOutput() throws {
        let server = try RedisServer()
        let program = try reedImportPath()
        let command = "'\(program)' --csv fixtures/config --redis '\(server.url)'"
        let closed = try run("/bin/bash", ["-c", "set -o pipefail; \(command) | true"])
        #expect(closed.status == 0, "\(closed.errors)")
        _ = try server.ask("flushall")
        let full = try run("/bin/bash", ["-c", "\(command) >/dev/full"])
        #expect(full.status == 74)
        #expect(full.errors.contains("No space left on device"))
        #expect(try server.entityCount() == Fixtures.siteCount)
    }

    @Test(
        "Few descriptors and little memory: it works, or says so in a line",
        arguments: ["-n 16", "-n 5", "-n 4", "-v 400000"])
    func limits(limit: String) throws {
        let site = try FaultSite(rows: 2000)
        let command = ([try reedImportPath()] + site.arguments(site.server.url)).map { "'\($0)'" }
        let result = try run("/bin/bash", ["-c", "ulimit \(limit); exec \(command.joined(separator: " "))"])
        if result.status != 0 {
            #expect(result.status == 71, "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        #expect(["-n 4", "-n 5"].contains(limit) || result.status == 0, "\(result.errors)")
        try site.expectMended()
    }

    @Test("Reading a file fails at any call", arguments: 1...4)
    func readError(call: Int) throws {
        let site = try FaultSite()
        let file = site.folder.path(of: "config/translations.de.csv")
        let result = try run(
            "/usr/bin/env",
            [
                "strace", "-f", "-o", "/dev/null", "-P", file, "-e", "inject=read:error=EIO:when=\(call)",
                try reedImportPath(),
            ] + site.arguments(site.server.url))
        guard !result.errors.contains("ptrace"), !result.errors.contains("strace:") else { return }
        #expect(result.status == 74, "\(result.errors)")
        #expect(result.errors.contains("Input/output error"))
        #expect(result.errors.split(separator: "\n").count == 1)
        try site.expectMended()
    }

    // MARK: - Files that change

    @Test(
        "A file is written to, replaced or cut while it is read for the second time",
        arguments: ["append", "replace", "cut"])
    func changedFile(how: String) throws {
        let site = try FaultSite(rows: 60_000)
        let file = site.folder.path(of: "config/translations.de.csv")
        let content = try Data(contentsOf: URL(fileURLWithPath: file))
        let proxy = try site.held(at: 2_000_000)
        let program = try site.start(proxy.url)
        try proxy.awaitHold()
        switch how {
        case "append": _ = try run("/bin/sh", ["-c", "echo 'new.key,new' >>'\(file)'"])
        case "replace":
            _ = try run("/bin/sh", ["-c", "cp '\(file)' '\(file).new' && mv '\(file).new' '\(file)'"])
        default: _ = try run("truncate", "-s", "1000", file)
        }
        proxy.release()
        let result = try program.finish()
        try site.expect(
            result, status: 65, words: "translations.de.csv: changed while it was read", repeats: false)
        try content.write(to: URL(fileURLWithPath: file))
        try site.expectMended()
    }

    @Test("A quote that is never closed ends by the limit, in little memory, with nothing written")
    func endlessQuote() throws {
        let site = try FaultSite(rows: 1)
        let file = site.folder.path(of: "config/themes.csv")
        let script =
            "{ printf 'theme_name,description\\na,\"x'; head -c 12000000 /dev/zero | tr '\\0' x; } >'\(file)'"
        _ = try run("/bin/sh", ["-c", script])
        let arguments = site.arguments(site.server.url) + ["--max-field", "1MiB", "--max-record", "2MiB"]
        let command = ([try reedImportPath()] + arguments).map { "'\($0)'" }
        let result = try run("/bin/bash", ["-c", "ulimit -v 300000; exec \(command.joined(separator: " "))"])
        #expect(result.status == 65, "\(result.errors)")
        #expect(result.errors.contains("themes.csv:2:"))
        #expect(try site.server.entityCount() == 0)
    }
}
