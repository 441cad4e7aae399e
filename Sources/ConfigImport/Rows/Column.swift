import UCG

/// A column that an importer knows.
///
/// It is a class only to be cheap to hand around: it never changes.
final class Column: Sendable {
    /// Its name in the documents; a header may have it in any letter case.
    let name: String
    /// Other names for it.
    let aliases: [String]
    /// What its cells hold.
    let kind: ColumnKind
    /// Whether the header must have it, and every row a value.
    let isRequired: Bool
    /// Whether a row may have no value though the header must have the column.
    let mayBeAbsent: Bool
    /// What an empty cell, or a missing column, stands for.
    let ifAbsent: Absence
    /// The member of `data` that holds it; `nil` if it is not written as it is.
    let member: String?

    /// What is written for a value that is not given.
    enum Absence: Sendable {
        /// The member is left out.
        case omitted
        /// `null`.
        case null
        /// The value that this cell would give.
        case value(String)
    }

    init(
        _ name: String, aliases: [String] = [], _ kind: ColumnKind, isRequired: Bool = false,
        mayBeAbsent: Bool = false,
        ifAbsent: Absence = .omitted, as member: String? = nil
    ) {
        self.name = name
        self.aliases = aliases
        self.kind = kind
        self.isRequired = isRequired
        self.mayBeAbsent = mayBeAbsent
        self.ifAbsent = ifAbsent
        self.member = member
    }

    /// Whether a header's name, in lower case, means this column.
    func isCalled(_ name: String) -> Bool { self.name == name || aliases.contains(name) }
}
