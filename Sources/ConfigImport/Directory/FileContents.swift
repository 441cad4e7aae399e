import CSV
import Glibc

extension ConfigFile {
    /// Reads the file and passes it to `body`, chunk by chunk.
    ///
    /// - Throws: ``InputError`` if it cannot be read, or is not the one that was found.
    func withContents(_ body: (Span<UInt8>) -> Void) throws(InputError) {
        var source = try opened()
        do throws(ReadError) {
            while try source.refill() { source.withChunk { (chunk) in body(chunk) } }
        } catch {
            throw InputError(error, path)
        }
    }

    private func opened() throws(InputError) -> ByteSource {
        do throws(FileError) {
            let source = try ByteSource.file(path)
            guard try source.identity() == identity else { throw FileError.notRegular }
            return source
        } catch {
            throw error == .notRegular || error == .system(ENOENT) ? .changed(path) : InputError(error, path)
        }
    }
}
