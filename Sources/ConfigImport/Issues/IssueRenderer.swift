import CSV
import SystemSupport

/// Prints issues as a compiler does, each with the line it is in.
///
///     let renderer = IssueRenderer(delimiter: UInt8(ascii: ","))
///     for file in check.log.byFile { print(renderer.text(of: file)) }
package struct IssueRenderer {
    private let delimiter: UInt8?
    private let help: (Issue) -> String?

    /// A renderer for files with this delimiter; `nil` if it was detected.
    ///
    /// - Parameter help: The suggested fix for an issue, in the words of the caller's interface.
    package init(delimiter: UInt8?, help: @escaping (Issue) -> String? = \.help) {
        self.delimiter = delimiter
        self.help = help
    }

    /// The text of one file's issues, every line ended.
    ///
    /// The file is read again for its lines.
    package func text(of file: IssueLog.FileIssues) -> String {
        let shown = file.issues.filter { $0.excerpt != .none }
        let excerpts = SourceExcerpts(
            of: file.path, at: Set(shown.map(\.position)), delimiter: delimiter)
        var text = ""
        for issue in file.issues {
            text += issue.summary + "\n"
            if issue.excerpt != .none {
                text += excerpts.text(
                    at: issue.position, coversField: issue.excerpt == .field && issue.field != nil)
            }
            if let help = help(issue) {
                // Below the bar of the excerpt.
                let margin = String(repeating: " ", count: String(issue.position.line).count + 3)
                text += "\(margin)= help: \(help)\n"
            }
        }
        let omitted = [(file.omittedErrors, "error"), (file.omittedWarnings, "warning")]
            .filter { $0.0 > 0 }.map { "\($0.0) more \($0.1.counted($0.0))" }
        if !omitted.isEmpty {
            text += "\(PlainText.escaped(file.path)): \(omitted.joined(separator: " and ")), not shown\n"
        }
        return text
    }
}
