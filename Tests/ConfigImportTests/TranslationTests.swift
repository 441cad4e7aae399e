import Testing
import UCG

struct TranslationTests {
    private static func value(_ locale: String, _ value: String, key: String = "nav.home") -> String {
        #"{"key":"\#(key)","locale":"\#(locale)","layer":"global","scope":null,"value":"\#(value)","placeholders":[]}"#
    }

    @Test(
        "Every form of a file gives the same translations",
        arguments: [
            ([
                "translations.DE.csv": "key,value\nnav.home,Start\n",
                "translations.en-us.csv": "value,key\nHome,nav.home\n",
            ]),
            (["translations.csv": "key,locale,value\nnav.home,de,Start\nnav.home,en_US,Home\n"]),
            (["translations.csv": "key,value\nnav.home@de,Start\nnav.home@en-US,Home\n"]),
            (["translations.csv": "Key,DE,en-us\nnav.home,Start,Home\n"]),
            (["translations.csv": "key,label_de,value_en_us\nnav.home,Start,Home\n"]),
            (["translations.csv": "snippet_name,field_name,de,en_us\nnav,home,Start,Home\n"]),
            (["translations.csv": "snippet_name,field_name,value\nnav,home@de,Start\nnav,home@en_us,Home\n"]),
        ])
    func forms(files: [String: String]) throws {
        let directory = try CheckedDirectory(files)
        #expect(directory.issues == [])
        #expect(try directory.data() == [Self.value("de", "Start"), Self.value("en_US", "Home")])
        #expect(try directory.entities()[0].id == EntityName.id(.translation, "de:global::nav.home"))
    }

