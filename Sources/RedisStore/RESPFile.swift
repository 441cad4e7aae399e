import Glibc
public import UCG

/// The commands of an import in a file, in Redis's wire protocol, ready for `redis-cli --pipe`.
///
/// The same entities and stamp make the same bytes. The file appears under its name when it is complete;
/// a device such as `/dev/null` is written to as it is.
public struct RESPFile: ~Copyable {
    private let path: String
    /// The same without symbolic links, which stay as they are.
    private let place: String
    /// Where the bytes go until they are all there; `nil` for what is no regular file.
    private let draft: String?
    private let descriptor: CInt
    private let batchSize: Int
    private let interruption: CInt?
    private var head: EntityHead
    private var batch = WriteBatch()
    private var output: [UInt8] = []
    /// How many entities were written.
    public private(set) var written = 0

    private static let (batchBytes, outputBytes) = (256 << 10, 256 << 10)

    /// Begins a file at `path`.
    ///
    /// - Parameters:
    ///   - keyPrefix: What every key begins with.
    ///   - stamp: When and by whom the entities are written.
    ///   - batchSize: The most entities of one command.
    ///   - interruption: A descriptor that becomes readable when the run shall end early.
    /// - Throws: ``RESPFileError/Code/cannotCreate``.
    public init(
        path: String, keyPrefix: String, stamp: EntityStamp, batchSize: Int, interruption: CInt? = nil
    ) throws(RESPFileError) {
        var status = stat()
        // Sound: stat fills the structure during the call, which only reads the path.
        let isThere = unsafe stat(path, &status) == 0
        let isRegular = !isThere || status.st_mode & S_IFMT == S_IFREG
        let place = isThere && isRegular ? Self.resolved(path) : path
        let draft = isRegular ? "\(place).partial-\(getpid())" : nil
        descriptor = unsafe open(
            draft ?? place, O_WRONLY | O_CLOEXEC | (draft == nil ? 0 : O_CREAT | O_TRUNC), 0o644)
        guard descriptor >= 0 else {
            throw RESPFileError(.cannotCreate, "cannot create \(path): \(systemText(errno))")
        }
        self.path = path
        self.place = place
        self.draft = draft
        self.batchSize = batchSize
        self.interruption = interruption
        head = EntityHead(keyPrefix: keyPrefix, stamp: stamp)
        output.reserveCapacity(Self.outputBytes + Self.batchBytes)
    }

    private static func resolved(_ path: String) -> String {
        // Sound: realpath answers NULL or a NUL-terminated string of its own, which is copied and freed.
        guard let real = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }

    deinit {
        close(descriptor)
        // After finish() the draft has another name, and this finds nothing.
        if let draft { _ = unsafe unlink(draft) }
    }

    /// Writes one entity.
    public mutating func write(_ entity: borrowing Entity) throws(RESPFileError) {
        batch.append(entity, &head)
        if batch.entries.count >= batchSize || batch.byteCount >= Self.batchBytes {
            encode()
            if output.count >= Self.outputBytes { try flush() }
        }
    }

    /// Writes what is left and gives the file its name.
    public mutating func finish() throws(RESPFileError) {
        encode()
        try flush()
        guard let draft else { return }
        guard fsync(descriptor) == 0, unsafe rename(draft, place) == 0 else {
            throw RESPFileError(.inputOutput, "cannot write \(path): \(systemText(errno))")
        }
    }

    private mutating func encode() {
        guard !batch.entries.isEmpty else { return }
        batch.encode { (bytes) throws(Never) in output.append(contentsOf: bytes) }
        written += batch.entries.count
        batch.removeAll()
    }

    private mutating func flush() throws(RESPFileError) {
        guard !RedisRetry.isInterrupted(interruption) else {
            throw RESPFileError(.interrupted, "interrupted")
        }
        var start = 0
        while start < output.count {
            // Sound: write(2) reads at most the bytes behind `start`, during the call.
            let count = unsafe output.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[start...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                start += count
            } else if errno != EINTR {
                throw RESPFileError(.inputOutput, "cannot write \(path): \(systemText(errno))")
            }
        }
        output.removeAll(keepingCapacity: true)
    }
}

/// Why a file of commands could not be written.
public struct RESPFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of failure it is; it decides the exit code.
    public enum Code: Hashable, Sendable {
        /// The file cannot be made.
        case cannotCreate
        /// Writing failed, for example because the disk is full.
        case inputOutput
        /// The run was asked to end.
        case interrupted
    }

    /// What kind of failure it is.
    public let code: Code
    /// What happened, in one line.
    public let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
