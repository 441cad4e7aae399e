import Dispatch
import Glibc
import Subprocess
import SystemPackage

/// A pipe out of a program that holds 1 MiB, read in large pieces.
///
/// pg_dump writes 4 KiB at a time. A reader that wakes up for each of them costs pg_dump and the server,
/// which run at the same time, more than all that is done with the bytes.
final class WidePipe: Sendable {
    private static let size = 1 << 20

    private let output: LocalFile
    /// The end that the program writes to; it is closed here once the program has it.
    let input: FileDescriptorOutput

    init() throws(BackupError) {
        var ends: [CInt] = [-1, -1]
        // Sound: pipe fills the two elements during the call.
        guard unsafe pipe(&ends) == 0 else { throw BackupError("cannot make a pipe", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // F_SETPIPE_SZ; a system that allows less keeps its own size.
        _ = fcntl(ends[0], 1031, CInt(Self.size))
        output = LocalFile(ends[0], "pipe")
        input = .fileDescriptor(FileDescriptor(rawValue: ends[1]), closeAfterSpawningProcess: true)
    }

    /// Passes all that comes through to `body`, 1 MiB or less at a time, up to the end or while it answers `true`.
    func read(_ body: ([UInt8]) async throws(BackupError) -> Bool) async throws(BackupError) {
        while true {
            let piece = await nextPiece()
            let bytes = try piece.get()
            if bytes.isEmpty { return }
            guard try await body(bytes) else { return }
        }
    }

    /// Waits for bytes on a thread that may block.
    private func nextPiece() async -> Result<[UInt8], BackupError> {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [output] in
                continuation.resume(
                    returning: Result { () throws(BackupError) in try Self.piece(of: output) })
            }
        }
    }

    private static func piece(of output: LocalFile) throws(BackupError) -> [UInt8] {
        // A program that writes at full speed leaves a good piece meanwhile.
        usleep(200)
        return try output.read(atMost: size)
    }
}
