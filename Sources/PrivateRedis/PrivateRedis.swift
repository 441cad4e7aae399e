import Glibc
import Subprocess
import Synchronization
import SystemPackage

/// A redis-server of one's own: reachable through a socket in a folder that only this user may enter, keeping
/// nothing, and gone with all its files at the end, however that comes.
///
///     try await PrivateRedis.run { server in
///         print("redis-cli -p \(server.port)")
///     }
package struct PrivateRedis: Sendable {
    /// The path of its socket.
    package let socket: String
    /// Its port on 127.0.0.1.
    package let port: UInt16
    /// The password of its only user, without which no other user of this machine gets in.
    package let password: String

    private static let startTimeout = Duration.seconds(10)

    /// Starts a server, waits until it answers, and passes it to `body`.
    ///
    /// - Parameter port: A port of 127.0.0.1 to listen on as well; 0 for any free one.
    /// - Throws: ``PrivateRedisError`` if no server can be started; what `body` throws.
    package static func run<Result: Sendable>(
        port: UInt16 = 0, _ body: (PrivateRedis) async throws -> Result
    ) async throws -> Result {
        let program: FilePath
        do { program = try await Executable.name("redis-server").resolveExecutablePath(in: .inherit) } catch {
            throw PrivateRedisError(.missingProgram, "redis-server not found in PATH; install it")
        }
        let folder = try makeFolder()
        let server = PrivateRedis(
            socket: folder + "/redis.sock", port: port == 0 ? try freePort() : port, password: newPassword())
        try server.writeConfiguration(in: folder)
        var options = PlatformOptions()
        options.processGroupID = 0  // Ctrl-C at a terminal is not for the server
        let ended = try await Subprocess.run(
            .path("/bin/sh"),
            arguments: Arguments(["-c", guardian, "sh", folder, program.string] + server.arguments(folder)),
            platformOptions: options, input: .inputWriter, output: .sequence, error: .discarded
        ) { streams in
            let log = Log()
            async let drained: Void = log.drain(streams.standardOutput)
            let result: Swift.Result<Result, any Error>
            do {
                try await server.awaitStart(log)
                result = .success(try await body(server))
            } catch {
                result = .failure(error)
            }
            // The guardian reads the end of its input, ends the server and removes the folder.
            try await streams.standardInputWriter.finish()
            _ = await drained
            return result
        }
        return try ended.closureResult.get()
    }

    /// Runs the server until its own standard input ends, which it does when this program ends, even by SIGKILL.
    private static let guardian = """
        folder=$1; shift
        "$@" </dev/null 2>&1 &
        server=$!
        exec >/dev/null
        read -r line
        kill -9 $server 2>/dev/null
        wait $server 2>/dev/null
        rm -rf "$folder"
        """

    /// 128 random bits as 32 hexadecimal digits.
    private static func newPassword() -> String {
        (0..<2).map { _ in
            let digits = String(UInt64.random(in: .min ... .max), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    /// Writes what must not stand in the server's arguments, which every user of the machine can see.
    private func writeConfiguration(in folder: String) throws(PrivateRedisError) {
        let path = "\(folder)/redis.conf"
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw PrivateRedisError(.failed, "cannot write \(path): \(Errno(rawValue: errno))")
        }
        defer { close(descriptor) }
        let text = Array("requirepass \(password)\n".utf8)
        // Sound: write(2) reads the array's own bytes, during the call.
        let count = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count == text.count else {
            throw PrivateRedisError(.failed, "cannot write \(path): \(Errno(rawValue: errno))")
        }
    }

    private func arguments(_ folder: String) -> [String] {
        [
            "\(folder)/redis.conf", "--port", "\(port)", "--bind", "127.0.0.1", "--unixsocket", socket,
            "--unixsocketperm",
            "700",
            "--save", "", "--appendonly", "no", "--dir", folder,
        ]
    }

    /// Waits until a connection is accepted.
    private func awaitStart(_ log: Log) async throws {
        let deadline = ContinuousClock.now + Self.startTimeout
        while !accepts() {
            guard !log.isEnded, deadline > .now else {
                throw PrivateRedisError(.failed, "redis-server did not start: \(log.lastLine)")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private func accepts() -> Bool {
        let descriptor = Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // Sound: the path was made short enough, with its ending NUL.
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: socket.utf8) }
        // Sound: connect only reads the address, which has the size that it is told.
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private static func makeFolder() throws(PrivateRedisError) -> String {
        // Sound: getenv answers NULL or a NUL-terminated string, which is copied at once.
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        // A socket's path has at most 107 bytes.
        let place = parent.utf8.count <= 70 && parent.hasPrefix("/") ? parent : "/tmp"
        var template = Array("\(place)/reed-import-XXXXXX".utf8CString)
        // Sound: mkdtemp replaces the six X within the array, which ends with a NUL.
        let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return false }
            return unsafe mkdtemp(start) != nil
        }
        guard isMade else {
            throw PrivateRedisError(.failed, "cannot make a folder in \(place): \(Errno(rawValue: errno))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func freePort() throws(PrivateRedisError) -> UInt16 {
        let descriptor = Glibc.socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Sound: both calls get the address with its own size.
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw PrivateRedisError(.failed, "no free port: \(Errno(rawValue: errno))") }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// What the server has logged: read all the time, so that it never waits for a reader.
private final class Log: Sendable {
    private let state = Mutex((lastLine: "", isEnded: false))

    var lastLine: String { state.withLock { $0.lastLine } }
    var isEnded: Bool { state.withLock { $0.isEnded } }

    func drain(_ output: SubprocessOutputSequence) async {
        do {
            for try await buffer in output {
                // Sound: the bytes are copied during the call.
                let text = unsafe buffer.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
                if let line = text.split(separator: "\n").last {
                    state.withLock { $0.lastLine = String(line) }
                }
            }
        } catch {
            // A log that cannot be read is one that has ended.
        }
        state.withLock { $0.isEnded = true }
    }
}

/// Why there is no private server, or no command to be run with it.
///
///     do { try await PrivateRedis.run { _ in } } catch let error as PrivateRedisError {
///         print(error.message)  // redis-server not found in PATH; install it
///     }
package struct PrivateRedisError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; it decides the exit code.
    package enum Code: Hashable, Sendable {
        /// A program is not installed.
        case missingProgram
        /// It did not start.
        case failed
    }

    /// What kind of failure it is.
    package let code: Code
    /// What happened, in one line.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    package var description: String { message }
}
