import ArgumentParser
import ConfigImport
import Glibc
import GraphSync
import RedisStore
import UCG

/// Prints changes as they are found, and their numbers at the end.
struct PlanText {
    /// For whom the plan is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// For a terminal, like a diff.
        case text
        /// For a program: one object.
        case json
        /// For a pull request.
        case markdown
        /// Annotations for GitHub Actions: conflicts at their lines, and one line of numbers.
        case github
    }

    private let format: Format
    /// Where the import would go.
    private let target: ImportTarget
    /// The files' paths, by the numbers that origins have.
    private let paths: [String]
    private let isColoured: Bool
    /// The kind whose changes are being printed.
    private var shownKind: String?
    private var hasShown = false

    init(_ format: Format, of target: ImportTarget, paths: [String]) {
        self.format = format
        self.target = target
        self.paths = paths
        // Sound: getenv answers NULL or a NUL-terminated string; only whether it is NULL counts.
        let isPlain = unsafe getenv("NO_COLOR") != nil
        isColoured = format == .text && isatty(STDOUT_FILENO) == 1 && !isPlain
    }

    /// Prints a change.
    mutating func add(_ planned: PlannedChange) {
        let type = planned.key.type
        let kind = KindRegistry.builtIn.kind(of: type)?.name ?? type.rawValue
        switch format {
        case .text: writeText(planned, kind)
        case .json: writeJSON(planned)
        case .markdown: writeMarkdown(planned, kind)
        case .github: writeAnnotation(planned)
        }
        hasShown = true
        shownKind = kind
    }

    /// Prints how many there are of each.
    func finish(_ plan: SyncPlan) {
        switch format {
        case .text:
            if hasShown { Console.write("\n") }
            Console.write("Target: \(PlainText.escaped(target.description))\n\(sentence(plan))\n")
        case .json:
            var json = JSONWriter()
            json.beginObject()
            for kind in KindRegistry.builtIn.kinds {
                json.key(JSONKey(kind.name))
                write(plan.counts[kind.types[0]] ?? ChangeCounts(), to: &json)
            }
            json.key("total")
            write(plan.total, to: &json)
            json.endObject()
            Console.write((hasShown ? "" : beginning) + "],\"counts\":")
            Console.write(json.bytes)
            Console.write("}\n")
        case .github:
            Console.write(
                Annotation.notice("\(sentence(plan)); target: \(PlainText.escaped(target.description))"))
        case .markdown:
            Console.write(
                (hasShown ? "\n" : "") + "**\(sentence(plan))**\n\nTarget: \(Self.code(target.description))\n"
            )
        }
    }

    /// `Plan: 3 to create, 1 to update, 250 unchanged, 0 conflicts`.
    private func sentence(_ plan: SyncPlan) -> String {
        let total = plan.total
        let deletions = total.deleted > 0 || !plan.candidates.isEmpty ? "\(total.deleted) to delete, " : ""
        return
            "Plan: \(total.created) to create, \(total.updated) to update, \(deletions)\(total.unchanged) unchanged, "
            + count(total.conflicts, "conflict")
    }

    /// Where an entity comes from; nothing if the directory does not have it.
    private func place(_ planned: PlannedChange) -> String {
        planned.origin.map { "\(paths[Int($0.file)]):\($0.line)" } ?? ""
    }

    /// A value as JSON, escaped for a terminal and cut to 80 characters.
    private func shown(_ value: JSONValue?) -> String {
        guard let value else { return "(not there)" }
        let text = PlainText.escaped(value.description)
        return text.count <= 80 ? text : text.prefix(79) + "…"
    }

    // MARK: - Text

    private func writeText(_ planned: PlannedChange, _ kind: String) {
        if shownKind != kind { Console.write((hasShown ? "\n" : "") + kind + "\n") }
        let (mark, colour) = Self.mark(planned.change)
        let words = ["\(mark) \(planned.key)", planned.label ?? "", place(planned)]
        let line = words.filter { !$0.isEmpty }.map(PlainText.escaped).joined(separator: "  ")
        Console.write("  " + (isColoured ? "\u{1B}[\(colour)m\(line)\u{1B}[0m" : line) + "\n")
        switch planned.change {
        case .update:
            if let expiry = Self.expiry(planned) { Console.write("      \(expiry)\n") }
            for member in planned.members {
                let name = PlainText.escaped(member.name)
                Console.write("      \(name): \(shown(member.stored)) -> \(shown(member.wanted))\n")
            }
        case .conflict(let reason): Console.write("      \(PlainText.escaped(reason))\n")
        case .create, .delete, .unchanged: break
        }
    }

    /// `expires in 3599 s -> never`, if the key expires.
    private static func expiry(_ planned: PlannedChange) -> String? {
        planned.expiry.map { "expires in \(($0 + 999) / 1000) s -> never" }
    }

    /// What stands before a change, and its colour on a terminal.
    private static func mark(_ change: Change) -> (mark: String, colour: Int) {
        switch change {
        case .create: ("+", 32)
        case .update: ("~", 33)
        case .delete: ("-", 31)
        case .conflict, .unchanged: ("!", 35)
        }
    }

    private func writeAnnotation(_ planned: PlannedChange) {
        guard case .conflict(let reason) = planned.change, let origin = planned.origin else { return }
        Console.write(
            Annotation.line(
                "error", path: paths[Int(origin.file)], line: Int(origin.line),
                PlainText.escaped("\(planned.key): \(reason)")))
    }

    // MARK: - JSON

    /// Printed with the first change, or at the end: a plan that cannot be made prints nothing.
    private var beginning: String {
        var json = JSONWriter()
        target.write(to: &json)
        return "{\"target\":\(String(decoding: json.bytes, as: UTF8.self)),\"changes\":["
    }

    private func writeJSON(_ planned: PlannedChange) {
        var json = JSONWriter()
        json.beginObject()
        json.key("key")
        json.string(planned.key.description)
        if let label = planned.label {
            json.key("label")
            json.string(label)
        }
        if let origin = planned.origin {
            json.key("file")
            json.string(paths[Int(origin.file)])
            json.key("line")
            json.integer(Int(origin.line))
        }
        json.key("action")
        switch planned.change {
        case .create: json.string("create")
        case .delete: json.string("delete")
        case .unchanged: json.string("none")
        case .conflict(let reason):
            json.string("conflict")
            json.key("reason")
            json.string(reason)
        case .update:
            json.string("update")
            if let expiry = planned.expiry {
                json.key("expires_in_ms")
                json.integer(expiry)
            }
            json.key("members")
            json.beginArray()
            for member in planned.members {
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
        Console.write(
            (hasShown ? ",\n" : beginning + "\n") + String(decoding: json.bytes, as: UTF8.self))
    }

    private func write(_ counts: ChangeCounts, to json: inout JSONWriter) {
        json.beginObject()
        json.key("create")
        json.integer(counts.created)
        json.key("update")
        json.integer(counts.updated)
        json.key("delete")
        json.integer(counts.deleted)
        json.key("unchanged")
        json.integer(counts.unchanged)
        json.key("conflict")
        json.integer(counts.conflicts)
        json.endObject()
    }

    // MARK: - Markdown

    private func writeMarkdown(_ planned: PlannedChange, _ kind: String) {
        if shownKind != kind {
            Console.write(
                (hasShown ? "\n" : "")
                    + "### \(kind)\n\n| | entity | row | what |\n| --- | --- | --- | --- |\n")
        }
        let what =
            switch planned.change {
            case .create: "new"
            case .delete: "deleted"
            case .update:
                ([Self.expiry(planned)].compactMap { $0 }
                    + planned.members.map {
                        "\(Self.code($0.name)): \(Self.code(shown($0.stored))) → \(Self.code(shown($0.wanted)))"
                    })
                    .joined(separator: "; ")
            case .conflict(let reason): Self.code(reason)
            case .unchanged: ""
            }
        let mark = Self.mark(planned.change).mark
        let label = planned.label.map { "\(Self.code($0)) " } ?? ""
        let place = place(planned)
        Console.write(
            "| \(mark) | \(label)\(Self.code("\(planned.key)")) | \(place.isEmpty ? "" : Self.code(place)) | \(what) |\n"
        )
    }

    /// A span of code, in which nothing is markup, a link or a mention, and that does not end a cell of a table.
    private static func code(_ text: String) -> String {
        let escaped = PlainText.escaped(text).replacing("|", with: "\\|")
        let longest = escaped.split(separator: /[^`]+/).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        return longest == 0 ? fence + escaped + fence : "\(fence) \(escaped) \(fence)"
    }
}
