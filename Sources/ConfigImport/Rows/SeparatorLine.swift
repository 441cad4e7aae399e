import CSV
import SystemSupport
import UCG

/// The first line `sep=;` that spreadsheets write and read: it names the delimiter, and is not a record.
enum SeparatorLine {
    /// The delimiter that the first line of a file names; `nil` if it is not such a line.
    static func delimiter(of path: String) -> UInt8? {
        guard var source = try? ByteSource.file(path, chunkSize: 64), (try? source.refill()) == true else {
            return nil
        }
        var delimiter: UInt8?
        source.withChunk { chunk in
            let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
            let hasMark = chunk.count >= 3 && (0..<3).allSatisfy { chunk[$0] == mark[$0] }
            let start = hasMark ? 3 : 0
            let name = Array("sep=".utf8)
            guard chunk.count > start + name.count,
                name.indices.allSatisfy({ chunk[start + $0].lowercased == name[$0] })
            else { return }
            let end = start + name.count + 1
            let isWholeLine = end == chunk.count || chunk[end] == 10 || chunk[end] == 13
            if isWholeLine { delimiter = chunk[end - 1] }
        }
        return delimiter.flatMap { CSVDialect(delimiter: $0) == nil ? nil : $0 }
    }
}
