import Foundation

/// A redis-server of its own in a folder of its own, stopped when nobody holds it any more.
///
/// It listens on a unix socket only, and keeps nothing.
public final class RedisServer: @unchecked Sendable {
    private let folder: TemporaryDirectory
    private let arguments: [String]
    private let program: String

    /// The path of its socket.
    public var socket: String { folder.path + "/redis.sock" }
    /// Its address, for `--redis`.
    public var url: String { "unix://\(socket)" }
    /// Where it keeps its files.
    public var data: String { folder.path + "/data" }

    /// Starts a server and waits until it answers.
    ///
    /// - Parameter arguments: Further arguments, such as `--requirepass`.
    public convenience init(_ arguments: String...) throws {
        try self.init(program: "redis-server", arguments)
    }

    /// Starts another server program, and waits until it answers.
    public init(program: String, _ arguments: [String] = []) throws {
        // As the program does: tests stop servers that they are connected to.
        _ = Glibc.signal(SIGPIPE, SIG_IGN)
        folder = try TemporaryDirectory()
        self.program = program
        // Older releases know no such option, and allow it.
        let debug = program.contains("redis-6") ? [] : ["--enable-debug-command", "yes"]
        self.arguments = debug + arguments
        try start()
    }

    deinit { stop() }

    /// Starts the server again, in the same place.
    ///
    /// - Parameter waits: Whether to wait until it answers.
    public func start(_ more: String..., waits: Bool = true) throws {
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(atPath: folder.path(of: "pid"))
        // A test that crashes cannot stop its server, so the shell does: when the tests are gone.
        let script = """
            "$@" & server=$!
            echo $server >'\(folder.path)/pid.new' && mv '\(folder.path)/pid.new' '\(folder.path)/pid'
            while kill -0 \(getpid()) 2>/dev/null && kill -0 $server 2>/dev/null; do sleep 1; done
            kill -9 $server 2>/dev/null
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            [
                "-c", script, "sh", program, "--port", "0", "--unixsocket", socket, "--save", "",
                "--dir",
                data,
            ] + arguments + more
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try waitUntil("redis-server starts") { id != nil }
        guard waits else { return }
        try waitUntil("redis-server answers") {
            if arguments.contains("--requirepass"), FileManager.default.fileExists(atPath: socket) {
                return true
            }
            return try run("redis-cli", "-s", socket, "ping").output.hasPrefix("PONG")
        }
    }

    /// Its process id.
    public var id: Int32? {
        guard let text = try? String(contentsOfFile: folder.path(of: "pid"), encoding: .utf8) else {
            return nil
        }
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    /// Sends the server a signal, by its process id.
    public func signal(_ number: Int32) {
        if let id { kill(id, number) }
    }

    /// Ends the server as a crash would, and waits until it is gone.
    public func stop() {
        guard let id else { return }
        kill(id, SIGKILL)
        try? waitUntil("redis-server is gone") { !FileManager.default.fileExists(atPath: "/proc/\(id)/exe") }
        try? FileManager.default.removeItem(atPath: socket)
    }

    /// Forgets what the server has saved, while it does not run.
    public func loseData() throws { try FileManager.default.removeItem(atPath: data) }

    /// A digest of all keys `entity:*` with their values.
    public func digest() throws -> String {
        let script = """
            local keys = redis.call('keys', 'entity:*')
            table.sort(keys)
            local digest = ''
            for _, key in ipairs(keys) do digest = redis.sha1hex(digest .. key .. redis.call('get', key)) end
            return #keys .. ' ' .. digest
            """
        return try ask("eval", script, "0")
    }

    /// How many keys `entity:*` there are.
    public func entityCount() throws -> Int {
        Int(try ask("eval", "return #redis.call('keys', 'entity:*')", "0")) ?? -1
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

    /// All keys but the records of last imports, with what they hold.
    ///
    /// Of a string that is its text without times; of other types each member on a line, sorted; of packed ids their SHA-1.
    /// `Tests/Support/oracle` says the same.
    public func everything() throws -> [String: String] {
        let script = """
            local all = {''}
            for _, key in ipairs(redis.call('keys', '*')) do
              local kind, lines = redis.call('type', key).ok, {}
              if kind == 'string' then lines = {redis.call('get', key)}
              elseif kind == 'set' then lines = redis.call('smembers', key)
              elseif kind == 'zset' then
                local pairs = redis.call('zrange', key, 0, -1, 'withscores')
                for index = 1, #pairs, 2 do lines[#lines + 1] = pairs[index] .. ' ' .. pairs[index + 1] end
              elseif kind == 'hash' then
                local pairs, separator = redis.call('hgetall', key), string.find(key, ':owned:', 1, true) and '' or '='
                for index = 1, #pairs, 2 do lines[#lines + 1] = pairs[index] .. separator .. pairs[index + 1] end
              end
              table.sort(lines)
              if not string.find(key, ':last$') then
                all[#all + 1] = key
                if string.find(key, ':owned:', 1, true) then all[#all + 1] = redis.sha1hex(table.concat(lines))
                else all[#all + 1] = table.concat(lines, '\\n') end
              end
            end
            return cjson.encode(all)
            """
        let list = try JSONDecoder().decode([String].self, from: Data(ask("eval", script, "0").utf8))
        let times = try Regex(#""(created|updated)_at":"[^"]*""#)
        var all: [String: String] = [:]
        for index in stride(from: 1, to: list.count, by: 2) {
            all[list[index]] = list[index + 1].replacing(times, with: "")
        }
        return all
    }
}
