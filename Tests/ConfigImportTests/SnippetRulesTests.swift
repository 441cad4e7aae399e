import Testing
import UCG

@testable import ConfigImport

/// The side files of snippets, and what they say of instances.
struct SnippetRulesTests {
    private static let snippets =
        "snippet_name,field_name,field_type,localized\nhero,title,text,false\nhero,size,number,false\ncard,tags,Array,false\n"

    @Test("A snippet gets meta, rules and allowed children, in this order, each as it is given")
    func enriched() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "meta_snippets.csv": """
            snippet_name,is_routable,is_navigable,is_searchable,cache_ttl,max_instances,Icon
            hero,yes,,0,3600,,star

            """,
            "validation_rules.csv": """
            snippet_name,field_name,rule_type,parameters,error_message
            hero,title,min_length,value=3,at least three letters
            card,tags,max_length,value=2,
            hero,size,range,min=1;max=5.5,
            hero,title,pattern,value=^[A-Z];x=$,
            hero,title,required,,

            """,
            "snippet_relationships.csv": "parent_type,allowed_child_types\nhero,card|page\ncard,\n",
        ])
        #expect(directory.issues == [])
        let data = try directory.data()
        #expect(
            data[0].hasSuffix(
                #"],"meta":{"is_routable":true,"is_searchable":false,"cache_ttl":3600,"Icon":"star"},"validation_rules":["#
                    + #"{"field_name":"title","rule_type":"min_length","parameters":{"value":"3"},"error_message":"at least three letters"},"#
                    + #"{"field_name":"size","rule_type":"range","parameters":{"min":"1","max":"5.5"}},"#
                    + #"{"field_name":"title","rule_type":"pattern","parameters":{"value":"^[A-Z];x=$"}},"#
                    + #"{"field_name":"title","rule_type":"required","parameters":{}}],"allowed_child_types":["card","page"]}"#
            ))
        #expect(
            data[1].hasSuffix(
                #"],"validation_rules":[{"field_name":"tags","rule_type":"max_length","parameters":{"value":"2"}}],"allowed_child_types":[]}"#
            ))
        #expect(directory.check.configuration?.ids[.snippet]?.count == 2)
    }

    @Test("Whole snippets are enriched, too")
    func whole() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": "snippet_name,icon\nhero,x\n",
            "meta_snippets.csv": "snippet_name,max_instances\nhero,1\n",
        ])
        #expect(
            try directory.data() == [#"{"snippet_type":"hero","meta":{"max_instances":1},"icon":"x"}"#])
    }

    @Test("What is wrong with a row of a side file is reported at its cell")
    func faulty() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "meta_snippets.csv":
                "snippet_name,is_routable,cache_ttl\nhreo,,\nhero,maybe,-1\nhero,1,\nhero,0,\n",
            "validation_rules.csv": """
            snippet_name,field_name,rule_type,parameters
            hreo,title,required,
            hero,titel,required,
            hero,title,requires,
            hero,title,required,value=1
            hero,title,min_length,
            hero,title,min_length,value=x
            hero,title,pattern,value=(
            hero,size,range,
            hero,size,range,min=3;max=2
            hero,size,range,min=3;min=2
            hero,size,range,from=3

            """,
            "snippet_relationships.csv":
                "parent_type,allowed_child_types\nhreo,card\nhero,crad\ncard,hero||page\ncard,hero\ncard,page\n",
        ])
        #expect(
            directory.shortIssues == [
                "meta_snippets.csv:2:1: error: snippet_name [unknown-reference]",
                "meta_snippets.csv:3:6: error: is_routable [invalid-value]",
                "meta_snippets.csv:3:12: error: cache_ttl [invalid-value]",
                "meta_snippets.csv:5:1: error: snippet_name [duplicate]",
                "snippet_relationships.csv:2:1: error: parent_type [unknown-reference]",
                "snippet_relationships.csv:3:6: error: allowed_child_types [unknown-reference]",
                "snippet_relationships.csv:4:6: error: allowed_child_types [invalid-value]",
                "snippet_relationships.csv:6:1: error: parent_type [duplicate]",
                "validation_rules.csv:2:1: error: snippet_name [unknown-reference]",
                "validation_rules.csv:3:6: error: field_name [unknown-reference]",
                "validation_rules.csv:4:12: error: rule_type [invalid-value]",
                "validation_rules.csv:5:21: error: parameters [invalid-value]",
                "validation_rules.csv:6:23: error: parameters [invalid-value]",
                "validation_rules.csv:7:23: error: parameters [invalid-value]",
                "validation_rules.csv:8:20: error: parameters [invalid-value]",
                "validation_rules.csv:9:17: error: parameters [invalid-value]",
                "validation_rules.csv:10:17: error: parameters [invalid-value]",
                "validation_rules.csv:11:17: error: parameters [invalid-value]",
                "validation_rules.csv:12:17: error: parameters [invalid-value]",
            ])
    }

    @Test("The data of instances keeps the rules of their fields")
    func rules() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "validation_rules.csv": """
            snippet_name,field_name,rule_type,parameters,error_message
            hero,title,required,,needs a title
            hero,title,min_length,value=3,
            hero,title,max_length,value=5,
            hero,title,pattern,value=^[A-Z],begins with a capital
            hero,size,range,min=1;max=5.5,
            card,tags,max_length,value=1,

            """,
            "entities.csv": #"""
            entity_type,semantic_name,data
            hero,$a,"{""title"":""Über"",""size"":5.5}"
            hero,$b,"{""title"":""Hello"",""size"":5.6}"
            hero,$c,"{""title"":""Hi""}"
            hero,$d,"{""title"":""hello!""}"
            hero,$e,
            card,$f,"{""tags"":[1,2]}"

            """#.replacing("Über", with: "Uber"),
        ])
        #expect(
            directory.issues == [
                "entities.csv:3:9: error: data: size: is not within 1 and 5.5 [rule]",
                "entities.csv:4:9: error: data: title: is shorter than 3 [rule]",
                "entities.csv:5:9: error: data: title: begins with a capital [rule]",
                "entities.csv:5:9: error: data: title: is longer than 5 [rule]",
                "entities.csv:6:9: error: data: title: needs a title [rule]",
                "entities.csv:7:9: error: data: tags: is longer than 1 [rule]",
            ])
    }

    @Test("A field that several rules require is reported once for each of them, and no more")
    func requiredTwice() throws {
        let directory = try CheckedDirectory([
            "snippets.csv": Self.snippets,
            "validation_rules.csv":
                "snippet_name,field_name,rule_type,error_message\nhero,title,required,first\nhero,title,required,second\n",
            "entities.csv": "entity_type,semantic_name\nhero,$a\n",
        ])
        #expect(
            directory.issues == [
                "entities.csv:2:1: error: data: title: first [rule]",
                "entities.csv:2:1: error: data: title: second [rule]",
            ])
    }

    @Test("Of many allowed types some are named")
    func manyAllowed() throws {
        let names = ["a", "b", "c", "d", "e", "f", "g"]
        let directory = try CheckedDirectory([
            "snippets.csv": "snippet_name\nhero\n" + names.map { "\($0)\n" }.joined(),
            "snippet_relationships.csv":
                "parent_type,allowed_child_types\nhero,\(names.joined(separator: "|"))\n",
            "entities.csv": "entity_type,semantic_name\nhero,$h\nhero,$i\n",
            "associations.csv": "parent_id,child_id\n$h,$i\n",
        ])
        #expect(
            directory.issues == [
                "associations.csv:2:4: warning: child_id: a 'hero' may not contain a 'hero'; allowed are 'a', 'b', 'c', 'd', 'e' and 2 more [not-allowed-child]"
            ])
    }

    @Test("An instance in a container that does not allow it is a warning, in both forms of associations")
    func children() throws {
        let files = [
            "snippets.csv": Self.snippets,
            "snippet_relationships.csv": "parent_type,allowed_child_types\nhero,card\ncard,\n",
        ]
        var named = files
        named["associations.csv"] =
            "parent_path,entity_type,entity_id,path\n,page,p,a\np,hero,h,a.1\nh,card,c,a.1.1\nh,hero,i,a.1.2\nc,page,q,a.1.1.1\n"
        #expect(
            try CheckedDirectory(named).issues == [
                "associations.csv:5:3: warning: entity_type: a 'hero' may not contain a 'hero'; allowed are 'card' [not-allowed-child]",
                "associations.csv:6:3: warning: entity_type: a 'card' may not contain a 'page'; allowed are none [not-allowed-child]",
            ])
        var byID = files
        byID["entities.csv"] = "entity_type,semantic_name\nhero,$h\ncard,$c\nhero,$i\n"
        byID["associations.csv"] = "parent_id,child_id\n$h,$c\n$h,$i\n"
        #expect(
            try CheckedDirectory(byID).issues == [
                "associations.csv:3:4: warning: child_id: a 'hero' may not contain a 'hero'; allowed are 'card' [not-allowed-child]"
            ])
    }
}