    @Test(
        "The folder gives layer and scope",
        arguments: [
            ("themes/corp", "theme", "corp"), ("themes/corp/templates/home", "template", "corp/home"),
            ("snippets/hero", "snippet", "hero"), ("plugins/mail", "plugin", "mail"),
        ])
    func layers(folder: String, layer: String, scope: String) throws {
        let directory = try CheckedDirectory([
            "\(folder)/translations.de.csv": "key,value\na,b\n", "themes.csv": "name\ncorp\n",
            "snippets.csv": "name\nhero\n",
        ])
        #expect(directory.issues == [])
        let entity = try #require(try directory.entities().last)
        #expect(
            String(decoding: entity.data.bytes, as: UTF8.self)
                == #"{"key":"a","locale":"de","layer":"\#(layer)","scope":"\#(scope)","value":"b","placeholders":[]}"#
        )
        #expect(entity.id == EntityName.id(.translation, "de:\(layer):\(scope):a"))
    }

    @Test("An absent cell of the wide form is no translation, a quoted empty one is the empty string")
    func wideCells() throws {
        let directory = try CheckedDirectory(["translations.csv": "key,de,en\na,,\"\"\n"])
        #expect(try directory.data() == [Self.value("en", "", key: "a")])
    }

    @Test("Context, date and unknown columns are kept")
    func members() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv":
                "key,value,context,updated,de\na,\"{x} {{y}} {x} { z} {1}\",\"\",2024-01-15,z\n"
        ])
        #expect(
            try directory.data() == [
                #"{"key":"a","locale":"de","layer":"global","scope":null,"value":"{x} {{y}} {x} { z} {1}","context":"","updated":"2024-01-15","placeholders":["x","y","1"],"de":"z"}"#
            ])
    }

    static let faults: [(file: String, content: String, issue: String)] = [
        ("translations.de.csv", "key,value\na,\n", "2:1: warning: [missing-translation]"),
        ("translations.de.csv", "key,value\n,b\n", "2:1: error: key [missing-value]"),
        ("translations.de.csv", "key,value\na b,c\n", "2:1: error: key [invalid-value]"),
        ("translations.de.csv", "key,value\n\"a\u{a0}b\",c\n", "2:1: error: key [invalid-value]"),
        ("translations.de.csv", "key,value,updated\na,b,1.2.2024\n", "2:5: error: updated [invalid-value]"),
        ("translations.de.csv", "key,locale,value\na,de,b\n", "1:5: error: locale [mixed-columns]"),
        ("translations.csv", "key,locale,value\na,german,b\n", "2:3: error: locale [invalid-value]"),
        ("translations.csv", "key,value\na,b\n", "2:1: error: key [missing-locale]"),
        ("translations.csv", "key,value\na@b@german,c\n", "2:1: error: key [missing-locale]"),
        ("translations.csv", "key,value\n@de,c\n", "2:1: error: key [invalid-value]"),
        ("translations.csv", "key,text\na,b\n", "1:1: error: [missing-locale]"),
        ("translations.csv", "key,deu\na,b\n", "1:5: error: deu [unknown-column]"),
        ("translations.csv", "key,de,label_de\na,b,c\n", "1:8: error: label_de [repeated-column]"),
        ("translations.csv", "name,de\na,b\n", "1:1: error: [missing-column]"),
        ("translations.csv", "key,de,layer\na,b,c\n", "1:8: error: layer [unknown-column]"),
    ]

    @Test("Faults are reported at their cells", arguments: faults)
    func faulty(file: String, content: String, issue: String) throws {
        let directory = try CheckedDirectory([file: content])
        #expect(directory.shortIssues == ["\(file):\(issue)"])
    }

    @Test("A key of 512 bytes passes, one more does not")
    func keyLength() throws {
        let key = String(repeating: "ä", count: 256)
        #expect(try CheckedDirectory(["translations.de.csv": "key,value\n\(key),x\n"]).issues == [])
        let longer = try CheckedDirectory(["translations.de.csv": "key,value\n\(key)x,x\n"])
        #expect(longer.shortIssues == ["translations.de.csv:2:1: error: key [invalid-value]"])
    }

    @Test("A key given twice is an error that names both places, in whatever file")
    func duplicate() throws {
        let directory = try CheckedDirectory([
            "translations.csv": "key,de\na,x\n", "translations.de.csv": "key,value\nb,1\na,y\n",
        ])
        #expect(
            directory.issues == [
                "translations.de.csv:3:1: error: key: 'a' in de is given already at translations.csv:2 with another value [duplicate]"
            ])
    }

    @Test("A key given twice with the same value is a warning, and the first row stands")
    func sameValue() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv": "key,value,context\na,x,first\nb,y,\na,x,second\n"
        ])
        #expect(directory.shortIssues == ["translations.de.csv:4:1: warning: key [duplicate]"])
        let data = try directory.data()
        #expect(data.count == 2)
        #expect(data[0].contains("first"))
    }

    @Test("Keys that a locale lacks are a warning for each locale, which names the first of them")
    func coverage() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv": "key,value\na,1\nb,2\nc,3\nd,4\ne,5\n",
            "translations.en.csv": "key,value\nc,3\nf,6\n",
            "snippets/hero/translations.fr.csv": "key,value\nz,1\n", "snippets.csv": "name\nhero\n",
        ])
        #expect(
            directory.issues == [
                "translations.de.csv:1:1: warning: de has 5 of the 6 keys of the layer global (83 %); it lacks 'f' [missing-translation]",
                "translations.en.csv:1:1: warning: en has 2 of the 6 keys of the layer global (33 %); it lacks 'a', 'b', 'd', 'e' [missing-translation]",
            ])
    }

    @Test("A locale that is declared and has no key at all lacks every key")
    func emptyLocale() throws {
        let wide = try CheckedDirectory(["translations.csv": "key,de,en\na,x,\n"])
        #expect(
            wide.issues == [
                "translations.csv:1:8: warning: en: en has 0 of the 1 keys of the layer global (0 %); it lacks 'a' [missing-translation]"
            ])
        let files = try CheckedDirectory([
            "translations.de.csv": "key,value\na,x\n", "translations.en.csv": "key,value\n",
        ])
        #expect(files.shortIssues == ["translations.en.csv:1:1: warning: [missing-translation]"])
    }

    @Test("A row with one bad cell is still compared with others")
    func badCell() throws {
        let directory = try CheckedDirectory([
            "translations.csv": "key,locale,value,updated\na,de,{x},\na,de,y,nodate\na,en,{z},\nc d,de,x,\n"
        ])
        #expect(
            directory.shortIssues == [
                "translations.csv:3:1: error: key [duplicate]",
                "translations.csv:3:8: error: updated [invalid-value]",
                "translations.csv:4:6: warning: value [placeholders]",
                "translations.csv:5:1: error: key [invalid-value]",
            ])
    }

    @Test(
        "A key made of snippet and field is checked in every form, and the faulty cell is named",
        arguments: [
            (
                "translations.csv", "snippet_name,field_name,locale,value\na b,f,en,x\n",
                "2:1: error: snippet_name"
            ),
            ("translations.de.csv", "snippet_name,field_name,value\na,f f,x\n", "2:3: error: field_name"),
            ("translations.csv", "snippet_name,field_name,value\na b,f@de,x\n", "2:1: error: snippet_name"),
        ])
    func composedKey(file: String, content: String, place: String) throws {
        let directory = try CheckedDirectory([file: content])
        #expect(directory.shortIssues == ["\(file):\(place) [invalid-value]"])
    }

    @Test("Other placeholders than in the key's first locale are a warning; their order does not matter")
    func placeholders() throws {
        let directory = try CheckedDirectory([
            "translations.csv": "key,de,en,fr\na,{x} und {y},{y} and {x},{x}\nb,x,{z},x\n"
        ])
        #expect(
            directory.issues.map { $0.replacing(directory.path + "/", with: "") } == [
                "translations.csv:2:27: warning: fr: placeholders of fr are {x}, those of de at translations.csv:2 are {x} {y} [placeholders]",
                "translations.csv:3:5: warning: en: placeholders of en are {z}, those of de at translations.csv:3 are none [placeholders]",
            ])
    }

    @Test("A folder of a theme that no row defines is a warning")
    func unknownFolder() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name\ncorporate\n", "themes/corporat/translations.de.csv": "key,value\na,b\n",
        ])
        #expect(
            directory.shortIssues == ["themes/corporat/translations.de.csv:1:1: warning: [unknown-folder]"])
    }

    @Test("A folder name with other characters is an error")
    func badFolder() throws {
        let directory = try CheckedDirectory(["plugins/my mail/translations.de.csv": "key,value\na,b\n"])
        #expect(directory.shortIssues == ["plugins/my mail:1:1: error: [file-name]"])
    }
}
