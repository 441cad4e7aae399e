import Testing
import UCG

@Suite("Entity types and keys")
struct EntityKeyTests {
    @Test(
        "A type begins with a letter and goes on with letters, digits, `_` and `-`",
        arguments: [
            "a", "z9", "page", "menu-item", "menu_item", "a-", "a_", "a--b",
            String(repeating: "x", count: 64),
        ])
    func type(_ text: String) throws {
        let type = try #require(EntityType(rawValue: text))
        #expect(type.rawValue == text)
        #expect(type.description == text)
    }

    @Test(
        "Anything else is no type",
        arguments: [
            "", "1a", "-a", "_a", "A", "pAge", "a b", " a", "a ", "a:b", "a.b", "a/b", "ä", "aé", "a\n",
            "a\0",
            "a*", String(repeating: "x", count: 65),
        ])
    func noType(_ text: String) {
        #expect(EntityType(rawValue: text) == nil)
    }

    @Test("The built-in types are types by the grammar, too")
    func builtIn() {
        let types: [EntityType] = [.snippet, .theme, .association, .translation]
        #expect(types.map(\.rawValue) == ["snippet", "theme", "association", "translation"])
        for type in types { #expect(EntityType(rawValue: type.rawValue) == type) }
    }

    @Test(
        "A key is its prefix, the word `entity`, the type and the id",
        arguments: [("", EntityType.theme), ("staging:", .snippet), ("grün/🎄 ", .translation)])
    func key(prefix: String, type: EntityType) throws {
        let id = try #require(EntityID("C0468A24-ED88-589A-A6D4-3B5DA0AE89B5"))
        let key = EntityKey(prefix: prefix, type: type, id: id)
        let text = "\(prefix)entity:\(type.rawValue):c0468a24-ed88-589a-a6d4-3b5da0ae89b5"
        #expect(key.description == text)
    }

    @Test("A key has no prefix unless it is given one")
    func noPrefix() {
        let id = EntityName.id(.theme, "x")
        #expect(EntityKey(type: .theme, id: id) == EntityKey(prefix: "", type: .theme, id: id))
        #expect(EntityKey(type: .theme, id: id) != EntityKey(type: .snippet, id: id))
    }
}
