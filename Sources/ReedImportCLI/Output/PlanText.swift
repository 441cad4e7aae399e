import ArgumentParser
import ConfigImport
import Glibc
import GraphSync
import UCG

/// Prints changes as they are found, and their numbers at the end.
struct PlanText {
    /// For whom the plan is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// For a person at a terminal, like a diff.
        case text
        /// For a program: one object.
        case json
        /// For a pull request.
        case markdown
    }

    /// How many entities need which change, of all kinds.
    private(set) var total = ChangeCounts()

    private let format: Format
    /// The files' paths, by the numbers that origins have.
    private let paths: [String]
    private let isColoured: Bool
    private var counts: [EntityKind: ChangeCounts] = [:]
    /// The kind whose changes are being printed.
    private var shownKind: EntityKind?
    private var hasShown = false

    init(_ format: Format, paths: [String]) {
        self.format = format
        self.paths = paths
        // Sound: getenv answers NULL or a NUL-terminated string; only whether it is NULL counts.
        let isPlain = unsafe getenv("NO_COLOR") != nil
        isColoured = format == .text && isatty(STDOUT_FILENO) == 1 && !isPlain
        if format == .json { Console.write("{\"changes\":[") }
    }

    /// Prints what has to happen to one entity, if anything has.
    mutating func add(_ reading: EntityReading, of kind: EntityKind) {
        let change = Change(reading)
        total.add(change)
        counts[kind, default: ChangeCounts()].add(change)
        if case .none = change { return }
        switch format {
        case .text: writeText(reading, change, kind)
        case .json: writeJSON(reading, change)
        case .markdown: writeMarkdown(reading, change, kind)
        }
        hasShown = true
        shownKind = kind
    }

    /// Prints how many there are of each.
    func finish() {
        switch format {
        case .text:
            if hasShown { Console.write("\n") }
            Console.write(sentence + "\n")
        case .json:
            var json = JSONWriter()
            json.beginObject()
            for kind in EntityKind.allCases {
                json.key(JSONKey(kind.rawValue))
                write(counts[kind] ?? ChangeCounts(), to: &json)
            }
            json.key("total")
            write(total, to: &json)
            json.endObject()
            Console.write("],\"counts\":")
            Console.write(json.bytes)
            Console.write("}\n")
        case .markdown:
            Console.write((hasShown ? "\n" : "") + "**\(sentence)**\n")
        }
    }

    /// `Plan: 3 to create, 1 to update, 250 unchanged, 0 conflicts`.
    private var sentence: String {
        "Plan: \(total.created) to create, \(total.updated) to update, \(total.unchanged) unchanged, "
            + count(total.conflicts, "conflict")
    }

    private func place(_ origin: EntityOrigin) -> String { "\(paths[Int(origin.file)]):\(origin.line)" }

    /// A value as JSON, escaped for a terminal and cut to 80 characters.
    private func shown(_ value: JSONValue?) -> String {
        guard let value else { return "(not there)" }
        let text = PlainText.escaped(value.description)
        return text.count <= 80 ? text : text.prefix(79) + "…"
    }

    // MARK: - Text

    private func writeText(_ reading: EntityReading, _ change: Change, _ kind: EntityKind) {
        if shownKind != kind { Console.write((hasShown ? "\n" : "") + kind.rawValue + "\n") }
        let (mark, colour) =
            switch change {
            case .create: ("+", 32)
            case .update: ("~", 33)
            case .conflict, .none: ("!", 31)
            }
        let line = PlainText.escaped("\(mark) \(reading.key)  \(place(reading.origin))")
        Console.write("  " + (isColoured ? "\u{1B}[\(colour)m\(line)\u{1B}[0m" : line) + "\n")
        switch change {
        case .update(let difference):
            for member in difference.members {
                let name = PlainText.escaped(member.name)
                Console.write("      \(name): \(shown(member.stored)) -> \(shown(member.wanted))\n")
            }
        case .conflict(let reason): Console.write("      \(reason)\n")
        case .create, .none: break
        }
    }

    // MARK: - JSON

    private func writeJSON(_ reading: EntityReading, _ change: Change) {
        var json = JSONWriter()
        json.beginObject()
        json.key("key")
        json.string(reading.key.description)
        json.key("file")
        json.string(paths[Int(reading.origin.file)])
        json.key("line")
        json.integer(Int(reading.origin.line))
        json.key("action")
        switch change {
        case .create: json.string("create")
        case .none: json.string("none")
        case .conflict(let reason):
            json.string("conflict")
            json.key("reason")
            json.string(reason)
        case .update(let difference):
            json.string("update")
            json.key("members")
            json.beginArray()
            for member in difference.members {
                json.beginObject()
                json.key("name")
                json.string(member.name)
                for (key, value) in [(JSONKey("old"), member.stored), (JSONKey("new"), member.wanted)] {
                    guard let value else { continue }
                    json.key(key)
                    JSONText.minify(value.description.utf8.span, into: &json)
                }
                json.endObject()
            }
            json.endArray()
        }
        json.endObject()
        Console.write((hasShown ? ",\n" : "\n") + String(decoding: json.bytes, as: UTF8.self))
    }

    private func write(_ counts: ChangeCounts, to json: inout JSONWriter) {
        json.beginObject()
        json.key("create")
        json.integer(counts.created)
        json.key("update")
        json.integer(counts.updated)
        json.key("unchanged")
        json.integer(counts.unchanged)
        json.key("conflict")
        json.integer(counts.conflicts)
        json.endObject()
    }

    // MARK: - Markdown

    private func writeMarkdown(_ reading: EntityReading, _ change: Change, _ kind: EntityKind) {
        if shownKind != kind {
            Console.write(
                (hasShown ? "\n" : "")
                    + "### \(kind.rawValue)\n\n| | entity | row | what |\n| --- | --- | --- | --- |\n")
        }
        let (mark, what): (String, String) =
            switch change {
            case .create: ("+", "new")
            case .update(let difference):
                (
                    "~",
                    difference.members.map { "`\(cell($0.name))`: \(shown($0.stored)) → \(shown($0.wanted))" }
                        .joined(separator: "; ")
                )
            case .conflict(let reason): ("!", reason)
            case .none: ("", "")
            }
        Console.write("| \(mark) | `\(reading.key)` | \(cell(place(reading.origin))) | \(cell(what)) |\n")
    }

    /// Text that cannot end a cell of a table.
    private func cell(_ text: String) -> String { PlainText.escaped(text).replacing("|", with: "\\|") }
}
