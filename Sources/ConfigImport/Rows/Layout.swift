/// The columns of one form of a file, and what is made of them.
///
/// The elements stand in the order of the members in `data`. Unknown columns
/// follow them, as strings under their header names.
struct Layout: Sendable {
    enum Element: Sendable {
        /// A column; it is written here if it has a member.
        case column(Column)
        /// A member that the importer makes itself, by its name and its number in the importer's enumeration.
        case derived(String, Int)
        /// A member that is an object of members.
        case object(String, [Element])

        /// A member that the importer makes itself.
        static func derived(_ member: some DerivedMember) -> Element {
            .derived(member.name, member.rawValue)
        }
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
                case .derived(let member, _): member
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

/// The members of `data` that an importer makes itself: an enumeration of its own, whose cases are numbered.
///
///     enum Derived: Int, DerivedMember {
///         case parentID
///         var name: String { "parent_id" }
///     }
protocol DerivedMember: RawRepresentable<Int>, Sendable {
    /// The name of the member.
    var name: String { get }
}
