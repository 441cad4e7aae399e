import Foundation
import TestSupport
import Testing

/// `run`: a private Redis for the length of a command.
struct RunCommandTests {
    private func runBeside(_ options: [String] = [], _ script: String) throws -> ProcessResult {
        try run(
            try reedImportPath(),
            ["run", "--csv", "fixtures/config", "--quiet"] + options + ["--", "/bin/bash", "-c", script])
    }

    /// The folder of a server that has printed its socket's path.
    private func folder(_ socket: some StringProtocol) -> String {
        URL(fileURLWithPath: socket.trimmingCharacters(in: .whitespacesAndNewlines))
            .deletingLastPathComponent().path
    }

    @Test("The command finds the entities, and its exit code is passed on")
    func entities() throws {
        let result = try runBeside(
            [],
            "echo $REDIS_SOCKET; redis-cli -s $REDIS_SOCKET --scan --pattern 'entity:*' | wc -l; echo $REDIS_URL; exit 7"
        )
        #expect(result.status == 7)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.dropFirst().first == "\(Fixtures.siteCount)")
        #expect(
            lines.last?.hasPrefix("redis://default:") == true && lines.last?.contains("@127.0.0.1:") == true)
        #expect(!FileManager.default.fileExists(atPath: folder(lines[0])))
    }

    @Test("The command finds graph keys, if they are asked for")
    func graphKeys() throws {
        let look = "redis-cli -s $REDIS_SOCKET get semantic:page:homepage"
        let result = try runBeside(["--graph-keys", "graph"], look)
        #expect(result.output.count == 37, "\(result.output)")
        #expect(try runBeside([], look).output == "\n")
        #expect(try runBeside(["--allow-existing"], look).status == 64)
    }

    @Test("With a port it is reached by TCP as well, on this machine only")
    func port() throws {
        let result = try runBeside(
            ["--port", "0"],
            "env -u REDISCLI_AUTH redis-cli --no-auth-warning -u $REDIS_URL --scan --pattern 'entity:*' | wc -l; redis-cli -h $REDIS_HOST -p $REDIS_PORT config get bind; stat -c %a $(dirname $REDIS_SOCKET)"
        )
        #expect(result.status == 0)
        #expect(result.output == "\(Fixtures.siteCount)\nbind\n127.0.0.1\n700\n")
    }

    @Test("Standard input, output and error are the command's")
    func streams() throws {
        let result = try run(
            try reedImportPath(),
            ["run", "--csv", "fixtures/config", "--quiet", "--", "/bin/sh", "-c", "cat; echo err >&2"],
            input: "in")
        #expect(result.output == "in")
        #expect(result.errors == "err\n")
    }

    @Test("Codes tell what went wrong")
    func codes() throws {
        #expect(try runBeside([], "kill -9 $$").status == 137)
        #expect(try reedImport("run", "--csv", "fixtures/config", "-q", "--", "/nonexistent/x").status == 127)
        #expect(
            try reedImport("run", "--csv", "fixtures/config", "-q", "--", "no-such-program").status == 127)
        #expect(try reedImport("run", "--csv", "fixtures/config").status == 64)
        #expect(try reedImport("run", "--csv", "/nonexistent", "--", "true").status == 66)
        #expect(
            try reedImport("run", "--csv", "fixtures/broken/unknown-reference/config", "--", "true").status
                == 65)
        let without = try run(
            try reedImportPath(), ["run", "--csv", "fixtures/config", "--", "true"],
            environment: ["PATH": "/nonexistent"])
        #expect(without.status == 78)
        #expect(without.errors == "reed-import: redis-server not found in PATH; install it\n")
    }

    @Test("Whatever ends it, the server and its folder are gone", arguments: [SIGINT, SIGTERM, SIGKILL])
    func cleanUp(signal: Int32) throws {
        let program = try RunningProcess(
            try reedImportPath(),
            [
                "run", "--csv", "fixtures/config", "-q", "--", "/bin/sh", "-c",
                "echo $REDIS_SOCKET; exec sleep 20",
            ])
        try waitUntil("the command runs") { try program.outputSoFar().hasSuffix("\n") }
        let folder = folder(try program.outputSoFar())
        #expect(FileManager.default.fileExists(atPath: folder))
        let servers = try run("pgrep", "-f", folder).output.split(separator: "\n")
        #expect(!servers.isEmpty)
        program.signal(signal)
        #expect(try program.finish().status == 128 + signal)
        try waitUntil("the folder is gone") { !FileManager.default.fileExists(atPath: folder) }
        try waitUntil("the server is gone") { try run("pgrep", "-f", folder).output == "" }
    }
}
