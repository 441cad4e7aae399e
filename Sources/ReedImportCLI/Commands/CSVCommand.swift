import ArgumentParser
import CSV
import ConfigImport
import Glibc
import UCG

struct CSVCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract: "Prints each record of a CSV file as a JSON array of strings, or counts them.",
        discussion: """
            Exits 0 if the file is strict RFC 4180, 65 if it is not, 66 if it cannot be read; 64 on wrong \
            options; 74 if reading fails halfway or standard output cannot be written.
            """)

    @Argument(help: "The file; - is standard input.", completion: .file())
    var file: String

    @Flag(help: "Print only the numbers of records, fields and bytes of unescaped text.")
    var count = false

    @OptionGroup var csv: CSVOptions

    @Option(help: ArgumentHelp("The number of bytes that are read at a time.", valueName: "size"))
    var chunkSize = ByteSize(ByteSource.defaultChunkSize)

    func validate() throws {
        guard chunkSize.bytes <= 1 << 30 else { throw ValidationError("--chunk-size is more than 1GiB.") }
    }

    private var shownName: String { file == "-" ? "<stdin>" : file }

    func run() throws {
        let comma = CSVDialect.rfc4180
        var reader = CSVReader(
            try source(), dialect: csv.delimiter.byte.flatMap { CSVDialect(delimiter: $0) } ?? comma,
            detectsDelimiter: csv.delimiter.byte == nil, limits: csv.limits)
        do throws(CSVFailure) {
            if csv.delimiter.byte == nil {
                Console.report("\(PlainText.escaped(shownName)): \(try reader.detectedDialect())\n")
            }
            if count {
                let total = try Total(counting: &reader)
                Console.write(
                    "\(total.records) records, \(total.fields) fields, \(total.bytes) bytes of text\n")
                return
            }
            var json = JSONWriter()
            while Console.isRead, try reader.next() {
                json.removeAll()
                json.beginArray()
                for index in 0..<reader.record.count { reader.record.withField(index) { json.string($0) } }
                json.endArray()
                Console.write(json.bytes)
                Console.write([UInt8(ascii: "\n")])
            }
        } catch {
            switch error {
            case .unreadable(let error):
                throw Failure(
                    error.errno == EISDIR ? .noInput : .inputOutput,
                    "\(shownName): cannot read: \(ReadError.text(of: error.errno)) at byte \(error.byteOffset)"
                )
            case .malformed(let error):
                try Console.finish()
                report(error)
                throw Failure(.data)
            }
        }
    }

    /// What a file has, the header included.
    private struct Total {
        var records = 0
        var fields = 0
        var bytes = 0

        /// Reads all records and touches all fields.
        init(counting reader: inout CSVReader) throws(CSVFailure) {
            while try reader.next() {
                records += 1
                fields += reader.record.count
                bytes += reader.record.textByteCount
            }
        }
    }

    private func source() throws(Failure) -> ByteSource {
        if file == "-" { return ByteSource(descriptor: 0, closing: false, chunkSize: chunkSize.bytes) }
        do throws(FileError) {
            return try ByteSource.file(file, acceptsPipes: true, chunkSize: chunkSize.bytes)
        } catch {
            throw Failure(.noInput, "\(file): \(error)")
        }
    }

    private func report(_ error: CSVError) {
        var issue = Issue(error, path: shownName)
        if file == "-" { issue.excerpt = .none }
        var log = IssueLog()
        log.add(issue)
        let renderer = IssueRenderer(delimiter: csv.delimiter.byte, help: OptionNames.help)
        for file in log.byFile { Console.report(renderer.text(of: file)) }
    }
}
