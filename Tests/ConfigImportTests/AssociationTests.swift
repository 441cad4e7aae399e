import ConfigImport
import Testing
import UCG

struct AssociationTests {
    private static let snippets = "name\nhero\ncard\n"
    private static func id(_ type: String, _ name: String) throws -> EntityID {
        EntityName.id(try #require(EntityType(rawValue: type)), name)
    }

    @Test("By name, a row places an instance below a row that its path or entity_id names")
    func byName() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "associations.csv": """
            parent_path,entity_type,entity_id,weight,path
            home,hero,welcome,-5,content.1.1
            ,page,home,,content.1
            content.1,card,c1,7,

            """,
        ])
        #expect(directory.issues == [])
        let home = try Self.id("page", "home")
        let (hero, card) = (try Self.id("hero", "welcome"), try Self.id("card", "c1"))
        let data = try directory.data().suffix(3)
        #expect(
            Array(data) == [
                #"{"parent_id":"\#(home)","child_id":"\#(hero)","association_type":"contains","weight":-5,"path":"content.1.1","depth":2,"parent":"home","entity_type":"hero","entity_id":"welcome"}"#,
                #"{"parent_id":null,"child_id":"\#(home)","association_type":"contains","weight":0,"path":"content.1","depth":1,"parent":null,"entity_type":"page","entity_id":"home"}"#,
                #"{"parent_id":"\#(home)","child_id":"\#(card)","association_type":"contains","weight":7,"parent":"content.1","entity_type":"card","entity_id":"c1"}"#,
            ])
        let ids = try directory.entities().suffix(3).map(\.id)
        #expect(ids[0] == EntityName.id(.association, "content.1.1"))
        #expect(ids[2] == EntityName.id(.association, "\(home):contains:\(card)"))
    }

    @Test("By id, ends are UUIDs, names or both, and ids of pathless rows come from the ends")
    func byID() throws {
        let (hero, card) = (EntityName.id(.snippet, "hero"), EntityName.id(.snippet, "card"))
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "associations.csv": """
            parent_id,child_id,path,association_type,weight,note
            ,\(hero.description.uppercased()),a,,,
            snippet:hero,snippet:card,,references,3,x
            ,association:a,,extends,,

            """,
        ])
        #expect(directory.issues == [])
        #expect(
            Array(try directory.data().suffix(3)) == [
                #"{"parent_id":null,"child_id":"\#(hero)","association_type":"contains","weight":0,"path":"a","depth":0}"#,
                #"{"parent_id":"\#(hero)","child_id":"\#(card)","association_type":"references","weight":3,"note":"x"}"#,
                #"{"parent_id":null,"child_id":"\#(EntityName.id(.association, "a"))","association_type":"extends","weight":0}"#,
            ])
        let ids = try directory.entities().suffix(3).map(\.id)
        #expect(ids[1] == EntityName.id(.association, "\(hero):references:\(card)"))
        #expect(ids[2] == EntityName.id(.association, ":extends:\(EntityName.id(.association, "a"))"))
    }

    static let faults: [(header: String, rows: String, issues: [String])] = [
        (byName, "x,page,home,0,a.1", ["2:1: error: parent_path [unknown-reference]"]),
        (byName, ",pages,home,0,a.1", ["2:2: error: entity_type [unknown-type]"]),
        (byName, ",page,home,0,a.1.1", ["2:14: error: path [missing-parent-path]"]),
        (byName, ",page,ho me,0,a.1", ["2:7: error: entity_id [invalid-value]"]),
        (byName, ",page,home,1.0,a", ["2:12: error: weight [invalid-value]"]),
        (byName, ",page,home,2147483648,a", ["2:12: error: weight [invalid-value]"]),
        (byName, ",page,home,0,a..b", ["2:14: error: path [invalid-value]"]),
        (byName, ",page,a,0,p\n,page,b,0,p", ["3:11: error: path [duplicate]"]),
        (byName, ",page,a,0,\n,page,a,0,", ["3:7: error: entity_id [duplicate]"]),
        (
            byName, ",page,a,0,x\n,menu,a,0,y\na,page,c,0,z",
            ["4:1: error: parent_path [ambiguous-reference]"]
        ),
        (
            byName, ",page,a,0,x\n,page,b,0,y\na,page,c,0,z\nb,page,c,0,q",
            ["5:1: error: parent_path [second-parent]"]
        ),
        (byName, "b,page,a,0,x\na,page,b,0,y", ["2:1: error: parent_path [cycle]"]),
        (byName, "a,page,a,0,x", ["2:1: error: parent_path [cycle]"]),
        (byID, ",snippet:her,a", ["2:2: error: child_id [unknown-reference]"]),
        (byID, "snippet:hero,,a", ["2:14: error: child_id [missing-value]"]),
        (byID, ",hero,a", ["2:2: error: child_id [invalid-value]"]),
        (byID, ",$hero,a", ["2:2: error: child_id [unknown-reference]"]),
        (
            byID, ",9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915,a",
            ["2:2: error: child_id [unknown-reference]"]
        ),
    ]
    private static let byName = "parent_path,entity_type,entity_id,weight,path"
    private static let byID = "parent_id,child_id,path"

    @Test("Faults are reported at their cells", arguments: faults)
    func faulty(header: String, rows: String, issues: [String]) throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets, "associations.csv": "\(header)\n\(rows)\n",
        ])
        #expect(directory.shortIssues == issues.map { "associations.csv:\($0)" })
    }

    @Test("The rows of a cycle are named from container to contained")
    func cycleText() throws {
        let directory = try CheckedDirectory([
            "associations.csv": "\(Self.byName)\nb,page,a,0,x\na,page,b,0,y\n"
        ])
        #expect(directory.issues[0].contains("an entity cannot contain itself: a -> b -> a"))
    }

    @Test("The same entity placed twice is no ambiguity, and the same parent twice no second parent")
    func placedTwice() throws {
        let directory = try CheckedDirectory([
            "associations.csv": "\(Self.byName)\n,page,a,0,x\n,page,a,0,y\na,page,b,0,z\nx,page,b,0,q\n"
        ])
        #expect(directory.issues == [])
    }

    @Test("With dangling references allowed an unknown one is a warning, and the row is kept")
    func dangling() throws {
        let directory = try CheckedDirectory(
            [
                "snippets.csv": Self.snippets,
                "associations.csv": "\(Self.byID)\npage:home,snippet:hero,a\n",
            ]
        ) { $0.allowsDangling = true }
        #expect(directory.shortIssues == ["associations.csv:2:1: warning: parent_id [unknown-reference]"])
        #expect(try directory.data().last?.contains(try Self.id("page", "home").description) == true)
    }

    @Test(
        "A header of both forms, or of neither, is refused",
        arguments: [("child_id,entity_id", "1:10: error: entity_id"), ("path,weight", "1:1: error:")])
    func mixedHeader(header: String, place: String) throws {
        let directory = try CheckedDirectory(["associations.csv": "\(header)\na,b\n"])
        #expect(directory.shortIssues == ["associations.csv:\(place) [mixed-columns]"])
    }

    @Test("A faulty row causes no further errors where other rows refer to it")
    func noFollowUps() throws {
        let directory = try CheckedDirectory([
            "associations.csv":
                "entity_type,entity_id,parent_path,path\na.,e0,,p\npage,x,e0,\npage,y,p,\npage,q,,z.1\npage,w,z.1,z.1\n"
        ])
        #expect(
            directory.shortIssues == [
                "associations.csv:2:1: error: entity_type [invalid-value]",
                "associations.csv:6:12: error: path [duplicate]",
            ])
        let ragged = try CheckedDirectory([
            "themes.csv": "name,parent\nbase\nchild,base\nother,basement\n",
            "translations.csv": "key,de,en\na,x\nb,x,\n",
        ])
        #expect(
            ragged.shortIssues == [
                "themes.csv:2:1: error: [ragged-row]", "themes.csv:4:7: error: parent [unknown-reference]",
                "translations.csv:2:1: error: [ragged-row]",
            ])
    }

    @Test("Rows without a path and with unknown parents are not taken for the same")
    func unknownParents() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "associations.csv": "child_id,parent_id\nsnippet:hero,page:a\nsnippet:hero,$x\n",
        ])
        #expect(
            directory.shortIssues == [
                "associations.csv:2:14: error: parent_id [unknown-reference]",
                "associations.csv:3:14: error: parent_id [unknown-reference]",
            ])
    }
}
