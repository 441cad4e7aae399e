import ConfigImport
import Glibc
import GraphSync
import RedisProtocol
import RedisStore
import SystemSupport
import UCG

/// Text for a terminal: tables, and plans like a diff.
struct TextReporter: Reporter {
    private let isColoured: Bool
    /// The kind whose changes are being printed.
    private var shownKind: String?

    init() {
        // Sound: getenv answers NULL or a NUL-terminated string; only whether it is NULL counts.
        let isPlain = unsafe getenv("NO_COLOR") != nil
        isColoured = isatty(STDOUT_FILENO) == 1 && !isPlain
    }

    // MARK: - Summaries

    func report(_ summary: Summary) {
        let hasResult = summary.outcome.result != nil
        let heading =
            ["kind", "files", "rows", "entities"]
            + (hasResult ? ChangeCounts().done.map(\.name) : []) + ["seconds"]
        let rows = (summary.lines + [summary.total]).map { line in
            let numbers =
                [line.counts.files, line.counts.rows, line.counts.entities]
                + (line.changes?.done.map(\.value) ?? [])
            return [line.name] + numbers.map(String.init) + [line.counts.duration.secondsText]
        }
        let sides = [Table.Side.left] + Array(repeating: .right, count: heading.count - 1)
        Console.write(Table.text([heading] + rows, sides) + sentences(summary))
    }

    private func sentences(_ summary: Summary) -> String {
        var text = ""
        if let result = summary.outcome.result {
            let changes = count(result.total.changed, "change")
            switch result.visibility {
            case .unchanged: text += "no changes"
            case .atomic: text += "\(changes) in one transaction"
            case .batches: text += "\(changes) in batches"
            }
            text += "; \(humanSize(summary.byteCount)), \(summary.entitiesPerSecond) entities/s\n"
            if result.adopted > 0 {
                text +=
                    "\(count(result.adopted, "entity", plural: "entities")) taken over from other sources\n"
            }
        }
        if let keys = summary.outcome.result?.graphKeys.sentence { text += "graph keys: \(keys)\n" }
        if let target = summary.outcome.target {
            text += "target: \(PlainText.escaped(target.description))\n"
        }
        if !summary.existing.isEmpty {
            let names = PlainText.list(summary.existing, count: summary.existing.count)
            text += "existing: \(names) in Redis\n"
        }
        if let verified = summary.outcome.verified {
            text += "verified: \(verified) entities read back and compared\n"
        }
        return text
    }

    // MARK: - Plans

    mutating func report(_ planned: PlannedChange, in plan: PlanHeading) {
        let kind = planned.kindName
        if shownKind != kind { Console.write((shownKind == nil ? "" : "\n") + kind + "\n") }
        shownKind = kind
        let words = ["\(planned.mark) \(planned.key)", planned.label ?? "", plan.place(planned)]
        let line = words.filter { !$0.isEmpty }.map(PlainText.escaped).joined(separator: "  ")
        let colour = Self.colour(planned.change)
        Console.write("  " + (isColoured ? "\u{1B}[\(colour)m\(line)\u{1B}[0m" : line) + "\n")
        switch planned.change {
        case .update:
            if let expiry = planned.shownExpiry { Console.write("      \(expiry)\n") }
            for member in planned.members {
                let name = PlainText.escaped(member.name)
                Console.write("      \(name): \(member.stored.shown) -> \(member.wanted.shown)\n")
            }
        case .conflict(let reason): Console.write("      \(PlainText.escaped(reason))\n")
        case .create, .delete, .unchanged: break
        }
    }

    mutating func finish(_ plan: SyncPlan, in heading: PlanHeading) {
        if shownKind != nil { Console.write("\n") }
        if let keys = plan.graphKeys.sentence { Console.write("Graph keys: \(keys)\n") }
        Console.write("Target: \(PlainText.escaped(heading.target.description))\n\(plan.sentence)\n")
    }

    private static func colour(_ change: Change) -> Int {
        switch change {
        case .create: 32
        case .update: 33
        case .delete: 31
        case .conflict, .unchanged: 35
        }
    }

    // MARK: - Sources

    func report(_ sources: [SourceStatus], on address: RedisAddress) {
        var lines = [["source", "finished", "age", "entities", "changes", "seconds", "host", "state"]]
        for source in sources {
            let last = source.last
            let state =
                source.lock.map { "import running since \($0.start) on \($0.host)/\($0.process)" } ?? "idle"
            lines.append(
                [
                    source.name, last.finished?.description ?? "never", source.ageText,
                    String(last.entities), String(last.counts.changed), last.seconds, last.host, state,
                ].map(PlainText.escaped))
        }
        let sides: [Table.Side] = [.left, .left, .right, .right, .right, .right, .left, .left]
        Console.write("\(PlainText.escaped(address.description))\n\n" + Table.text(lines, sides))
    }
}
