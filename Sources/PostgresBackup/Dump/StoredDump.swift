import Subprocess

/// The dump of one database as it lies in a backup folder.
struct StoredDump: Sendable {
    let folder: BackupFolder
    let file: Backup.File

    /// Reads it to the end and passes its SQL, decompressed, to `body`, piece by piece.
    ///
    /// - Returns: Size and checksum of the bytes as they are stored.
    /// - Throws: ``BackupError``, as does `body`.
    func read(_ body: ([UInt8]) async throws(BackupError) -> Void) async throws(BackupError) -> Checksum {
        guard let compression = file.compression else { return try await readStored(body) }
        return try await compression.decompress { streams in
            // All is read, also if the program stops listening: the checksum is of the whole file.
            async let stored = feed(streams.standardInputWriter)
            for try await buffer in streams.standardOutput { try await body(buffer.array) }
            return try await stored
        }
    }

    private func feed(_ program: StandardInputWriter) async throws(BackupError) -> Checksum {
        // Whatever happens, the program must not wait for more.
        do {
            let stored = try await readStored { _ = await program.send($0) }
            try? await program.finish()
            return stored
        } catch {
            try? await program.finish()
            throw error
        }
    }

    private func readStored(
        _ body: ([UInt8]) async throws(BackupError) -> Void
    ) async throws(BackupError) -> Checksum {
        let opened = try folder.open(file.file)
        var checksum = Checksum()
        while true {
            guard !Task.isCancelled else { throw BackupError(.interrupted, "interrupted") }
            let bytes = try opened.read(atMost: 256 << 10)
            if bytes.isEmpty { return checksum }
            await Task.yield()  // others wait for this thread
            checksum.add(bytes.span)
            try await body(bytes)
        }
    }

    /// Reads it to the end and compares it with its metadata.
    ///
    /// - Returns: What it holds.
    /// - Throws: ``BackupError/Code/data`` with the first difference.
    func check() async throws(BackupError) -> DumpContents {
        let status = try folder.open(file.file).status()
        guard status.isOurs, !status.isOpenToOthers else {
            throw BackupError(
                .data, "\(file.file) could have been written by another user",
                advice: "restore only what you trust; chmod 600 and chown make it yours")
        }
        let (contents, stored): (DumpContents, Checksum)
        do {
            (contents, stored) = try await readContents()
        } catch {
            throw error.code == .data ? damaged(error.message) : error
        }
        try check(stored)
        guard contents.isComplete else { throw damaged("the end of the dump is missing") }
        guard contents.isRestricted else {
            throw damaged("it is not protected by \\restrict, as pg_dump's are")
        }
        if let foreign = contents.unexpectedCommand {
            throw damaged("it holds a command that pg_dump does not write: \(foreign)")
        }
        guard contents.rows == file.rows, contents.tableCount == file.tableCount else {
            throw damaged("its tables and rows are not those of its metadata")
        }
        return contents
    }

    private func readContents() async throws(BackupError) -> (DumpContents, Checksum) {
        do {
            guard file.compression == nil else {
                var contents = DumpContents()
                let stored = try await read { contents.read($0.span) }
                return (contents, stored)
            }
            // The checksum takes the longest, so it is taken at the same time.
            async let stored = readStored { _ in }
            var contents = DumpContents()
            let opened = try folder.open(file.file)
            while !Task.isCancelled {
                let bytes = try opened.read(atMost: 256 << 10)
                if bytes.isEmpty { break }
                await Task.yield()
                contents.read(bytes.span)
            }
            return (contents, try await stored)
        } catch let error as BackupError {
            throw error
        } catch {
            throw BackupError(.interrupted, "interrupted")
        }
    }

    /// Compares size and checksum with the metadata.
    func check(_ stored: Checksum) throws(BackupError) {
        guard stored.count == file.sizeBytes else {
            throw damaged("it has \(stored.count) bytes, not \(file.sizeBytes)")
        }
        guard stored.hexadecimal == file.sha256 else {
            throw damaged("its SHA-256 is not that of its metadata")
        }
    }

    private func damaged(_ reason: String) -> BackupError {
        BackupError(.data, "\(file.file) is DAMAGED: \(reason)", advice: "use another backup")
    }
}
