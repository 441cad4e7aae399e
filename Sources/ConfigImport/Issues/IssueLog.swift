import CSV

/// The problems of a run, in the order of the files' bytes.
///
/// Of each file it keeps the first hundred errors and the first hundred
/// warnings, and counts the rest.
///
///     for file in check.log.byFile {
///         for issue in file.issues { print(issue.summary) }
///     }
package struct IssueLog: Sendable {
    /// The most issues of one severity that are kept for a file.
    package static let limit = 100

    private struct Bucket {
        var kept: [Issue] = []
        var count = 0

        mutating func add(_ issue: Issue) {
            count += 1
            kept.append(issue)
            if kept.count >= 2 * limit { trim() }
        }

        mutating func trim() {
            kept.sort()
            kept.removeLast(max(0, kept.count - limit))
        }
    }

    private var files: [String: (errors: Bucket, warnings: Bucket)] = [:]
    private let isStrict: Bool

    /// An empty log; with `strict` every warning is an error.
    package init(strict: Bool = false) { isStrict = strict }

    /// The number of errors.
    package private(set) var errorCount = 0
    /// The number of warnings.
    package private(set) var warningCount = 0

    /// Whether a further issue of this file would be shown, if it comes after all others.
    ///
    /// If not, its text need not be worked out.
    func showsMore(_ severity: Issue.Severity, of path: String) -> Bool {
        guard let buckets = files[path] else { return true }
        let isError = isStrict || severity == .error
        return (isError ? buckets.errors : buckets.warnings).count < Self.limit
    }

    /// Adds an issue.
    package mutating func add(_ issue: Issue) {
        var issue = issue
        if isStrict { issue.severity = .error }
        switch issue.severity {
        case .error:
            errorCount += 1
            files[issue.path, default: (Bucket(), Bucket())].errors.add(issue)
        case .warning:
            warningCount += 1
            files[issue.path, default: (Bucket(), Bucket())].warnings.add(issue)
        }
    }

    mutating func add(
        _ severity: Issue.Severity, _ code: IssueCode, in path: String, at position: CSVPosition,
        field: String? = nil, excerpt: Issue.Excerpt = .field, reason: String
    ) {
        add(
            Issue(
                severity: severity, code: code, path: path, position: position, field: field,
                reason: reason, excerpt: excerpt))
    }

    /// The issues of one file: those kept, and how many were not.
    package struct FileIssues: Sendable {
        /// The file, as the user would open it.
        package var path: String
        /// The issues to show, by line and column.
        package var issues: [Issue]
        /// Whether it is the name that is wrong.
        var isAboutNames: Bool { issues.contains { $0.severity == .error && $0.excerpt == .none } }
        /// The number of further errors.
        package var omittedErrors: Int
        /// The number of further warnings.
        package var omittedWarnings: Int
    }

    /// The issues of every file that has any, in the order of the paths' bytes.
    package var byFile: [FileIssues] {
        files.map { path, buckets in
            var (errors, warnings) = buckets
            errors.trim()
            warnings.trim()
            return FileIssues(
                path: path, issues: (errors.kept + warnings.kept).sorted(),
                omittedErrors: errors.count - errors.kept.count,
                omittedWarnings: warnings.count - warnings.kept.count)
        }
        .sorted { left, right in
            // What is wrong with names of files and folders is why other things are not found.
            if left.isAboutNames != right.isAboutNames { return left.isAboutNames }
            return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
    }
}
