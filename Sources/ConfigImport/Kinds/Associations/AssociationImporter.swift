import CSV
import UCG

/// Associations: both ends exist, a child has one parent, and nothing contains itself.
struct AssociationImporter: KindImporter {
    /// The numbers of rows and entities.
    private(set) var counts = KindCounts()
    private var placements = Placements()
    /// The names that rows of `entities.csv` declare.
    private var names = SemanticNames()

    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        names = pass.semanticNames
        guard var rows = try pass.open(file, AssociationLayout.choose) else { return }
        let columns = AssociationColumns(
            rows.columns, names: names, existing: pass.options.existing)
        while try pass.next(&rows) {
            let child = columns.child(rows.record)
            if columns.isByName, let child, let name = columns.entityID.text(rows.record) {
                placements.add(child, name: name, path: columns.pathID(rows.record))
                if pass.keepsInstanceTypes, let type = columns.entityType.validText(rows.record) {
                    pass.instanceTypes[child] = type
                }
            } else if columns.isByName {
                // The row is faulty; what it means to define must not lead to further errors.
                for cell in [columns.entityID, columns.path] {
                    if let text = cell.text(rows.record) { pass.recordLost(text) }
                }
            }
            // Without a path, the by-name form has an id only when all rows are known.
            guard !columns.isByName || columns.path.isGiven(rows.record) else { continue }
            defineRow(rows.record, columns: columns, of: file, &pass)
        }
        pass.finish(rows, counting: &counts)
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

    mutating func resolve(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        var again = RereadPass(pass.options)
        guard var rows = try again.open(file, AssociationLayout.choose) else { return }
        let columns = AssociationColumns(
            rows.columns, names: names, existing: pass.options.existing)
        let check = AssociationCheck(columns: columns, path: file.path)
        var containers = Containers()
        while try again.next(&rows) {
            if columns.isByName, !columns.path.isGiven(rows.record) {
                defineRow(rows.record, columns: columns, of: file, &pass)
            }
            let parent = columns.parent(rows.record, placements)
            if columns.isByName {
                check.type(rows.record, &pass)
                if let child = columns.child(rows.record), !pass.identities.contains(child) {
                    pass.undeclared.insert(child)
                }
                check.parentPath(of: rows.record, parent: parent, placements: placements, &pass)
            } else {
                check.reference(columns.parentID, of: rows.record, &pass)
                check.reference(columns.childID, of: rows.record, &pass)
            }
            check.path(rows.record, &pass)
            guard case .entity(let parent) = parent, let child = columns.child(rows.record),
                columns.isContainment(rows.record)
            else { continue }
            check.child(child, in: parent, of: rows.record, &pass)
            if let other = containers.add(child, in: parent, rows.origin) {
                let cell = columns.isByName ? columns.parentPath : columns.parentID
                pass.log.add(
                    .error, .secondParent, in: file.path, at: cell.position(rows.record), field: cell.name,
                    reason: "\(PlainText.quoted(columns.childText(rows.record) ?? "")) has another "
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
        var again = RereadPass(pass.options)
        guard var rows = try again.open(file, AssociationLayout.choose) else { return }
        while try again.next(&rows) {
            guard let child = columns.child(rows.record), names[child] == nil, cell.isGiven(rows.record),
                columns.isContainment(rows.record)
            else { continue }
            names[child] = columns.childText(rows.record)
            positions[child] = cell.position(rows.record)
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
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        guard var rows = try pass.open(file, AssociationLayout.choose) else { return }
        let columns = AssociationColumns(
            rows.columns, names: names, existing: pass.options.existing)
        while try pass.next(&rows) {
            guard let id = columns.id(rows.record, placements), let child = columns.child(rows.record) else {
                throw InputError.changed(file.path)
            }
            var entity = Entity(type: .association, id: id, origin: rows.origin)
            entity.data.beginObject()
            columns.binding.write(rows.record, to: &entity.data) {
                (member: AssociationLayout.Derived, key, json) in
                write(member, key: key, record: rows.record, columns: columns, child: child, to: &json)
            }
            entity.data.endObject()
            try emit(entity)
        }
    }

    private func write(
        _ member: AssociationLayout.Derived, key: Span<UInt8>, record: borrowing CSVRecord,
        columns: AssociationColumns,
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
        }
    }
}
