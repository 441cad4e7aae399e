package import CSV

/// One problem in the configuration: where it is, and what to do about it.
///
///     print(issue.summary)  // themes.csv:3:2: error: no theme is named 'x' [unknown-reference]
package struct Issue: Hashable, Sendable {
    /// How bad it is.
    package enum Severity: String, Hashable, Sendable {
        /// Nothing is imported.
        case error
        /// The import goes on.
        case warning
    }

    /// How bad it is.
    package var severity: Severity
    /// What kind of problem it is.
    package var code: IssueCode
    /// The file, as the user would open it.
    package var path: String
    /// Where in the file.
    package var position: CSVPosition
    /// The name of the field as the header has it; `nil` if it concerns no single field.
    package var field: String?
    /// What was found, what was expected, what to do.
    ///
    /// Text from files is escaped in it.
    package var reason: String
    /// What to do about it, if `reason` does not say so.
    package var help: String?

    /// The setting that can make it go away.
    package var setting: Setting?

    /// A setting of the import that an issue depends on.
    package enum Setting: Hashable, Sendable {
        /// The file seems to have this delimiter.
        case delimiter(UInt8)
        /// Unknown columns can be kept as text.
        case keepsColumns
        /// Longer fields can be allowed.
        case fieldBytes
        /// Longer records can be allowed.
        case recordBytes
        /// More columns can be allowed.
        case columns
    }

    /// What of the file is shown with it.
    package var excerpt = Excerpt.field

    /// What of a file is shown with an issue.
    package enum Excerpt: Hashable, Sendable {
        /// The line, with the whole field underlined that begins at the position.
        case field
        /// The line, with a caret below the position.
        case byte
        /// Nothing: the file's name is meant, not its content.
        case none
    }

    /// `PATH:LINE:COLUMN: error: FIELD: TEXT [code]`.
    package var summary: String {
        let field = field.map { "\(PlainText.escaped($0)): " } ?? ""
        return
            "\(PlainText.escaped(path)):\(position): \(severity.rawValue): \(field)\(reason) [\(code.rawValue)]"
    }
}

extension Issue {
    /// A fault of CSV itself, in the file at `path`.
    package init(_ fault: CSVError, path: String, field: String? = nil) {
        self.init(
            severity: .error, code: IssueCode(fault.code), path: path, position: fault.position, field: field,
            reason: fault.reason, help: fault.help, setting: Self.setting(of: fault), excerpt: .byte)
    }

    private static func setting(of fault: CSVError) -> Setting? {
        switch fault.code {
        case .fieldTooLong: .fieldBytes
        case .recordTooLong: .recordBytes
        case .tooManyColumns: .columns
        default: fault.likelyDelimiter.map { .delimiter($0) }
        }
    }
}

extension Issue: Comparable {
    /// By the bytes of the path, then line, then column, then text.
    package static func < (left: Issue, right: Issue) -> Bool {
        if left.path != right.path { return left.path.utf8.lexicographicallyPrecedes(right.path.utf8) }
        if left.position != right.position { return left.position < right.position }
        return left.reason.utf8.lexicographicallyPrecedes(right.reason.utf8)
    }
}
