import Foundation
import TestSupport
import Testing

/// Reports, plans and files of commands: where they may go, and what is there when a run fails.
struct ResultFileTests {
    private func site() throws -> (RedisServer, TemporaryDirectory) {
        let folder = try TemporaryDirectory()
        try folder.write("name\na\n", to: "site/themes.csv")
        return (try RedisServer(), folder)
    }

    private static let uses: [[String]] = [["--report"], ["--out"]]

    @Test("No input is ever written over, under whatever name")
    func inputs() throws {
        let (server, folder) = try site()
        let table = folder.path(of: "site/themes.csv")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(of: "link"), withDestinationPath: table)
        let password = try folder.write("pw\n", to: "password")
        let before = try String(contentsOfFile: table, encoding: .utf8)
        let directory = folder.path(of: "site")
        for path in [table, folder.path(of: "link"), folder.path(of: "site/new.csv")] {
            for arguments in [
                [directory, "--redis", server.url, "--report", path],
                ["plan", directory, "--redis", server.url, "--out", path],
                [directory, "--out", path], ["plan", directory, "--out", path],
            ] {
                let result = try run(try reedImportPath(), arguments)
                #expect(result.status == 64, "\(arguments): \(result.errors)")
                #expect(result.errors.contains("would overwrite"))
            }
        }
        #expect(try String(contentsOfFile: table, encoding: .utf8) == before)
        #expect(try server.ask("dbsize") == "0")
        let same = try reedImport(directory, "--out", folder.path(of: "x"), "--report", folder.path(of: "x"))
        #expect(same.status == 64)
        let own = try reedImport(
            directory, "--redis", server.url, "--redis-password-file", password, "--report", password)
        #expect(own.status == 64)
        #expect(try String(contentsOfFile: password, encoding: .utf8) == "pw\n")
        let plan = folder.path(of: "p.plan")
        #expect(try reedImport("plan", directory, "--redis", server.url, "--out", plan).status == 2)
        #expect(try reedImport("apply", plan, "--report", plan).status == 64)
    }

    @Test("A place that cannot be written to fails the run before it connects")
    func unwritable() throws {
        let (server, folder) = try site()
        for arguments in [["--report", "/nonexistent/x.json"], ["--report", "/tmp"]] {
            let result = try run(
                try reedImportPath(), [folder.path(of: "site"), "--redis", server.url] + arguments)
            #expect(result.status == 73, "\(result.errors)")
            #expect(result.errors.contains("cannot create"))
        }
        #expect(try server.ask("dbsize") == "0")
    }

    @Test("A run that fails writes a report that says so")
    func failed() throws {
        let (_, folder) = try site()
        let report = try folder.write("{\"status\":\"ok\"}\n", to: "report.json")
        _ = try run("chmod", "640", report)
        let result = try reedImport(
            folder.path(of: "site"), "--redis", "redis://127.0.0.1:1/4", "--report", report)
        #expect(result.status == 69)
        let text = try String(contentsOfFile: report, encoding: .utf8)
        #expect(text.contains(#""status":"failed","exit_code":69"#), "\(text)")
        #expect(text.contains(#""server":"redis://127.0.0.1:1/4""#))
        #expect(try run("stat", "-c", "%a", report).output == "640\n")
        try folder.write("name\n,\n\"\n", to: "site/themes.csv")
        #expect(try reedImport(folder.path(of: "site"), "--redis", "x", "--report", report).status == 65)
        #expect(try String(contentsOfFile: report, encoding: .utf8).contains(#""exit_code":65"#))
    }

    @Test("Links are followed, FIFOs written to, - is standard output")
    func kinds() throws {
        let (server, folder) = try site()
        let directory = folder.path(of: "site")
        let link = folder.path(of: "link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.json")
        #expect(try reedImport(directory, "--redis", server.url, "--report", link, "--quiet").status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.json")
        #expect(FileManager.default.fileExists(atPath: folder.path(of: "real.json")))
        let fifo = try folder.makeFIFO("fifo")
        let reader = try RunningProcess("/bin/cat", [fifo])
        #expect(try reedImport(directory, "--redis", server.url, "--report", fifo, "--quiet").status == 0)
        #expect(try reader.finish().output.contains(#""status":"ok""#))
        let report = try reedImport(directory, "--redis", server.url, "--report", "-")
        #expect(report.output.hasPrefix("{") && report.output.split(separator: "\n").count == 1)
        let plan = try reedImport("plan", directory, "--redis", server.url, "--out", "-")
        #expect(plan.output.hasPrefix(#"{"reed_import_plan":3"#))
        let commands = try reedImport(directory, "--out", "-")
        #expect(commands.output.hasPrefix("*3\r\n$3\r\nSET"))
    }

    @Test("A FIFO without a reader or writer does not stop signals", arguments: [SIGINT, SIGTERM])
    func signals(signal: Int32) throws {
        let (server, folder) = try site()
        let fifo = try folder.makeFIFO("fifo")
        for arguments in [
            ["--out", fifo], ["--redis", server.url, "--report", fifo],
            ["--redis", server.url, "--redis-password-file", fifo],
        ] {
            let program = try RunningProcess(
                try reedImportPath(), ["--csv", folder.path(of: "site")] + arguments)
            // It is in its wait for the other end when it has caught the signal: no sooner does it react to it.
            try waitUntil("signals are caught") {
                let status = try String(contentsOfFile: "/proc/\(program.id)/status", encoding: .utf8)
                let caught = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }?.split(
                    separator: "\t"
                ).last
                return (UInt64(caught ?? "0", radix: 16) ?? 0) & (1 << (UInt64(signal) - 1)) != 0
            }
            program.signal(signal)
            #expect(try program.finish().status == 128 + signal, "\(arguments)")
        }
    }

    @Test("A password file that nobody writes to is given up")
    func passwordFIFO() throws {
        let (server, folder) = try site()
        let fifo = try folder.makeFIFO("fifo")
        let result = try reedImport(
            "status", "--redis", server.url, "--redis-password-file", fifo, "--timeout", "200ms")
        #expect(result.status == 66 && result.errors.contains("nobody writes to"), "\(result.errors)")
    }

    @Test("Help to a full disk is no success")
    func fullHelp() throws {
        for arguments in ["--help", "import --help", "--version", "status --help"] {
            let result = try run("/bin/sh", ["-c", "'\(try reedImportPath())' \(arguments) >/dev/full"])
            #expect(result.status == 74, "\(arguments)")
        }
    }
}
