import ArgumentParser
import CSV

/// How CSV files are written, and how large they may be.
struct CSVOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What separates fields: one ASCII character, or comma, semicolon, tab, pipe, or auto (taken from the header).",
            valueName: "char"))
    var delimiter = DelimiterArgument.comma

    @Option(help: ArgumentHelp("The most text in a record, in bytes or as 64MiB.", valueName: "size"))
    var maxRecord = ByteSize(CSVLimits().recordBytes)

    @Option(help: ArgumentHelp("The most text in a field, in bytes or as 16MiB.", valueName: "size"))
    var maxField = ByteSize(CSVLimits().fieldBytes)

    @Option(help: ArgumentHelp("The most columns.", valueName: "n"))
    var maxColumns = CSVLimits().columns

    var limits: CSVLimits {
        CSVLimits(recordBytes: maxRecord.bytes, fieldBytes: maxField.bytes, columns: maxColumns)
    }

    func validate() throws {
        guard maxColumns > 0 else { throw ValidationError("--max-columns is \(maxColumns); give 1 or more.") }
    }
}

/// A delimiter as it is typed.
struct DelimiterArgument: ExpressibleByArgument {
    /// The delimiter; `nil` if it is taken from the header.
    let byte: UInt8?
    let defaultValueDescription: String

    static let comma = DelimiterArgument(byte: UInt8(ascii: ","), name: "comma")

    private static let names: [String: UInt8] = [
        "comma": UInt8(ascii: ","), "semicolon": UInt8(ascii: ";"), "tab": UInt8(ascii: "\t"),
        "pipe": UInt8(ascii: "|"), "\\t": UInt8(ascii: "\t"),
    ]

    private init(byte: UInt8?, name: String) {
        self.byte = byte
        defaultValueDescription = name
    }

    init?(argument: String) {
        if argument == "auto" {
            self.init(byte: nil, name: argument)
        } else if let byte = Self.names[argument] {
            self.init(byte: byte, name: argument)
        } else {
            guard argument.utf8.count == 1, let byte = argument.utf8.first, CSVDialect(delimiter: byte) != nil
            else { return nil }
            self.init(byte: byte, name: argument)
        }
    }
}

/// A number of bytes as it is typed: `1048576`, `1024KiB`, `1MiB`, `1GiB`.
struct ByteSize: ExpressibleByArgument {
    let bytes: Int

    init(_ bytes: Int) { self.bytes = bytes }

    init?(argument: String) {
        let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)]
        let unit = units.first { argument.hasSuffix($0.0) }
        guard let number = Int(argument.dropLast(unit?.0.count ?? 0)), number > 0 else { return nil }
        let (bytes, isTooLarge) = number.multipliedReportingOverflow(by: 1 << (unit?.1 ?? 0))
        if isTooLarge { return nil }
        self.bytes = bytes
    }

    var defaultValueDescription: String { bytes % (1 << 20) == 0 ? "\(bytes >> 20)MiB" : "\(bytes)" }
}
