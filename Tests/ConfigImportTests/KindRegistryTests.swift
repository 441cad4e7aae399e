import Testing
import UCG

@testable import ConfigImport

struct KindRegistryTests {
    @Test("The built-in kinds come in an order in which no reference dangles")
    func order() {
        #expect(
            KindRegistry.builtIn.kinds.map(\.name) == [
                "field_types", "snippets", "meta_snippets", "validation_rules", "snippet_relationships",
                "themes", "entities", "associations", "translations",
            ])
        #expect(KindRegistry.builtIn.kinds.flatMap(\.types) == EntityType.builtIn)
        #expect(
            KindRegistry.builtIn.kinds.filter(\.isOptional).map(\.name) == [
                "field_types", "meta_snippets", "validation_rules", "snippet_relationships", "entities",
            ])
    }

    @Test("Every type belongs to one kind, and every table to one name")
    func lookUp() {
        for kind in KindRegistry.builtIn.kinds {
            for type in kind.types { #expect(KindRegistry.builtIn.kind(of: type) == kind) }
        }
        #expect(EntityType(rawValue: "page").map { KindRegistry.builtIn.kind(of: $0) } == .some(nil))
        #expect(
            KindRegistry.builtIn.tables.map(\.name) == [
                "field_types.csv", "snippets.csv", "meta_snippets.csv", "validation_rules.csv",
                "snippet_relationships.csv", "themes.csv", "entities.csv", "associations.csv",
            ])
    }

    @Test("The members that a kind derives are named as the layout writes them, each once")
    func members() {
        for kind in KindRegistry.builtIn.kinds {
            for layout in kind.layouts {
                #expect(Set(layout.memberNames).count == layout.memberNames.count, "\(kind.name)")
            }
        }
        #expect(ThemeColumns.layout.memberNames.contains("chain"))
        #expect(TranslationLayout.all[0].memberNames.contains("scope"))
    }

    @Test("Only the first thousand names are kept for suggestions")
    func names() {
        var names = FirstNames()
        for number in 0..<1200 { names.add("n\(number)") }
        #expect(names.names.count == 1000)
        #expect(names.names.last == "n999")
    }
}
