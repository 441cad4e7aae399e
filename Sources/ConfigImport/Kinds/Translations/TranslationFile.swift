import CSV
import UCG

/// One file while it is read: what its rows have in common, recreated only where the locale changes.
struct TranslationFile {
    let number: Int
    /// The number of its layer and scope.
    let group: Int
    /// Where its header begins.
    let header: CSVPosition
    /// The key of the row at hand.
    var key: [UInt8] = []
    /// What the name of the id begins with; the key comes next.
    private(set) var nameBeginning: [UInt8] = []
    /// `locale`, `layer` and `scope`.
    private(set) var members = JSONWriter()
    private let place: LayerPlace
    private var locale = -1

    /// What the rows of a file have in common.
    ///
    /// - Parameter group: The number of its layer and scope.
    init(of reader: borrowing RowReader, group: Int) {
        number = reader.file.index
        place = reader.file.place
        header = reader.headerPositions[0]
        self.group = group
    }

    /// Prepares for the locale of that number.
    ///
    /// - Returns: Whether it is another one than before.
    @discardableResult
    mutating func choose(_ number: Int, _ locales: LocaleTable) -> Bool {
        if number == locale { return false }
        locale = number
        let text = locales[number].rawValue
        var name = EntityName()
        name.begin(.translation)
        name.append(text)
        name.appendColon()
        name.append(place.layer.rawValue)
        name.appendColon()
        name.append(place.scope ?? "")
        name.appendColon()
        nameBeginning = name.bytes
        members.removeAll()
        members.key("locale")
        members.string(text)
        members.key("layer")
        members.string(place.layer.rawValue)
        members.key("scope")
        if let scope = place.scope { members.string(scope) } else { members.null() }
        return true
    }
}
