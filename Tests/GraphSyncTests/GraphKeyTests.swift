import Testing
import UCG

@testable import GraphSync

/// Which entries of graph keys an entity leads to, and what has to happen when it becomes another.
struct GraphKeyTests {
    private static let home = EntityName.id(Self.page, "home")
    private static let part = EntityName.id(Self.page, "part")
    private static let page = EntityType(rawValue: "page") ?? .theme
    private static let stamp = WriteStamp(time: .now, author: "test")

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func entity(_ type: EntityType, _ id: EntityID, name: String? = nil, data: String)
        -> Entity
    {
        var entity = Entity(
            type: type, id: id, semanticName: name, origin: EntityOrigin(file: 0, line: 2))
        JSONText.minify(bytes(data).span, into: &entity.data)
        return entity
    }

    private static func entries(_ setting: GraphKeySetting, _ entity: Entity) -> Set<GraphEntry> {
        let list = setting.entries(of: entity.type, entity.id, json: entity.json(stamp).span)
        #expect(Set(list).count == list.count, "each once")
        return Set(list)
    }

    private static func edge(
        _ path: String?, parent: EntityID?, child: EntityID, type: String = "contains", weight: String = "0",
        more: String = ""
    ) -> Entity {
        let path = path.map { "\"\($0)\"" }
        let parent = parent.map { "\"\($0)\"" } ?? "null"
        return entity(
            .association, EntityName.id(.association, path ?? "x"),
            data:
                #"{"parent_id":\#(parent),"child_id":"\#(child)","association_type":"\#(type)","weight":\#(weight)"#
                + (path.map { #","path":\#($0)"# } ?? "") + more + "}")
    }

    @Test("Every entity is in the index of its type; snippets, themes and named entities have a name")
    func names() {
        for (type, member) in [(EntityType.snippet, "snippet_type"), (.theme, "name")] {
            let id = EntityName.id(type, "a")
            #expect(
                Self.entries(.graph, Self.entity(type, id, data: #"{"\#(member)":"a"}"#)) == [
                    GraphEntry(.type(type, id)), GraphEntry(.name(type, Self.bytes("a")), .id(id)),
                ])
        }
        let page = Self.entity(Self.page, Self.home, name: "$home", data: #"{"name":"other"}"#)
        #expect(
            Self.entries(.graph, page) == [
                GraphEntry(.type(Self.page, Self.home)),
                GraphEntry(.name(Self.page, Self.bytes("$home")), .id(Self.home)),
            ])
        let text = Self.entity(.translation, Self.home, data: #"{"value":"Ein Wort"}"#)
        #expect(Self.entries(.graph, text) == [GraphEntry(.type(.translation, Self.home))])
        #expect(Self.entries(.none, page).isEmpty)
    }

    @Test("An association has a path, a container and a reference; only what is contained has a parent")
    func associations() {
        let contained = Self.edge("a.b", parent: Self.home, child: Self.part, weight: "-7")
        let association = GraphValue.Association(
            id: contained.id, parent: Self.home, child: Self.part, type: Self.bytes("contains"), weight: "-7")
        #expect(
            Self.entries(.graph, contained) == [
                GraphEntry(.type(.association, contained.id)),
                GraphEntry(.reference(from: contained.id, to: Self.part)),
                GraphEntry(.path(Self.bytes("a.b")), .association(association)),
                GraphEntry(.child(Self.part, of: Self.home), .weight("-7")),
                GraphEntry(.parent(of: Self.part), .id(Self.home)),
            ])
        let referred = Self.edge(
            nil, parent: Self.home, child: Self.part, type: "references",
            more: #","entity_type":"page","entity_id":"part""#)
        #expect(
            Self.entries(.graph, referred) == [
                GraphEntry(.type(.association, referred.id)),
                GraphEntry(.reference(from: referred.id, to: Self.part)),
                GraphEntry(.name(Self.page, Self.bytes("part")), .id(Self.part)),
            ])
        let root = Self.edge("a", parent: nil, child: Self.home)
        #expect(Self.entries(.graph, root).allSatisfy { if case .parent = $0.slot { false } else { true } })
    }

    @Test("What another program has left out, or written otherwise, leads to no entry")
    func foreign() {
        for data in ["[]", "{}", #"{"child_id":1}"#, #"{"child_id":"x","association_type":"contains"}"#] {
            let edge = Self.entity(.association, Self.home, data: data)
            #expect(Self.entries(.words, edge) == [GraphEntry(.type(.association, Self.home))])
        }
    }

    @Test(
        "Words are runs of letters, marks and digits of three characters and more, in lower case",
        arguments: [
            ("Das Straßenfest: 2026, ab 9 Uhr", ["das", "straßenfest", "2026", "uhr"]),
            ("a-b ab abc", ["abc"]), ("", []), ("$hero_banner", ["hero", "banner"]),
            ("ΟΔΟΣ ΣΑΣ ΟΔΟΣ2", ["οδος", "σας", "οδος2"]), ("ÄÖÜ äö", ["äöü"]),
            ("e\u{301}te\u{301}", ["e\u{301}te\u{301}"]), ("İz", ["i\u{307}z"]), ("Ⅻ½ x²y", []),
        ])
    func words(text: String, expected: [String]) {
        let found = Array(Words(of: text))
        #expect(found.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test("Words come from the name and four members that are texts")
    func wordMembers() {
        let entity = Self.entity(
            Self.page, Self.home, name: "$start_page",
            data: #"{"title":"Titel","content":["nicht"],"description":"Text","value":123,"other":"andere"}"#)
        let words = Self.entries(.words, entity).compactMap { entry in
            if case .word(let word, _) = entry.slot { String(decoding: word, as: UTF8.self) } else { nil }
        }
        #expect(Set(words) == ["start", "page", "titel", "text"])
        let listed = Self.entries(.words, entity).count { entry in
            if case .entityWord = entry.slot { true } else { false }
        }
        #expect(listed == 4)
    }

    @Test("A change adds what differs and removes what is gone, and knows what it replaces")
    func change() {
        let before = GraphKeySetting.graph.entries(
            of: .association, Self.home,
            json: Self.edge("a.b", parent: Self.home, child: Self.part, weight: "1").json(Self.stamp).span)
        let after = GraphKeySetting.graph.entries(
            of: .association, Self.home,
            json: Self.edge("a.c", parent: Self.home, child: Self.part, weight: "2").json(Self.stamp).span)
        let change = GraphChange(from: before, to: after)
        #expect(change.removed.map(\.slot) == [.path(Self.bytes("a.b"))])
        #expect(
            Set(change.added.map(\.slot)) == [.path(Self.bytes("a.c")), .child(Self.part, of: Self.home)])
        #expect(change.replaced.map(\.slot) == [.child(Self.part, of: Self.home)])
        #expect(GraphChange(from: before, to: before).isEmpty)
        #expect(GraphChange(from: before, to: before, rewrites: true).added.count == before.count)
    }

    /// A directory of some entities.
    private struct Source: EntitySource {
        let entities: [Entity]
        var types: [EntityType] { EntityType.builtIn }
        var ids: [EntityType: [EntityID]] {
            Dictionary(grouping: entities, by: \.type).mapValues { $0.map(\.id) }
        }
        let groups: Set<EntityGroup> = []
        let estimatedByteCount = 0

        func forEachEntity(of type: EntityType, _ body: (borrowing Entity) throws -> Void) throws {
            for entity in entities where entity.type == type { try body(entity) }
        }
    }

    @Test("What another entity of the directory accounts for is not removed")
    func claims() throws {
        let other = Self.edge("a.c", parent: Self.home, child: Self.part)
        let claims = try GraphClaims(of: Source(entities: [other]), setting: .graph)
        let old = GraphKeySetting.graph.entries(
            of: .association, Self.home,
            json: Self.edge("a.b", parent: Self.home, child: Self.part).json(Self.stamp).span)
        let kept = GraphChange(from: old, to: []).keeping(claims)
        #expect(
            Set(kept.removed.map(\.slot)) == [
                .path(Self.bytes("a.b")), .type(.association, Self.home),
                .reference(from: Self.home, to: Self.part),
            ])
        let leftover = GraphChange(from: [], to: old).yielding(to: claims)
        #expect(!leftover.added.contains { $0.slot == .parent(of: Self.part) })
        #expect(leftover.added.contains { $0.slot == .path(Self.bytes("a.b")) })
    }

    @Test("Who owned an entity, and what is recorded of that source, says which keys it has")
    func policy() {
        let theme = Self.entity(.theme, Self.home, data: #"{"name":"a"}"#).json(Self.stamp)
        func change(_ own: GraphRecord, _ goal: GraphKeySetting, ownership: Ownership) -> GraphChange {
            let policy = GraphPolicy(
                goal: goal, own: own, others: ["shop": GraphRecord(finished: .graph)], ownership: ownership)
            return policy.change(of: .theme, Self.home, stored: theme.span, wanted: theme.span)
        }
        let mine = Ownership(own: [.theme: PackedIDs([Self.home])])
        let theirs = Ownership(others: ["shop": [.theme: PackedIDs([Self.home])]])
        let graph = GraphRecord(finished: .graph)
        #expect(change(graph, .graph, ownership: mine).isEmpty, "it has them")
        #expect(change(GraphRecord(), .graph, ownership: mine).added.count == 2, "the setting changes")
        #expect(change(graph, .none, ownership: mine).removed.count == 2)
        #expect(change(graph, .graph, ownership: Ownership()).added.count == 2, "nobody's: it has none")
        #expect(change(GraphRecord(), .graph, ownership: theirs).isEmpty, "taken over with its keys")
        #expect(change(GraphRecord(), .none, ownership: theirs).removed.count == 2)
        let interrupted = GraphRecord(finished: .none, begun: .graph)
        #expect(change(interrupted, .graph, ownership: mine).added.count == 2, "it may have none")
        #expect(change(interrupted, .none, ownership: mine).removed.count == 2, "it may have all")
    }
}
