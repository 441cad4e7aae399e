import CSV
import UCG

/// `associations.csv`: the edges of the graph, one a row.
struct AssociationImporter {
    /// How many rows and entities there are.
    private(set) var counts = KindCounts()
    private var placements = Placements()

    /// First reading: what the rows define.
    mutating func define(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        var rows = try pass.open(file)
        guard let binding = pass.bind(rows, AssociationLayout.choose) else { return }
        let columns = AssociationColumns(binding)
        while try rows.next(&pass.log) {
            _ = binding.check(rows.reader.record, &pass.log)
            let child = columns.child(rows.reader.record)
            if columns.isByName, let child, let name = columns.entityID.text(rows.reader.record) {
                placements.add(child, name: name, path: columns.pathID(rows.reader.record))
            } else if columns.isByName {
                // The row is faulty; what it means to define is no reason for further errors.
                for cell in [columns.entityID, columns.path] {
                    if let text = cell.text(rows.reader.record) { pass.noteLost(text) }
                }
            }
            // Without a path, the by-name form has an id only when all rows are known.
            guard !columns.isByName || columns.path.isGiven(rows.reader.record) else { continue }
            defineRow(rows.reader.record, columns: columns, of: file, &pass)
        }
        counts.rows += rows.rowCount
        pass.finish(rows)
    }

    private mutating func defineRow(
        _ record: borrowing CSVRecord, columns: AssociationColumns, of file: ConfigFile,
        _ pass: inout CheckPass
    ) {
        if !columns.path.isGiven(record), !pass.options.allowsDangling {
            // An unknown parent is an error of its own, and says nothing about identity.
            switch columns.parent(record, placements) {
            case .unknown, .ambiguous: return
            case .root, .entity: break
            }
        }
        guard let id = columns.id(record, placements) else { return }
        let (cell, what) =
            columns.path.text(record).map { (columns.path, "the path \(PlainText.quoted($0))") }
            ?? (columns.isByName ? columns.entityID : columns.childID, "this association")
        if pass.define(
            id, EntityOrigin(file: file.index, line: record.line), at: cell.position(record),
            field: cell.name,
            what: what)
        {
            counts.entities += 1
        }
    }

    /// Second reading: whether what the rows refer to is defined.
    mutating func resolve(
        _ file: ConfigFile, _ pass: inout CheckPass, snippets: SnippetImporter, themes: ThemeImporter
    ) throws(InputError) {
        var reported = IssueLog()  // what the first reading reported already
        var rows = try RowReader.open(file, options: pass.options, log: &reported)
        guard rows.hasHeader, let layout = AssociationLayout.choose(rows, &reported),
            let binding = ColumnBinding(layout, of: rows, log: &reported)
        else { return }
        let columns = AssociationColumns(binding)
        let check = AssociationCheck(columns: columns, path: file.path, snippets: snippets, themes: themes)
        var containers = Containers()
        while try rows.next(&reported) {
            if columns.isByName, !columns.path.isGiven(rows.reader.record) {
                defineRow(rows.reader.record, columns: columns, of: file, &pass)
            }
            let parent = columns.parent(rows.reader.record, placements)
            if columns.isByName {
                check.type(rows.reader.record, &pass)
                check.parentPath(of: rows.reader.record, parent: parent, placements: placements, &pass)
            } else {
                check.reference(columns.parentID, of: rows.reader.record, &pass)
                check.reference(columns.childID, of: rows.reader.record, &pass)
            }
            check.path(rows.reader.record, &pass)
            guard case .entity(let parent) = parent, let child = columns.child(rows.reader.record),
                columns.isContainment(rows.reader.record)
            else { continue }
            let origin = EntityOrigin(file: rows.file.index, line: rows.reader.record.line)
            if let other = containers.add(child, in: parent, origin) {
                let cell = columns.isByName ? columns.parentPath : columns.parentID
                pass.log.add(
                    .error, .secondParent, in: file.path, at: cell.position(rows.reader.record),
                    field: cell.name,
                    reason: "\(PlainText.quoted(columns.childText(rows.reader.record) ?? "")) has another "
                        + "parent that contains it, at \(pass.place(other))")
            }
        }
        try reportCycles(containers, of: file, columns: columns, &pass)
    }

    /// Reports each cycle of containers at its first row, with the names that a further reading finds.
    private func reportCycles(
        _ containers: Containers, of file: ConfigFile, columns: AssociationColumns, _ pass: inout CheckPass
    ) throws(InputError) {
        let cycles = containers.cycles
        guard !cycles.isEmpty else { return }
        var names: [EntityID: String] = [:]
        var positions: [EntityID: CSVPosition] = [:]
        let cell = columns.isByName ? columns.parentPath : columns.parentID
        var reported = IssueLog()
        var rows = try RowReader.open(file, options: pass.options, log: &reported)
        while try rows.next(&reported) {
            guard let child = columns.child(rows.reader.record), names[child] == nil,
                cell.isGiven(rows.reader.record), columns.isContainment(rows.reader.record)
            else { continue }
            names[child] = columns.childText(rows.reader.record)
            positions[child] = cell.position(rows.reader.record)
        }
        for cycle in cycles {
            guard let position = positions[cycle[0]] else { continue }
            let path = (cycle + [cycle[0]]).reversed().map { PlainText.escaped(names[$0] ?? $0.description) }
            pass.log.add(
                .error, .cycle, in: file.path, at: position, field: cell.name,
                reason: "an entity cannot contain itself: " + path.joined(separator: " -> "))
        }
    }
}

// The second pass.
extension AssociationImporter {
    func build(
        _ file: ConfigFile, options: ImportOptions, emit: (borrowing Entity) throws -> Void
    ) throws {
        var pass = BuildPass(options)
        var rows = try pass.open(file)
        guard let binding = try pass.bind(rows, AssociationLayout.choose) else { return }
        let columns = AssociationColumns(binding)
        while try pass.next(&rows, binding) {
            guard let id = columns.id(rows.reader.record, placements),
                let child = columns.child(rows.reader.record)
            else { throw InputError.changed(file.path) }
            var entity = Entity(
                type: .association, id: id,
                origin: EntityOrigin(file: rows.file.index, line: rows.reader.record.line))
            entity.data.beginObject()
            binding.write(rows.reader.record, to: &entity.data) { member, key, json in
                write(member, key: key, record: rows.reader.record, columns: columns, child: child, to: &json)
            }
            entity.data.endObject()
            try emit(entity)
        }
    }

    private func write(
        _ member: DerivedMember, key: Span<UInt8>, record: borrowing CSVRecord, columns: AssociationColumns,
        child: EntityID, to json: inout JSONWriter
    ) {
        switch member {
        case .parentID:
            json.key(key)
            if case .entity(let id) = columns.parent(record, placements) { json.id(id) } else { json.null() }
        case .childID:
            json.key(key)
            json.id(child)
        case .depth:
            guard let path = columns.path.text(record) else { return }
            json.key(key)
            json.integer(path.utf8.count { $0 == UInt8(ascii: ".") })
        case .parent:
            json.key(key)
            if let parent = columns.parentPath.text(record) { json.string(parent) } else { json.null() }
        default:
            return
        }
    }
}
