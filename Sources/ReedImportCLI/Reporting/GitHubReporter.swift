import CSV
import ConfigImport
import GraphSync
import RedisStore
import UCG

/// Annotations for GitHub Actions: problems at their lines, and one line of numbers.
struct GitHubReporter: Reporter {
    func report(_ issues: [Issue]) {
        for issue in issues {
            let field = issue.field.map { "\(PlainText.escaped($0)): " } ?? ""
            Console.write(
                Annotation.line(
                    issue.severity.rawValue, path: PlainText.escaped(issue.path), line: issue.position.line,
                    column: issue.position.column, message: "\(field)\(issue.reason) [\(issue.code.rawValue)]"
                ))
        }
    }

    func report(_ summary: Summary) {
        let counts = summary.total.counts
        var sentence = "\(counts.entities) entities of \(counts.rows) rows in \(count(counts.files, "file"))"
        if let changes = summary.total.changes {
            sentence += ": " + changes.done.map { "\($0.value) \($0.name)" }.joined(separator: ", ")
            if let target = summary.outcome.target {
                sentence += "; target: \(PlainText.escaped(target.description))"
            }
        }
        Console.write(Annotation.notice(sentence))
    }

    mutating func report(_ planned: PlannedChange, in plan: PlanHeading) {
        guard case .conflict(let reason) = planned.change, let origin = planned.origin else { return }
        Console.write(
            Annotation.line(
                "error", path: plan.paths[Int(origin.file)], line: Int(origin.line),
                message: PlainText.escaped("\(planned.key): \(reason)")))
    }

    mutating func finish(_ plan: SyncPlan, in heading: PlanHeading) {
        Console.write(
            Annotation.notice("\(plan.sentence); target: \(PlainText.escaped(heading.target.description))"))
    }
}
