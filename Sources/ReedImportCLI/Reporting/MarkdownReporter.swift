import ConfigImport
import GraphSync
import RedisStore
import UCG

/// Markdown for the description of a pull request: a table of changes for each kind.
struct MarkdownReporter: Reporter {
    /// The kind whose changes are being printed.
    private var shownKind: String?

    mutating func report(_ planned: PlannedChange, in plan: PlanHeading) {
        let kind = planned.kindName
        if shownKind != kind {
            Console.write(
                (shownKind == nil ? "" : "\n")
                    + "### \(kind)\n\n| | entity | row | what |\n| --- | --- | --- | --- |\n")
        }
        shownKind = kind
        let label = planned.label.map { "\(Self.code($0)) " } ?? ""
        let place = plan.place(planned)
        let row = place.isEmpty ? "" : Self.code(place)
        Console.write(
            "| \(planned.mark) | \(label)\(Self.code("\(planned.key)")) | \(row) | \(Self.words(planned)) |\n"
        )
    }

    mutating func finish(_ plan: SyncPlan, in heading: PlanHeading) {
        let target = Self.code(heading.target.description)
        let keys = plan.graphKeys.sentence.map { "Graph keys: \(Self.code($0))\n\n" } ?? ""
        Console.write((shownKind == nil ? "" : "\n") + "**\(plan.sentence)**\n\n\(keys)Target: \(target)\n")
    }

    private static func words(_ planned: PlannedChange) -> String {
        switch planned.change {
        case .create: return "new"
        case .delete: return "deleted"
        case .update:
            let members = planned.members.map {
                "\(code($0.name)): \(code($0.stored.shown)) → \(code($0.wanted.shown))"
            }
            return ([planned.shownExpiry].compactMap { $0 } + members).joined(separator: "; ")
        case .conflict(let reason): return code(reason)
        case .unchanged: return ""
        }
    }

    /// A span of code, in which nothing is markup, a link or a mention, and that does not end a cell of a table.
    static func code(_ text: String) -> String {
        let escaped = PlainText.escaped(text).replacing("|", with: "\\|")
        let longest = escaped.split(separator: /[^`]+/).map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        return longest == 0 ? fence + escaped + fence : "\(fence) \(escaped) \(fence)"
    }
}
