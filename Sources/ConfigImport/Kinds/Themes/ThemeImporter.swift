import CSV
import UCG

/// `themes.csv`: one theme a row; an empty `parent_theme` makes it a base theme.
struct ThemeImporter {
    static let layout = Layout([
        .column(Column("theme_name", aliases: ["name", "theme"], .themeName, isRequired: true, as: "name")),
        .column(
            Column(
                "parent_theme", aliases: ["parent", "extends"], .themeName, ifAbsent: .null, as: "parent")),
        .derived(.parentID),
        .object(
            "context",
            [
                .column(Column("context_type", .word, ifAbsent: .null, as: "type")),
                .column(Column("context_value", .word, ifAbsent: .null, as: "value")),
            ]),
        .column(Column("active", .boolean, ifAbsent: .value("true"), as: "active")),
        .column(Column("description", .text, as: "description")),
        .derived(.chain),
    ])

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

    /// How many rows and entities there are.
    private(set) var counts = KindCounts()
    private var themes: [Theme] = []
    private var places: [String: Int] = [:]

    /// Whether a row defines the theme called `name`.
    func defines(_ name: String) -> Bool { places[name] != nil }

    /// The names of the first thousand themes, for 'did you mean'.
    var names: some Sequence<String> { themes.lazy.prefix(1000).map(\.name) }

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
        var rows = try pass.open(file)
        guard let columns = pass.bind(rows, { _, _ in Self.layout }) else { return }
        let (nameCell, parentCell) = (columns["theme_name"], columns["parent_theme"])
        var parents: [NamedParent] = []
        while try rows.next(&pass.log) {
            _ = columns.check(rows.reader.record, &pass.log)
            if let parent = parentCell.validText(rows.reader.record) {
                parents.append(
                    NamedParent(
                        name: parent, position: parentCell.position(rows.reader.record),
                        field: parentCell.name))
            }
            guard let name = nameCell.validText(rows.reader.record) else { continue }
            let origin = EntityOrigin(file: rows.file.index, line: rows.reader.record.line)
            let isNew = pass.define(
                EntityName.id(.theme, name), origin, at: nameCell.position(rows.reader.record),
                field: nameCell.name, what: "the theme \(PlainText.quoted(name))")
            guard isNew else { continue }
            counts.entities += 1
            places[name] = themes.count
            themes.append(
                Theme(
                    name: name, parent: parentCell.validText(rows.reader.record), origin: origin,
                    parentPosition: parentCell.position(rows.reader.record), parentField: parentCell.name))
        }
        counts.rows += rows.rowCount
        pass.finish(rows)
        checkParents(parents, of: file, &pass)
        checkCycles(file, &pass)
        checkDepth(file, &pass)
    }

    private func checkParents(_ parents: [NamedParent], of file: ConfigFile, _ pass: inout CheckPass) {
        if pass.broken.contains(.themes) { return }
        for parent in parents where !defines(parent.name) && !pass.lostTexts.contains(parent.name) {
            pass.log.add(
                .error, .unknownReference, in: file.path, at: parent.position, field: parent.field,
                reason: "no theme is named \(PlainText.quoted(parent.name))"
                    + pass.suggestion(for: parent.name, among: names, in: file.path))
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
        _ file: ConfigFile, options: ImportOptions, emit: (borrowing Entity) throws -> Void
    ) throws {
        var pass = BuildPass(options)
        var rows = try pass.open(file)
        guard let columns = try pass.bind(rows, { _, _ in Self.layout }) else { return }
        let (nameCell, parentCell) = (columns["theme_name"], columns["parent_theme"])
        while try pass.next(&rows, columns) {
            guard let name = nameCell.validText(rows.reader.record), defines(name) else {
                throw InputError.changed(file.path)
            }
            var entity = Entity(
                type: .theme, id: EntityName.id(.theme, name),
                origin: EntityOrigin(file: rows.file.index, line: rows.reader.record.line))
            entity.data.beginObject()
            columns.write(rows.reader.record, to: &entity.data) { member, key, json in
                json.key(key)
                if member == .chain {
                    json.beginArray()
                    for name in chain(of: name) { json.string(name) }
                    json.endArray()
                } else if let parent = parentCell.text(rows.reader.record) {
                    json.id(EntityName.id(.theme, parent))
                } else {
                    json.null()
                }
            }
            entity.data.endObject()
            try emit(entity)
        }
    }
}
