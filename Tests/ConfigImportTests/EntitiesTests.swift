import Testing
import UCG

@testable import ConfigImport

/// `entities.csv`, and references to what it declares.
struct EntitiesTests {
    private static let snippets = #"""
        snippet_name,field_name,field_type,field_schema,required,localized
        hero,title,text,min:3;max:20,true,false
        hero,claim,text,,true,true
        hero,images,Array,type:String(min:1);max:2,false,false
        hero,opacity,number,min:0;max:1,false,false

        """#
    private static let page = EntityType(rawValue: "page") ?? .snippet

    @Test("A row gives any type, an id or a name, data as it is written, and its own stamps")
    func rows() throws {
        let id = "9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915"
        let directory = try CheckedDirectory([
            "themes.csv": "theme_name\na\n",
            "entities.csv": #"""
            id,entity_type,semantic_name,data,created_by,created_at,note
            ,page,$home,"{ ""b"": 1.50, ""a"": [ 1e3, null, {""\u00e4"": ""\/""} ] }",,,x
            \#(id.uppercased()),menu,$main,,import,2024-01-01T12:00:00.5+02:00,
            \#(id.replacing("915", with: "916")),page,,{},,,

            """#,
        ])
        #expect(directory.issues == [])
        let entities = try directory.entities().filter { $0.type != .theme }
        #expect(entities.map(\.type.rawValue) == ["menu", "page", "page"])
        #expect(entities.map(\.semanticName) == ["$main", "$home", nil])
        #expect(entities[0].id.description == id)
        #expect(entities[0].createdAt?.description == "2024-01-01T10:00:00.500Z")
        #expect(entities[0].createdBy == "import")
        #expect(entities[1].id == EntityName.id(Self.page, "home"))
        #expect(entities[1].createdAt == nil)
        let data = entities.map { String(decoding: $0.data.bytes, as: UTF8.self) }
        #expect(data == ["{}", #"{"b":1.50,"a":[1e3,null,{"ä":"/"}],"note":"x"}"#, "{}"])
        let configuration = try #require(directory.check.configuration)
        #expect(
            configuration.types.map(\.rawValue) == [
                "snippet", "theme", "menu", "page", "association", "translation",
            ])
        #expect(configuration.ids[Self.page]?.count == 2)
        #expect(configuration.groups.contains(EntityGroup(type: Self.page)))
        #expect(configuration.counts[.entities]?.entities == 3)
    }

    @Test("What is wrong with a row is reported at its cell")
    func faulty() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "theme_name\na\n",
            "entities.csv": #"""
            id,entity_type,semantic_name,data,created_at,note
            ,page,,,,
            ,theme,$a,,,
            x,page,$a,,,
            ,page,a,,,
            ,page,$b,[],,
            ,page,$c,{,,
            ,page,$d,"{""a"":1,""a"":2}",,
            ,page,$e,"{""a"":""\ud800""}",,
            ,page,$f,,2024-01-01,
            ,page,$g,"{""note"":1}",,x
            ,page,$h,,,
            ,page,$h,,,
            9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915,menu,$i,,,
            9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915,page,$i,,,
            9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e916,menu,$i,,,

            """#,
        ])
        #expect(
            directory.shortIssues == [
                "entities.csv:2:1: error: [missing-value]",
                "entities.csv:3:2: error: entity_type [invalid-value]",
                "entities.csv:4:1: error: id [invalid-value]",
                "entities.csv:5:7: error: semantic_name [invalid-value]",
                "entities.csv:6:10: error: data [invalid-value]",
                "entities.csv:7:10: error: data [invalid-value]",
                "entities.csv:8:10: error: data [invalid-value]",
                "entities.csv:9:10: error: data [invalid-value]",
                "entities.csv:10:11: error: created_at [invalid-value]",
                "entities.csv:11:26: error: note [repeated-column]",
                "entities.csv:13:7: error: semantic_name [duplicate]",
                "entities.csv:15:1: error: id [duplicate]",
                "entities.csv:16:43: error: semantic_name [duplicate]",
            ])
    }

    @Test("The data of an instance fits the fields of its snippet")
    func instances() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "entities.csv": #"""
            entity_type,semantic_name,data
            hero,$a,"{""title"":""Hello"",""claim"":""x"",""images"":[""a""],""opacity"":0.5}"
            hero,$b,"{""title"":""Hi"",""claim"":""x""}"
            hero,$c,"{""title"":null,""images"":[""a"",""""],""opacity"":2}"
            hero,$d,"{""title"":""Hello"",""claim"":""x"",""titel"":1}"
            hero,$e,
            page,$f,"{""titel"":1}"

            """#,
        ])
        #expect(
            directory.issues == [
                "entities.csv:3:9: error: data: title: has 2 characters; at least 3 are needed [invalid-value]",
                "entities.csv:4:9: error: data: images[1]: has 0 characters; at least 1 are needed [invalid-value]",
                "entities.csv:4:9: warning: data: lacks the required member 'claim' [missing-value]",
                "entities.csv:4:9: error: data: lacks the required member 'title' [missing-value]",
                "entities.csv:4:9: error: data: opacity: 2 is above 1 [invalid-value]",
                "entities.csv:5:9: warning: data: the snippet has no field 'titel' (did you mean 'title'?) [unknown-member]",
                "entities.csv:6:9: warning: data: lacks the required member 'claim' [missing-value]",
                "entities.csv:6:9: error: data: lacks the required member 'title' [missing-value]",
            ])
    }

    @Test("Associations refer to rows by name, by type and name, and by id")
    func references() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "theme_name\na\n",
            "entities.csv": #"""
            id,entity_type,semantic_name
            9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915,page,$home
            ,menu,$main
            ,article,$news

            """#,
            "associations.csv": #"""
            parent_id,child_id,path
            ,$home,
            page:home,$main,
            9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915,article:news,
            menu:main,theme:a,

            """#,
        ])
        #expect(directory.issues == [])
        let home = "9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915"
        let data = try directory.entities().filter { $0.type == .association }
            .map { String(decoding: $0.data.bytes, as: UTF8.self) }
        #expect(data.count == 4)
        #expect(data[0].hasPrefix(#"{"parent_id":null,"child_id":"\#(home)""#))
        #expect(data[1].hasPrefix(#"{"parent_id":"\#(home)","child_id":"#))
        #expect(data[2].hasPrefix(#"{"parent_id":"\#(home)","child_id":"#))
    }

    @Test("A row of the by-name form places the entity of that name, whatever its id")
    func placed() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "theme_name\na\n",
            "entities.csv":
                "id,entity_type,semantic_name\n9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915,article,$news\n",
            "associations.csv":
                "parent_path,entity_type,entity_id,path\n,page,home,content.1\nhome,article,news,content.1.1\n",
        ])
        #expect(directory.issues == [])
        let data = try directory.data()
        #expect(data.contains { $0.contains(#""child_id":"9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915""#) })
    }

    @Test("A name that no row has, or that several types have, is an error with what was meant")
    func unresolved() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "theme_name\na\n",
            "entities.csv": "entity_type,semantic_name\npage,$home\nmenu,$home\npage,$news\n",
            "associations.csv": "parent_id,child_id\n,$home\n,$nevs\n,page:nevs\n,menu:home\n",
        ])
        #expect(
            directory.shortIssues == [
                "associations.csv:2:2: error: child_id [ambiguous-reference]",
                "associations.csv:3:2: error: child_id [unknown-reference]",
                "associations.csv:4:2: error: child_id [unknown-reference]",
            ])
        #expect(directory.issues[1].contains("(did you mean '$news'?)"))
    }
}
