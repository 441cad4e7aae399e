import CSV
import UCG

/// What one row of `associations.csv` may refer to.
struct AssociationCheck {
    let columns: AssociationColumns
    let path: String

    /// An instance's type is a snippet or a built-in type.
    func type(_ record: borrowing CSVRecord, _ pass: inout CheckPass) {
        guard let name = columns.entityType.validText(record) else { return }
        if AssociationLayout.builtInTypes.contains(name) { return }
        if columns.names.types.contains(where: { $0.rawValue == name }) { return }
        if pass.isBroken(.snippet) || pass.broken.contains(.entities) || pass.lostTexts.contains(name) {
            return
        }
        if pass.identities.contains(EntityName.id(.snippet, name)) { return }
        let reason =
            "no snippet is named \(PlainText.quoted(name)), no built-in type, and no type of entities.csv"
            + pass.suggestion(
                for: name,
                among: pass.names(of: .snippet) + AssociationLayout.builtInTypes
                    + columns.names.types.map(\.rawValue).sorted(), in: path)
        pass.log.add(
            .error, .unknownType, in: path, at: columns.entityType.position(record),
            field: columns.entityType.name,
            reason: reason)
    }

    /// A parent path names exactly one entity that the file places.
    func parentPath(
        of record: borrowing CSVRecord, parent: AssociationColumns.Parent, placements: Placements,
        _ pass: inout CheckPass
    ) {
        guard let text = columns.parentPath.validText(record) else { return }
        switch parent {
        case .root, .entity: return
        case .ambiguous:
            pass.log.add(
                .error, .ambiguousReference, in: path, at: columns.parentPath.position(record),
                field: columns.parentPath.name,
                reason:
                    "several entities are called \(PlainText.quoted(text)); give the path of the one that is meant"
            )
        case .unknown:
            if pass.isBroken(.association) || pass.lostTexts.contains(text) { return }
            reportUnknown(
                columns.parentPath, of: record, canDangle: true, &pass,
                reason: "no row has the path or entity_id \(PlainText.quoted(text))"
                    + pass.suggestion(for: text, among: placements.names.names, in: path)
                    + (pass.options.allowsDangling ? "; parent_id becomes null" : ""))
        }
    }

    /// A reference names an entity of this import, or, if that is allowed, one that the store holds.
    func reference(_ cell: ColumnBinding.Cell, of record: borrowing CSVRecord, _ pass: inout CheckPass) {
        guard let reference = cell.reference(record) else { return }
        let held = pass.options.existing[reference]
        if held.count == 1 {
            pass.existing.insert(reference)
            return
        }
        if held.count > 1 {
            return pass.log.add(
                .error, .ambiguousReference, in: path, at: cell.position(record), field: cell.name,
                reason:
                    "existing entities of several types are called \(PlainText.quoted(reference.description))"
            )
        }
        switch reference {
        case .id(let id):
            if pass.identities.contains(id) || !pass.broken.isEmpty { return }
            reportUnknown(
                reference, in: cell, of: record, &pass,
                reason: "no entity of this import has the id '\(id)'")
        case .name(let type, let name):
            if pass.identities.contains(columns.names.id(type, name)) { return }
            if pass.isBroken(type) || pass.broken.contains(.entities) || pass.lostTexts.contains(name) {
                return
            }
            var reason = "no \(type) is named \(PlainText.quoted(name))"
            reason += pass.suggestion(for: name, among: pass.names(of: type), in: path)
            reportUnknown(reference, in: cell, of: record, &pass, reason: reason)
        case .semanticName(let name):
            switch columns.names.resolve(name.dropFirst()) {
            case .entity: return
            case .ambiguous:
                pass.log.add(
                    .error, .ambiguousReference, in: path, at: cell.position(record), field: cell.name,
                    reason:
                        "entities of several types are called \(PlainText.quoted(name)); write <type>:\(name.dropFirst())"
                )
            case .unknown:
                if pass.broken.contains(.entities) || pass.lostTexts.contains(name) { return }
                let reason =
                    "no entity of this import has the semantic name \(PlainText.quoted(name))"
                    + pass.suggestion(for: name, among: columns.names.names.names, in: path)
                    + (pass.options.allowsDangling ? ", and without it no id can be derived" : "")
                reportUnknown(reference, in: cell, of: record, &pass, reason: reason)
            }
        }
    }

    /// A path of three segments or more has its parent path in the file.
    func path(_ record: borrowing CSVRecord, _ pass: inout CheckPass) {
        guard let text = columns.path.validText(record) else { return }
        let segments = text.split(separator: ".")
        guard segments.count > 2, !pass.isBroken(.association) else { return }
        let parent = segments.dropLast().joined(separator: ".")
        if pass.identities.contains(EntityName.id(.association, parent)) { return }
        if pass.lostTexts.contains(parent) { return }
        pass.log.add(
            .error, .missingParentPath, in: path, at: columns.path.position(record), field: columns.path.name,
            reason: "\(PlainText.quoted(text)) lies below \(PlainText.quoted(parent)), a path that no row has"
        )
    }

    /// The snippet of a container allows what its instances contain.
    func child(
        _ child: EntityID, in parent: EntityID, of record: borrowing CSVRecord, _ pass: inout CheckPass
    ) {
        guard pass.keepsInstanceTypes, let container = pass.instanceTypes[parent],
            let type = pass.instanceTypes[child], let rules = pass.snippetRules[container],
            !rules.allows(type), let allowed = rules.allowedChildren
        else { return }
        let cell = columns.isByName ? columns.entityType : columns.childID
        pass.log.add(
            .warning, .notAllowedChild, in: path, at: cell.position(record), field: cell.name,
            reason:
                "a \(PlainText.quoted(container)) may not contain a \(PlainText.quoted(type)); allowed are "
                + (allowed.isEmpty ? "none" : PlainText.list(allowed, count: allowed.count)))
    }

    /// Reports a reference that the directory does not satisfy.
    private func reportUnknown(
        _ reference: EntityReference, in cell: ColumnBinding.Cell, of record: borrowing CSVRecord,
        _ pass: inout CheckPass, reason: String
    ) {
        switch pass.options.existing {
        case .unknown:
            pass.unsatisfied.insert(reference)
            pass.log.add(
                .warning, .unknownReference, in: path, at: cell.position(record), field: cell.name,
                reason: "\(reason); an import looks for it among existing entities")
        case .refused, .found:
            // No id can be derived from a semantic name.
            let canDangle = if case .semanticName = reference { false } else { true }
            let isAsked = if case .found = pass.options.existing { true } else { false }
            reportUnknown(
                cell, of: record, canDangle: canDangle, &pass,
                reason: reason + (isAsked ? ", and none exists" : ""))
        }
    }

    private func reportUnknown(
        _ cell: ColumnBinding.Cell, of record: borrowing CSVRecord, canDangle: Bool, _ pass: inout CheckPass,
        reason: String
    ) {
        pass.log.add(
            canDangle && pass.options.allowsDangling ? .warning : .error, .unknownReference, in: path,
            at: cell.position(record), field: cell.name, reason: reason)
    }
}
