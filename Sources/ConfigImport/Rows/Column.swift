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

/// The columns of one form of a file, and what is made of them.
///
/// The elements stand in the order of the members in `data`. Unknown columns
/// follow them, as strings under their header names.
struct Layout: Sendable {
    enum Element: Sendable {
        /// A column; it is written here if it has a member.
        case column(Column)
        /// A member that the importer makes itself.
        case derived(DerivedMember)
        /// A member that is an object of members.
        case object(String, [Element])
    }

    let elements: [Element]
    /// Columns that this form writes like unknown ones, under their header names.
    let passedOn: [Column]
    /// Further member names that no unknown column may have.
    let reserved: [String]

    init(_ elements: [Element], passedOn: [Column] = [], reserved: [String] = []) {
        self.elements = elements
        self.passedOn = passedOn
        self.reserved = reserved
    }

    /// All columns that it knows.
    var columns: [Column] { Self.columns(of: elements) + passedOn }

    /// The names of the members that it writes in addition to unknown columns.
    var memberNames: [String] {
        reserved
            + elements.compactMap { element in
                switch element {
                case .column(let column): column.member
                case .derived(let member): member.rawValue
                case .object(let member, _): member
                }
            }
    }

    private static func columns(of elements: [Element]) -> [Column] {
        elements.flatMap { element -> [Column] in
            switch element {
            case .column(let column): [column]
            case .derived: []
            case .object(_, let inner): columns(of: inner)
            }
        }
    }
}

/// A member that an importer makes itself, by its name in `data`.
enum DerivedMember: String, Sendable {
    case parentID = "parent_id"
    case chain
    case childID = "child_id"
    case depth
    case parent
    case `default`
    case key
    case locale
    case layer
    case scope
    case value
    case placeholders
}
