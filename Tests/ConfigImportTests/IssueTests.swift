import CSV
import Foundation
import TestSupport
import Testing

@testable import ConfigImport

struct IssueTests {
    /// The text of all issues, the paths seen from the directory.
    private func render(_ files: [String: String]) throws -> String {
        let directory = try CheckedDirectory(files)
        let renderer = IssueRenderer(delimiter: UInt8(ascii: ","))
        return directory.check.log.byFile.map { renderer.text(of: $0) }.joined()
            .replacing(directory.path + "/", with: "")
    }

    @Test("An issue is shown with its line, and the field underlined")
    func caret() throws {
        #expect(
            try render([
                "themes.csv": "theme_name,parent_theme,active\ncorporate,,\nberlin,corporat,\"true\"\n"
            ]) == """
                themes.csv:3:8: error: parent_theme: no theme is named 'corporat' (did you mean 'corporate'?) [unknown-reference]
                  3 | berlin,corporat,"true"
                    |        ^~~~~~~~

                """)
    }

    @Test("The caret stands by display cells: wide, combining and escaped characters counted as shown")
    func cells() throws {
        #expect(
            try render(["themes.csv": "description,name\r\n日本e\u{301}\t,B\r\n"]) == """
                themes.csv:2:12: error: name: 'B' is not a theme name; expected words of a-z and 0-9, joined by '.' or '-' [invalid-value]
                  2 | 日本e\u{301}\\t,B
                    |         ^

                """)
    }

    @Test("A quoted field is underlined with its quotes, to the line's end if it goes on")
    func quoted() throws {
        let text = try render(["themes.csv": "name,active\na,\"x\"\"y\"\nb,\"1\n2\"\n"])
        #expect(text.contains("  2 | a,\"x\"\"y\"\n    |   ^~~~~~\n"))
        #expect(text.contains("  3 | b,\"1\n    |   ^~\n"))
    }

    @Test("A long line is cut on both sides of the caret")
    func longLine() throws {
        let filler = String(repeating: "ü", count: 5000)
        let text = try render(["themes.csv": "description,name,note\n\(filler),B,\(filler)\n"])
        let lines = text.split(separator: "\n")
        #expect(lines[0].hasPrefix("themes.csv:2:10002: error"))
        #expect(
            lines[1] == "  2 | …" + String(repeating: "ü", count: 47) + ",B,"
                + String(repeating: "ü", count: 49) + "…")
        #expect(lines[2] == "    | " + String(repeating: " ", count: 49) + "^")
    }

    @Test("A byte-order mark takes no column")
    func byteOrderMark() throws {
        let text = try render(["themes.csv": "\u{FEFF}name,name\n"])
        #expect(text.contains("themes.csv:1:6: error: name"))
        #expect(text.contains("  1 | name,name\n    |      ^~~~\n"))
    }

    @Test(
        "Text from files cannot reach the terminal as control",
        arguments: [
            ("\u{1B}]0;x\u{7}", "\\x1b]0;x\\x07"), ("\u{9B}2J", "\\x9b2J"), ("\u{202E}a", "\\u{202e}a"),
            ("a\tb", "a\\tb"), ("a\u{A0}b", "a\\u{a0}b"), ("ü日é", "ü日é"),
        ])
    func escapes(text: String, shown: String) {
        #expect(PlainText.escaped(text) == shown)
    }

    @Test("A quoted value is cut to 80 characters")
    func cut() {
        #expect(
            PlainText.quoted(String(repeating: "a", count: 80)) == "'\(String(repeating: "a", count: 80))'")
        #expect(
            PlainText.quoted(String(repeating: "a", count: 81)) == "'\(String(repeating: "a", count: 80))…'")
    }

    @Test("The first hundred errors of a file are shown, in order, and the others counted")
    func limit() throws {
        let rows = (1...350).map { "A\($0)\n" }.joined()
        let directory = try CheckedDirectory(["themes.csv": "name\n" + rows, "snippets.csv": "name\nB\n"])
        #expect(directory.check.log.errorCount == 351)
        #expect(directory.issues.count == 101)
        #expect(directory.shortIssues.last == "themes.csv:101:1: error: name [invalid-value]")
        #expect(
            try render(["themes.csv": "name\n" + rows]).hasSuffix("themes.csv: 250 more errors, not shown\n"))
    }

    @Test("Issues come in the order of path bytes, line and column, whenever they were found")
    func order() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name,parent,active\na,x,z\nb,y,\n", "snippets.csv": "name\nB\n",
            "Z.csv": "", "themes/a/translations.de.csv": "key\n",
        ])
        #expect(
            directory.shortIssues == [
                "snippets.csv:2:1: error: name [invalid-value]",
                "themes.csv:2:3: error: parent [unknown-reference]",
                "themes.csv:2:5: error: active [invalid-value]",
                "themes.csv:3:3: error: parent [unknown-reference]",
                "themes/a/translations.de.csv:1:1: error: [missing-column]",
            ])
    }

    @Test(
        "A suggestion is close, and there is none for what is far",
        arguments: [
            ("corporat", "corporate"), ("coproate", "corporate"), ("minimal", "minimal.dark"), ("neon", nil),
            ("heor", "hero"),
        ] as [(String, String?)])
    func suggestions(word: String, meant: String?) {
        let names = ["corporate", "hero", "minimum", "minimal.dark"]
        #expect(Suggestion.closest(to: word, among: names) == (word == "minimal" ? "minimum" : meant))
    }
}
