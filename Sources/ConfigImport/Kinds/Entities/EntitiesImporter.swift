import CSV
import UCG

/// Entities of any type: each row names its type, and gives an id or a name that it is derived from.
struct EntitiesImporter: KindImporter {
    private(set) var counts = KindCounts()
    /// The types that rows name, in the order in which they come.
    private var foundTypes: [EntityType] = []
    /// The line of each entity, and the index of its type among the found ones.
    private var lines: [UInt32] = []
    private var typeOfLine: [UInt32] = []

    var types: [EntityType]? { foundTypes.sorted { $0.rawValue < $1.rawValue } }

    func type(ofEntityFrom origin: EntityOrigin) -> EntityType? {
        var (low, high) = (0, lines.count)
        while low < high {
            let middle = (low + high) / 2
            if lines[middle] < origin.line { low = middle + 1 } else { high = middle }
        }
        return low < lines.count && lines[low] == origin.line ? foundTypes[Int(typeOfLine[low])] : nil
    }
}

// The first pass.
extension EntitiesImporter {
    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        guard var rows = try pass.open(file, { _, _ in EntitiesColumns.layout }) else { return }
        let columns = EntityRow(rows.columns)
        var indices: [EntityType: Int] = [:]
        while try pass.next(&rows) {
            guard let type = columns.type(rows.record) else { continue }
            pass.semanticNames.add(type)
            columns.checkData(rows.record, of: type, in: file.path, &pass)
            guard let id = columns.id(rows.record, of: type) else {
                if !columns.hasIdentity(rows.record) {
                    pass.log.add(
                        .error, .missingValue, in: file.path, at: rows.record.position(of: 0),
                        reason: "neither an id nor a semantic_name; give one of them")
                }
                continue
            }
            let cell = columns.identityCell(rows.record)
            guard
                pass.define(
                    id, rows.origin, at: cell.position(rows.record), field: cell.name,
                    what: "the entity \(PlainText.quoted(cell.text(rows.record) ?? ""))")
            else { continue }
            if let name = columns.name(rows.record), !pass.semanticNames.add(name, of: type, id: id) {
                pass.log.add(
                    .error, .duplicate, in: file.path, at: columns.nameCell.position(rows.record),
                    field: columns.nameCell.name,
                    reason: "another \(type) is called \(PlainText.quoted("$" + name)) already")
            }
            if pass.keepsInstanceTypes { pass.instanceTypes[id] = type.rawValue }
            let index = indices[type] ?? foundTypes.count
            if index == foundTypes.count {
                indices[type] = index
                foundTypes.append(type)
            }
            lines.append(rows.origin.line)
            typeOfLine.append(UInt32(clamping: index))
            counts.entities += 1
        }
        pass.finish(rows, counting: &counts)
    }
}

// The second pass.
extension EntitiesImporter {
    func build(
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        guard var rows = try pass.open(file, { _, _ in EntitiesColumns.layout }) else { return }
        let columns = EntityRow(rows.columns)
        while try pass.next(&rows) {
            guard let type = columns.type(rows.record) else { throw InputError.changed(file.path) }
            guard types.contains(type) else { continue }
            guard let id = columns.id(rows.record, of: type) else { throw InputError.changed(file.path) }
            var entity = Entity(
                type: type, id: id, semanticName: columns.nameCell.text(rows.record), origin: rows.origin)
            entity.createdAt = columns.time(rows.record)
            entity.createdBy = columns.author(rows.record)
            var isWhole = true
            entity.data.beginObject()
            rows.columns.write(rows.record, to: &entity.data) { (_: EntitiesColumns.Derived, _, json) in
                isWhole = columns.writeData(rows.record, to: &json)
            }
            entity.data.endObject()
            guard isWhole else { throw InputError.changed(file.path) }
            try emit(entity)
        }
    }
}
