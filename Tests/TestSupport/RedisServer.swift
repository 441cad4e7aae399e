import Foundation

/// A redis-server of its own in a folder of its own, stopped when nobody holds it any more.
///
/// It listens on a unix socket only, and keeps nothing.
public final class RedisServer: @unchecked Sendable {
    private let folder: TemporaryDirectory
    private let process = Process()

    /// The path of its socket.
    public var socket: String { folder.path + "/redis.sock" }
    /// Its address, for `--redis`.
    public var url: String { "unix://\(socket)" }
    /// Starts a server and waits until it answers.
    ///
    /// - Parameter arguments: Further arguments, such as `--requirepass`.
    public init(_ arguments: String...) throws {
        folder = try TemporaryDirectory()
        // A test that crashes cannot stop its server, so the shell does: when the tests are gone.
        let script = """
            "$@" & server=$!
            echo $server >'\(folder.path)/pid'
            while kill -0 \(getpid()) 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 1; done
            kill -9 $server 2>/dev/null
            """
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            [
                "-c", script, "sh", "redis-server", "--port", "0", "--unixsocket",
                folder.path + "/redis.sock",
                "--save", "", "--dir", folder.path, "--enable-debug-command", "yes",
            ] + arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        for _ in 0..<200 {
            if try run("redis-cli", "-s", socket, "ping").output.hasPrefix("PONG") { return }
            if arguments.contains("--requirepass"), FileManager.default.fileExists(atPath: socket) { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw TestFailure("redis-server did not answer")
    }

    deinit { stop() }

    /// Ends the server, by its process id.
    public func stop() {
        guard let text = try? String(contentsOfFile: folder.path(of: "pid"), encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return }
        kill(pid, SIGKILL)
    }

    /// What redis-cli prints for a command.
    @discardableResult
    public func ask(_ arguments: String...) throws -> String {
        let result = try run("/usr/bin/env", ["redis-cli", "-s", socket] + arguments)
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// All keys with their values, as strings; other types are left out.
    public func contents() throws -> [String: String] {
        let script = """
            local pairs = {}
            for _, key in ipairs(redis.call('keys', '*')) do
              if redis.call('type', key).ok == 'string' then
                pairs[#pairs + 1] = key
                pairs[#pairs + 1] = redis.call('get', key)
              end
            end
            return #pairs == 0 and '[]' or cjson.encode(pairs)
            """
        let list = try JSONDecoder().decode([String].self, from: Data(ask("eval", script, "0").utf8))
        var contents: [String: String] = [:]
        for index in stride(from: 0, to: list.count, by: 2) { contents[list[index]] = list[index + 1] }
        return contents
    }
}
