import ArgumentParser

/// The formats in which a command can print its results.
protocol ReportFormat: RawRepresentable<String>, ExpressibleByArgument, CaseIterable {}

extension ReportFormat {
    /// What prints in this format.
    var reporter: any Reporter {
        switch rawValue {
        case "json": JSONReporter()
        case "markdown": MarkdownReporter()
        case "github": GitHubReporter()
        default: TextReporter()
        }
    }
}

/// How the result of a check or an import is printed.
enum SummaryFormat: String, ReportFormat {
    case text, json
    /// Annotations for GitHub Actions: problems at their lines, and one line of numbers.
    case github
}

/// How a plan is printed.
enum PlanFormat: String, ReportFormat {
    /// For a terminal, like a diff.
    case text
    /// For a program: one object.
    case json
    /// For a pull request.
    case markdown
    /// Annotations for GitHub Actions: conflicts at their lines, and one line of numbers.
    case github
}

/// How a list is printed.
enum ListFormat: String, ReportFormat {
    case text, json
}
