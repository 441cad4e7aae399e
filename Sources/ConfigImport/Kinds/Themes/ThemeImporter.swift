import CSV
import UCG

/// Themes: their chains must end, and must not be too long.
struct ThemeImporter: KindImporter {
    private struct Theme {
        let name: String
        let parent: String?
        let origin: EntityOrigin
        let parentPosition: CSVPosition
        let parentField: String
    }

    /// A parent as a row names it.
    private struct NamedParent {
        let name: String
        let position: CSVPosition
        let field: String
    }

    /// The numbers of rows and entities.
    private(set) var counts = KindCounts()
    private var themes: [Theme] = []
    private var places: [String: Int] = [:]

    /// Whether a row defines the theme called `name`.
    func defines(_ name: String) -> Bool { places[name] != nil }

    /// The names from the theme called `name` to its base, most specific first.
    private func chain(of name: String) -> [String] {
        var chain: [String] = []
        var next: String? = name
        while let name = next, chain.count <= Self.longestChain, let place = places[name] {
            chain.append(name)
            next = themes[place].parent
        }
        return chain
    }
}

// The first pass.
extension ThemeImporter {
    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        guard var rows = try pass.open(file, { _, _ in ThemeColumns.layout }) else { return }
        let (nameCell, parentCell) = (rows.columns[ThemeColumns.name], rows.columns[ThemeColumns.parent])
        var parents: [NamedParent] = []
        while try pass.next(&rows) {
            let parent = parentCell.validText(rows.record)
            let parentPosition = parentCell.position(rows.record)
            if let parent {
                parents.append(NamedParent(name: parent, position: parentPosition, field: parentCell.name))
            }
            guard let name = nameCell.validText(rows.record) else { continue }
            let isNew = pass.define(
                EntityName.id(.theme, name), rows.origin, at: nameCell.position(rows.record),
                field: nameCell.name, what: "the theme \(PlainText.quoted(name))")
            guard isNew else { continue }
            counts.entities += 1
            pass.recordName(name, of: .theme)
            places[name] = themes.count
            themes.append(
                Theme(
                    name: name, parent: parent, origin: rows.origin, parentPosition: parentPosition,
                    parentField: parentCell.name))
        }
        pass.finish(rows, counting: &counts)
        checkParents(parents, of: file, &pass)
        checkCycles(file, &pass)
        checkDepth(file, &pass)
    }

    private func checkParents(_ parents: [NamedParent], of file: ConfigFile, _ pass: inout CheckPass) {
        if pass.isBroken(.theme) { return }
        for parent in parents where !defines(parent.name) && !pass.lostTexts.contains(parent.name) {
            pass.log.add(
                .error, .unknownReference, in: file.path, at: parent.position, field: parent.field,
                reason: "no theme is named \(PlainText.quoted(parent.name))"
                    + pass.suggestion(for: parent.name, among: pass.names(of: .theme), in: file.path))
        }
    }

    /// The most themes of a chain: each is written to every theme below it.
    private static let longestChain = 64

    /// Reports themes that have too many others above them: the first of each chain.
    private func checkDepth(_ file: ConfigFile, _ pass: inout CheckPass) {
        // Depths from the base; 0 while unknown, and for themes of a cycle.
        var depths = [Int](repeating: 0, count: themes.count)
        for start in themes.indices where depths[start] == 0 {
            var path: [Int] = []
            var next: Int? = start
            var onPath: Set<Int> = []
            while let theme = next, depths[theme] == 0, onPath.insert(theme).inserted {
                path.append(theme)
                next = themes[theme].parent.flatMap { places[$0] }
            }
            var depth = next.map { onPath.contains($0) ? 0 : depths[$0] } ?? 0
            for theme in path.reversed() {
                depth += 1
                depths[theme] = depth
                guard depth == Self.longestChain + 1 else { continue }
                pass.log.add(
                    .error, .tooDeep, in: file.path, at: themes[theme].parentPosition,
                    field: themes[theme].parentField,
                    reason:
                        "\(PlainText.quoted(themes[theme].name)) has more than \(Self.longestChain - 1) themes above it; at most \(Self.longestChain) may be in a chain"
                )
            }
        }
    }

    /// Reports each cycle once, at its first row.
    private func checkCycles(_ file: ConfigFile, _ pass: inout CheckPass) {
        let parents = themes.map { theme in theme.parent.flatMap { places[$0] } }
        for cycle in Cycles.find(parents) {
            let names = (cycle + [cycle[0]]).map { PlainText.escaped(themes[$0].name) }
            let first = themes[cycle[0]]
            pass.log.add(
                .error, .cycle, in: file.path, at: first.parentPosition, field: first.parentField,
                reason: "a theme cannot extend itself: " + names.joined(separator: " -> "))
        }
    }
}

// The second pass.
extension ThemeImporter {
    func build(
        _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
        emit: (borrowing Entity) throws -> Void
    ) throws {
        guard var rows = try pass.open(file, { _, _ in ThemeColumns.layout }) else { return }
        let (nameCell, parentCell) = (rows.columns[ThemeColumns.name], rows.columns[ThemeColumns.parent])
        while try pass.next(&rows) {
            guard let name = nameCell.validText(rows.record), defines(name) else {
                throw InputError.changed(file.path)
            }
            var entity = Entity(type: .theme, id: EntityName.id(.theme, name), origin: rows.origin)
            let parent = parentCell.text(rows.record)
            entity.data.beginObject()
            rows.columns.write(rows.record, to: &entity.data) { (member: ThemeColumns.Derived, key, json) in
                json.key(key)
                switch member {
                case .parentID:
                    if let parent { json.id(EntityName.id(.theme, parent)) } else { json.null() }
                case .chain:
                    json.beginArray()
                    for name in chain(of: name) { json.string(name) }
                    json.endArray()
                }
            }
            entity.data.endObject()
            try emit(entity)
        }
    }
}
