import TestSupport
import Testing
import UCG

@testable import ConfigImport

/// A kind that is added to the registry: its file is found, checked and built like those of the built-in ones.
struct NewKindTests {
    private static let page = EntityType(rawValue: "page") ?? .snippet
    private static let menu = EntityType(rawValue: "menu") ?? .snippet

    /// Rows of pages and menus, in one file.
    private struct ThingImporter: KindImporter {
        static let name = Column("name", .word, isRequired: true, as: "name")
        static let type = Column("type", .word, isRequired: true)
        static let layout = Layout([.column(name), .column(type)])
        enum Derived: Int, DerivedMember {
            case none
            var name: String { "none" }
        }

        var counts = KindCounts()
        private var foundTypes: [UInt32: EntityType] = [:]

        func type(ofEntityFrom origin: EntityOrigin) -> EntityType? { foundTypes[origin.line] }

        mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
            guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
            let (name, type) = (rows.columns[Self.name], rows.columns[Self.type])
            while try pass.next(&rows) {
                guard let text = name.validText(rows.record),
                    let type = type.validText(rows.record).flatMap({ EntityType(rawValue: $0) }),
                    pass.define(
                        EntityName.id(type, text), rows.origin, at: name.position(rows.record),
                        field: name.name, what: "the thing")
                else { continue }
                foundTypes[rows.origin.line] = type
                counts.entities += 1
            }
            pass.finish(rows, counting: &counts)
        }

        func build(
            _ file: ConfigFile, of types: Set<EntityType>, _ pass: consuming BuildPass,
            emit: (borrowing Entity) throws -> Void
        ) throws {
            guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
            let name = rows.columns[Self.name]
            while try pass.next(&rows) {
                guard let text = name.validText(rows.record) else { throw InputError.changed(file.path) }
                guard let type = foundTypes[rows.origin.line], types.contains(type) else { continue }
                var entity = Entity(type: type, id: EntityName.id(type, text), origin: rows.origin)
                entity.data.beginObject()
                rows.columns.write(rows.record, to: &entity.data) { (_: Derived, _, _) in }
                entity.data.endObject()
                try emit(entity)
            }
        }
    }

    private static let registry = KindRegistry(
        kinds: KindRegistry.builtIn.kinds + [
            Kind(
                name: "things", types: [page, menu], files: .table("things.csv"),
                layouts: [ThingImporter.layout], makeImporter: { ThingImporter() })
        ])

    @Test("A kind of several types counts, groups and builds each of them")
    func several() throws {
        let folder = try TemporaryDirectory()
        try folder.write("name,type\nhome,page\nmain,menu\nabout,page\n", to: "things.csv")
        try folder.write("theme_name\ncorporate\n", to: "themes.csv")
        let check = try Configuration.check(folder.path, ImportOptions(), kinds: Self.registry)
        let configuration = try #require(check.configuration)
        #expect(configuration.ids[Self.page]?.count == 2)
        #expect(configuration.ids[Self.menu] == [EntityName.id(Self.menu, "main")])
        #expect(configuration.ids[.theme]?.count == 1)
        #expect(configuration.groups.contains(EntityGroup(type: Self.menu)))
        var data: [String] = []
        for type in configuration.types {
            try configuration.forEachEntity(of: type) { entity in
                #expect(entity.type == type)
                data.append(String(decoding: entity.data.bytes, as: UTF8.self))
            }
        }
        #expect(data.suffix(3) == [#"{"name":"home"}"#, #"{"name":"about"}"#, #"{"name":"main"}"#])
    }

    @Test("Its columns, its file's name and its rows are checked like those of any other")
    func checked() throws {
        let folder = try TemporaryDirectory()
        try folder.write("name\nhome\n", to: "things.csv")
        try folder.write("theme_name\ncorporate\n", to: "themes.csv")
        let check = try Configuration.check(folder.path, ImportOptions(), kinds: Self.registry)
        #expect(check.log.byFile.flatMap(\.issues).map(\.code) == [.missingColumn])
        let misnamed = try TemporaryDirectory()
        try misnamed.write("name,type\nhome,page\n", to: "Things.csv")
        try misnamed.write("theme_name\ncorporate\n", to: "themes.csv")
        let other = try Configuration.check(misnamed.path, ImportOptions(), kinds: Self.registry)
        #expect(other.log.byFile.flatMap(\.issues).map(\.code) == [.fileName])
        #expect(other.notes.contains { $0.contains("no translations*.csv") })
    }
}
