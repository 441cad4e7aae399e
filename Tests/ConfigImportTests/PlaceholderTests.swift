import Testing

@testable import ConfigImport

struct PlaceholderTests {
    static let texts: [(text: String, names: [String])] = [
        ("plain", []), ("{name}", ["name"]), ("{a} {b} {a}", ["a", "b"]), ("{0} of {1}", ["0", "1"]),
        ("{user.name}", ["user.name"]), ("{{ name }}", ["name"]), ("{{name}}", ["name"]),
        ("{{\t\n name}}", ["name"]),
        ("{ name }", []), ("{}", []), ("{1a}", []), ("{a b}", []), ("{a", []), ("a}", []), ("{{a}", ["a"]),
        ("{a{b}c}", ["b"]),
        ("{g, select, male {Er} other {Sie}}", ["g"]),
        ("{n, plural, one {# item of {name}} other {{count} items}}", ["n", "name", "count"]),
        ("{n,plural,=0{none}other{{n, number} left}}", ["n"]),
        ("{d, date, short} at {place}", ["d", "place"]),
        ("It''s '{'{x}'}' and {d, time}", ["x", "d"]),
        ("'{quoted}' {n, number}", ["n"]), ("'{not quoted}' '{name}'", ["name"]),
        ("{n, plural, one {x}", ["x"]), ("{n, nothing, x}", []),
        ("{a, select, x {{b, select, y {{c}}}}} {d}", ["a", "b", "c", "d"]),
    ]

    @Test("Names are found, branches' texts are not", arguments: texts)
    func names(_ expected: (text: String, names: [String])) {
        #expect(Placeholders.names(in: Array(expected.text.utf8).span) == expected.names)
    }

    static let formats: [(text: String, formats: [String])] = [
        ("%s and %d", ["%d", "%s"]), ("%1$s %2$s", ["%1$s", "%2$s"]), ("%(name)s", ["%(name)s"]),
        ("%name%", ["%name%"]), ("100 % sure", []), ("100%", []), ("5%discount", []), ("%%s", []),
        ("%.2f", ["%.2f"]),
        ("%@", ["%@"]), ("{a} %s", ["%s", "{a}"]),
    ]

    @Test("Forms of printf are compared, and not listed", arguments: formats)
    func compared(_ expected: (text: String, formats: [String])) {
        #expect(Placeholders.comparable(in: Array(expected.text.utf8).span).sorted() == expected.formats)
    }

    @Test("Formats that differ between locales are a warning, and no member")
    func warning() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv": "key,value\na,%s Artikel\n",
            "translations.en.csv": "key,value\na,%d items\n",
        ])
        #expect(directory.shortIssues == ["translations.en.csv:2:3: warning: value [placeholders]"])
        #expect(try directory.data().allSatisfy { $0.contains(#""placeholders":[]"#) })
        let words = try CheckedDirectory([
            "translations.de.csv": #"key,value\#na,"{g, select, male {Er} other {Sie}}"\#n"#,
            "translations.en.csv": #"key,value\#na,"{g, select, male {He} other {They}}"\#n"#,
        ])
        #expect(words.issues == [])
    }

    @Test("Nesting without end is read to its 64th level")
    func deep() {
        let text =
            String(repeating: "{a, select, x {", count: 5000) + "{b}" + String(repeating: "}}", count: 5000)
        #expect(Placeholders.names(in: Array(text.utf8).span) == ["a"])
    }
}
