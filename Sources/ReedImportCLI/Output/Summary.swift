import ConfigImport
import UCG

/// What a run did, a line for each kind.
struct Summary {
    private let counts: [EntityKind: KindCounts]
    /// How many entities were read back and found right, if they were.
    private let verified: Int?
    /// How long it took from the first write to the last reply, if anything was written.
    private let writing: Duration?

    init(_ counts: [EntityKind: KindCounts], verified: Int? = nil, writing: Duration? = nil) {
        self.counts = counts
        self.verified = verified
        self.writing = writing
    }

    /// Prints the summary to standard output.
    func print(_ format: OutputOptions.Format) {
        switch format {
        case .text:
            Console.write(table)
            if let verified { Console.write("verified: \(verified) entities read back and compared\n") }
        case .json: Console.write(json.bytes + [UInt8(ascii: "\n")])
        }
    }

    private var total: KindCounts {
        counts.values.reduce(into: KindCounts()) { total, kind in
            total.files += kind.files
            total.rows += kind.rows
            total.entities += kind.entities
            total.duration += kind.duration
        }
    }

    private var table: String {
        var lines = [["kind", "files", "rows", "entities", "seconds"]]
        for kind in EntityKind.allCases {
            lines.append(Self.line(kind.rawValue, counts[kind] ?? KindCounts()))
        }
        lines.append(Self.line("total", total))
        return Table.text(lines, [.left] + Array(repeating: .right, count: lines[0].count - 1))
    }

    private static func line(_ name: String, _ counts: KindCounts) -> [String] {
        [name, String(counts.files), String(counts.rows), String(counts.entities), seconds(counts.duration)]
    }

    /// Seconds with three decimals.
    private static func seconds(_ duration: Duration) -> String {
        let milliseconds = Int((duration / .milliseconds(1)).rounded())
        let fraction = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private var json: JSONWriter {
        var json = JSONWriter()
        json.beginObject()
        for kind in EntityKind.allCases {
            json.key(JSONKey(kind.rawValue))
            json.integer(counts[kind]?.entities ?? 0)
        }
        let sum = total
        json.key("files")
        json.integer(sum.files)
        json.key("rows")
        json.integer(sum.rows)
        json.key("entities")
        json.integer(sum.entities)
        if let verified {
            json.key("verified")
            json.integer(verified)
        }
        json.key("seconds")
        json.number(Self.seconds(sum.duration).utf8.span)
        if let writing {
            json.key("writing_seconds")
            json.number(Self.seconds(writing).utf8.span)
        }
        json.endObject()
        return json
    }
}
