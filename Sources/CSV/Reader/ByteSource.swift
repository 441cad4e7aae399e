import Glibc

/// A file descriptor, read in chunks into one buffer.
///
/// It may be a file, a pipe or a terminal. Reading is by read(2): a file that
/// shrinks under the reader ends early, where a memory map would kill the process.
///
///     var reader = CSVReader(try ByteSource.file("themes.csv"))
@safe
public struct ByteSource: ~Copyable {
    /// 256 KiB, which read(2) fills at nearly the speed of the page cache.
    public static let defaultChunkSize = 256 << 10

    private let descriptor: CInt
    private let closesDescriptor: Bool
    /// The chunk, with `padding` readable bytes after it.
    private(set) var bytes: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// The number of bytes that the chunk has.
    private(set) var available = 0
    private var totalRead = 0

    /// A source that reads `descriptor` from where it stands.
    ///
    /// - Parameters:
    ///   - descriptor: An open descriptor.
    ///   - closing: Whether the source closes it at the end of its life.
    ///   - chunkSize: Bytes a read, at least 1, at most 1 GiB.
    public init(descriptor: CInt, closing: Bool, chunkSize: Int = ByteSource.defaultChunkSize) {
        self.descriptor = descriptor
        closesDescriptor = closing
        capacity = min(max(1, chunkSize), Self.largestChunk)
        unsafe bytes = Self.allocate(capacity)
    }

    /// 1 GiB: offsets in a chunk have 31 bits.
    private static let largestChunk = 1 << 30
    /// A block of the scan.
    private static let padding = 64

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity + padding)
        unsafe (bytes + capacity).initialize(repeating: 0, count: padding)
        return unsafe bytes
    }

    /// A source that reads the file at `path` from its beginning.
    ///
    /// - Parameters:
    ///   - path: The file, as the system takes it.
    ///   - acceptsPipes: Whether it may be a FIFO or a device, which opening
    ///     may have to wait for; else only a regular file is accepted.
    ///   - chunkSize: Bytes a read, at least 1, at most 1 GiB.
    /// - Throws: ``FileError`` if the file cannot be opened or is not such a file.
    public static func file(
        _ path: String, acceptsPipes: Bool = false, chunkSize: Int = ByteSource.defaultChunkSize
    ) throws(FileError) -> ByteSource {
        let flags = acceptsPipes ? O_RDONLY | O_CLOEXEC : O_RDONLY | O_CLOEXEC | O_NONBLOCK
        // Sound: the path is passed as a NUL-terminated copy that lives during the call.
        let descriptor = unsafe open(path, flags)
        guard descriptor >= 0 else { throw .system(errno) }
        let source = ByteSource(descriptor: descriptor, closing: true, chunkSize: chunkSize)
        let type = try source.status().st_mode & S_IFMT
        guard type != S_IFDIR else { throw .system(EISDIR) }
        guard acceptsPipes || type == S_IFREG else { throw .notRegular }
        return source
    }

    deinit {
        unsafe bytes.deallocate()
        if closesDescriptor { _ = close(descriptor) }
    }

    /// Replaces the chunk by the next bytes of the file.
    ///
    /// - Returns: Whether there are any; false is the end of the file.
    /// - Throws: ``ReadError`` if the system cannot read.
    public mutating func refill() throws(ReadError) -> Bool {
        available = 0
        return try extend()
    }

    /// Reads on after the chunk, which grows.
    ///
    /// - Returns: Whether there was more; false is the end of the file.
    mutating func extend() throws(ReadError) -> Bool {
        if available == capacity { grow() }
        while true {
            // Sound: read(2) writes at most the bytes between `available` and `capacity`.
            let count = unsafe read(descriptor, bytes + available, capacity - available)
            if count >= 0 {
                available += count
                totalRead += count
                return count > 0
            }
            guard errno == EINTR else { throw ReadError(errno: errno, byteOffset: totalRead) }
        }
    }

    private mutating func grow() {
        let larger = unsafe Self.allocate(capacity * 2)
        // Sound: the new memory is larger than what is copied.
        unsafe larger.update(from: bytes, count: available)
        unsafe bytes.deallocate()
        unsafe bytes = larger
        capacity *= 2
    }

    /// Which file this is, and in what state.
    ///
    /// - Throws: ``FileError/system(_:)``.
    public func identity() throws(FileError) -> FileIdentity { FileIdentity(try status()) }

    private func status() throws(FileError) -> stat {
        var status = stat()
        // Sound: fstat fills the structure during the call and keeps no pointer.
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
        return status
    }

    /// Passes the chunk to `body`.
    public func withChunk<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Sound: the chunk has `available` bytes that read(2) wrote, and stays in place during the call.
        try unsafe body(Span(_unsafeStart: bytes, count: available))
    }
}
