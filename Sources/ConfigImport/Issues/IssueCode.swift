import CSV

/// What kind of problem an issue is.
///
/// Stable across releases: scripts match on it.
///
/// The faults of CSV itself have the codes of ``CSVError/Code``.
package struct IssueCode: RawRepresentable, Hashable, Sendable {
    /// The code as it is printed, for example `unknown-reference`.
    package let rawValue: String

    /// The code printed as `rawValue`.
    package init(rawValue: String) { self.rawValue = rawValue }

    init(_ code: CSVError.Code) { rawValue = code.rawValue }

    // Files.

    /// A file or folder whose name says nothing that could be imported.
    static let fileName = IssueCode(rawValue: "file-name")
    /// A folder of a theme or snippet that no row defines.
    static let unknownFolder = IssueCode(rawValue: "unknown-folder")

    // Headers.

    /// A column that looks like a known one, but for white space or invisible characters.
    static let lookAlike = IssueCode(rawValue: "look-alike")
    /// A column of a form of a file that keeps no column without being told to.
    static let unknownColumn = IssueCode(rawValue: "unknown-column")
    /// A column that is taken for a locale's, and may be something else.
    static let doubtfulLocale = IssueCode(rawValue: "doubtful-locale")
    /// A first line that names the delimiter, as spreadsheets write it.
    static let separatorLine = IssueCode(rawValue: "separator-line")
    /// Rows of delimiters only.
    static let emptyRow = IssueCode(rawValue: "empty-row")

    /// A column without a name.
    static let emptyColumn = IssueCode(rawValue: "empty-column")
    /// Two columns of the same name or meaning.
    static let repeatedColumn = IssueCode(rawValue: "repeated-column")
    /// A column that the file needs.
    static let missingColumn = IssueCode(rawValue: "missing-column")
    /// An unknown column with the name of a member that is written in its place.
    static let reservedColumn = IssueCode(rawValue: "reserved-column")
    /// Columns of two forms of the file, or of none.
    static let mixedColumns = IssueCode(rawValue: "mixed-columns")
    /// An unknown column whose name resembles a column that is not there.
    static let similarColumn = IssueCode(rawValue: "similar-column")
    /// The header again, as in files that were put together.
    static let repeatedHeader = IssueCode(rawValue: "repeated-header")

    // Values.

    /// An empty cell where a value is needed.
    static let missingValue = IssueCode(rawValue: "missing-value")
    /// A value that its column cannot hold.
    static let invalidValue = IssueCode(rawValue: "invalid-value")
    /// A value in a row that has no place for it.
    static let unexpectedValue = IssueCode(rawValue: "unexpected-value")
    /// A name that the system keeps for itself.
    static let reservedName = IssueCode(rawValue: "reserved-name")
    /// A field type or entity type that nothing declares.
    static let unknownType = IssueCode(rawValue: "unknown-type")
    /// A schema that is not one, or not one of its field's type.
    static let invalidSchema = IssueCode(rawValue: "invalid-schema")
    /// A default that does not fit its field's type or schema.
    static let invalidDefault = IssueCode(rawValue: "invalid-default")

    /// A member of an instance's data that its snippet has no field for.
    static let unknownMember = IssueCode(rawValue: "unknown-member")

    /// A value in an instance's data that breaks a rule of its field.
    static let rule = IssueCode(rawValue: "rule")
    /// An instance in a container whose snippet does not allow it.
    static let notAllowedChild = IssueCode(rawValue: "not-allowed-child")

    // Identities and references.

    /// The same thing defined twice.
    static let duplicate = IssueCode(rawValue: "duplicate")
    /// A reference that nothing satisfies.
    static let unknownReference = IssueCode(rawValue: "unknown-reference")
    /// A reference that several entities satisfy.
    static let ambiguousReference = IssueCode(rawValue: "ambiguous-reference")
    /// A path whose parent path is not in the file.
    static let missingParentPath = IssueCode(rawValue: "missing-parent-path")
    /// Keys or names that differ only in letter case, or in how characters are composed.
    static let similarKey = IssueCode(rawValue: "similar-key")
    /// A chain of themes that is longer than may be.
    static let tooDeep = IssueCode(rawValue: "too-deep")
    /// Themes or containers that lead back to themselves.
    static let cycle = IssueCode(rawValue: "cycle")
    /// A second container of one entity.
    static let secondParent = IssueCode(rawValue: "second-parent")

    // Translations.

    /// A translation of which no locale is known.
    static let missingLocale = IssueCode(rawValue: "missing-locale")
    /// Keys that a locale lacks.
    static let missingTranslation = IssueCode(rawValue: "missing-translation")
    /// Placeholders that differ between the locales of a key.
    static let placeholders = IssueCode(rawValue: "placeholders")
}
