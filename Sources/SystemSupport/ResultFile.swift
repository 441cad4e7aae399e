import Glibc

/// A file that a run leaves its result in: the one way to write such files.
///
/// It is opened before the work begins, so that a place that cannot be written to fails the run at once.
///
/// | path | what happens |
/// | --- | --- |
/// | a regular file, or one that does not exist | the bytes go to a temporary file next to it, which takes its name in ``finish()``; so no part is ever visible. An existing file's mode is kept |
/// | a symbolic link | it is followed, and stays |
/// | a device or FIFO | the bytes are written to it; a FIFO without a reader is waited for |
/// | `-`, or another name of standard output | standard output |
///
/// A result file that is let go before ``finish()`` leaves nothing.
///
///     let file = try ResultFile(path: "report.json")
///     try file.write(Array("{}".utf8))
///     try file.finish()
package struct ResultFile: ~Copyable {
    /// The path as it was given, for messages.
    package let path: String
    /// The same without symbolic links.
    private let place: String
    /// Where the bytes go until they are all there; `nil` for what is not a regular file.
    private let draft: String?
    private let descriptor: CInt
    private let cancellation: CancellationSignal
    private let patience: Duration

    /// Opens a result file.
    ///
    /// - Parameters:
    ///   - cancellation: Ends every wait.
    ///   - patience: How long the reader of a FIFO, or of a device, is waited for.
    /// - Throws: ``ResultFileError/Code/cannotCreate``; ``ResultFileError/Code/interrupted``.
    package init(
        path: String, cancellation: CancellationSignal = .never, patience: Duration = .seconds(10)
    ) throws(ResultFileError) {
        let status = FileStatus(path: path)
        let isStandardOutput =
            path == "-" || status != nil && status?.number == FileStatus(STDOUT_FILENO)?.number
        var (place, draft, descriptor) = (path, String?.none, CInt(-1))
        if isStandardOutput {
            descriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        } else if let status, !status.isRegular {
            descriptor = try Self.openSpecial(path, status: status, unless: cancellation, patience: patience)
        } else {
            place = Self.resolved(path)
            let name = "\(place).partial-\(getpid())"
            draft = name
            _ = unsafe unlink(name)  // of a process with this number that was killed
            descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status?.mode ?? 0o666)
            if descriptor >= 0, let status {
                _ = fchmod(descriptor, status.mode)
                _ = fchown(descriptor, status.owner, status.group)
            }
        }
        guard descriptor >= 0 else { throw Self.cannotCreate(path, because: ErrorNumber.text(of: errno)) }
        self.path = path
        self.place = place
        self.draft = draft
        self.descriptor = descriptor
        self.cancellation = cancellation
        self.patience = patience
    }

    deinit {
        close(descriptor)
        // After finish() the draft has another name, and this finds nothing.
        if let draft { _ = unsafe unlink(draft) }
    }

    /// Writes bytes.
    ///
    /// - Throws: ``ResultFileError/Code/inputOutput``, for example if the disk is full, or if nothing is taken for as
    ///   long as is waited for; ``ResultFileError/Code/interrupted``.
    package func write(_ bytes: [UInt8]) throws(ResultFileError) {
        var start = 0
        var deadline = ContinuousClock.now + patience
        while start < bytes.count {
            try wait(until: deadline)
            // Sound: write(2) reads at most the bytes from `start` on, during the call.
            let count = unsafe bytes.withUnsafeBytes { all in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: all[start...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                start += count
                deadline = .now + patience
            } else if errno != EINTR, errno != EAGAIN {
                throw cannotWrite(ErrorNumber.text(of: errno))
            }
        }
    }

    /// Ends the file: it gets its name.
    ///
    /// - Throws: ``ResultFileError/Code/inputOutput``.
    package func finish() throws(ResultFileError) {
        guard let draft else { return }
        guard fsync(descriptor) == 0, unsafe rename(draft, place) == 0 else {
            throw cannotWrite(ErrorNumber.text(of: errno))
        }
    }

    /// Waits until bytes can be written.
    private func wait(until deadline: ContinuousClock.Instant) throws(ResultFileError) {
        switch Poll.wait(for: descriptor, .writable, within: deadline - .now, unless: cancellation) {
        case .ready: return
        case .cancelled: throw Self.interrupted
        case .timedOut: throw cannotWrite("nothing was read from it for \(patience)")
        case .failed(let number): throw cannotWrite(ErrorNumber.text(of: number))
        }
    }

    /// Opens a device, or a FIFO as soon as it has a reader.
    private static func openSpecial(
        _ path: String, status: FileStatus, unless cancellation: CancellationSignal, patience: Duration
    ) throws(ResultFileError) -> CInt {
        let deadline = ContinuousClock.now + patience
        while true {
            let descriptor = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
            guard descriptor < 0, errno == ENXIO, status.isFIFO else { return descriptor }
            guard deadline > .now else { throw cannotCreate(path, because: "a FIFO that nobody reads from") }
            var none: [PollRequest] = []
            let outcome = Poll.wait(for: &none, within: .milliseconds(20), unless: cancellation)
            if outcome == .cancelled { throw interrupted }
        }
    }

    /// The path without symbolic links, also if the last one leads to a file that does not exist.
    private static func resolved(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            // Sound: realpath answers NULL or a NUL-terminated string of its own, which is copied and freed.
            if let real = unsafe realpath(path, nil) {
                defer { unsafe free(real) }
                return unsafe String(cString: real)
            }
            var target = [CChar](repeating: 0, count: Int(PATH_MAX))
            // Sound: readlink writes at most the bytes given, and answers how many.
            let count = unsafe readlink(path, &target, target.count)
            guard count > 0 else { return path }
            let link = String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
            path = link.hasPrefix("/") ? link : folder + link
        }
        return path
    }

    private static let interrupted = ResultFileError(code: .interrupted, message: "interrupted")

    private static func cannotCreate(_ path: String, because cause: String) -> ResultFileError {
        ResultFileError(code: .cannotCreate, message: "cannot create \(path): \(cause)")
    }

    private func cannotWrite(_ cause: String) -> ResultFileError {
        ResultFileError(code: .inputOutput, message: "cannot write \(path): \(cause)")
    }
}

/// Why a result file could not be written.
///
///     do throws(ResultFileError) { try file.finish() } catch {
///         print(error.message)  // report.json: No space left on device
///     }
package struct ResultFileError: Error, Hashable, Sendable {
    /// What kind of failure it is.
    package enum Code: Hashable, Sendable {
        /// The file cannot be created.
        case cannotCreate
        /// Writing failed, for example because the disk is full.
        case inputOutput
        /// The run was asked to end.
        case interrupted
    }

    /// What kind of failure it is.
    package let code: Code
    /// What happened, in one line.
    package let message: String
}
