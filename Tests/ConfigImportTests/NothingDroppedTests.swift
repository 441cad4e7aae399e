import ConfigImport
import Testing

/// Input that looks meant: it is imported, or something is said.
struct NothingDroppedTests {
    // MARK: - Headers

    static let lookAlikes: [(file: String, header: String)] = [
        ("themes.csv", "theme_name,\u{A0}active"), ("themes.csv", "theme_name, active"),
        ("themes.csv", "theme_name,active\u{200B}"), ("themes.csv", "theme_name,\u{FEFF}Active"),
        ("themes.csv", "theme_name,\tactive"), ("snippets.csv", "snippet_name ,x"),
        ("associations.csv", "parent_path,entity_type,entity_id,\u{2003}weight"),
        ("translations.csv", "key,locale ,value"), ("translations.de.csv", "key,value\u{AD}"),
    ]

    @Test("A column that looks like a known one is an error that shows it escaped", arguments: lookAlikes)
    func lookAlikeHeader(_ input: (file: String, header: String)) throws {
        let directory = try CheckedDirectory([input.file: input.header + "\n"])
        #expect(directory.shortIssues.count == 1, "\(directory.issues)")
        #expect(directory.shortIssues.first?.hasSuffix("[look-alike]") == true)
        #expect(directory.issues.first?.contains("looks like the column") == true)
    }

    static let wideColumns: [(name: String, hint: String)] = [
        (" de", "write de"), ("de_DE_formal", "write de_DE"), ("sr@latin", "write sr_Latn"),
        ("ca-ES-valencia", "write ca_ES"), ("German", "write de"), ("deu", "write de"),
        ("de_DE.UTF-8", "write de_DE"),
        ("Deutsch", "write de"), ("gsw", "write label_gsw"), ("whatever", "expected locales"),
    ]

    @Test("Every column of the wide form is a locale, or what is kept is said", arguments: wideColumns)
    func wide(_ input: (name: String, hint: String)) throws {
        let files = ["translations.csv": "key,en,\(input.name)\nhome,Home,x\n"]
        let directory = try CheckedDirectory(files)
        #expect(directory.shortIssues.count == 1, "\(directory.issues)")
        #expect(directory.shortIssues.first?.hasSuffix("[unknown-column]") == true)
        #expect(directory.issues.first?.contains(input.hint) == true, "\(directory.issues)")
        let kept = try CheckedDirectory(files) { $0.keepsColumns = true }
        #expect(kept.issues == [])
        #expect(try kept.data()[0].contains("\"\(input.name)\":\"x\""))
    }

    @Test("A column of two letters that is probably no language is a warning")
    func doubtful() throws {
        let numbers = try CheckedDirectory(["translations.csv": "key,de,id\na,x,1\nb,y,2\n"])
        #expect(numbers.shortIssues == ["translations.csv:1:8: warning: id [doubtful-locale]"])
        let before = try CheckedDirectory(["translations.csv": "no,key,de\nx,a,y\n"])
        #expect(before.shortIssues.contains("translations.csv:1:1: warning: no [doubtful-locale]"))
        let clear = try CheckedDirectory(["translations.csv": "key,de,id\na,x,1\nb,y,satu\n"])
        #expect(clear.issues == [])
    }

    // MARK: - Rows

    @Test("Delimiters at the end of header and rows are dropped if nothing is there")
    func trailing() throws {
        let directory = try CheckedDirectory(["themes.csv": "name,active,,\na,true,,\nb,false,,\n"])
        #expect(directory.shortIssues == ["themes.csv:1:13: warning: [empty-column]"])
        #expect(try directory.data().count == 2)
        let filled = try CheckedDirectory(["themes.csv": "name,active,,\na,true,,x\n"])
        #expect(filled.shortIssues.contains("themes.csv:2:9: error: [empty-column]"))
        let middle = try CheckedDirectory(["themes.csv": "name,,active\na,,true\n"])
        #expect(middle.shortIssues == ["themes.csv:1:6: error: [empty-column]"])
        let rowOnly = try CheckedDirectory(["themes.csv": "name,active\na,true,\n"])
        let issue = try #require(rowOnly.check.log.byFile.first?.issues.first)
        #expect(
            issue.code.rawValue == "ragged-row" && issue.help == "remove the delimiter at the end of the line"
        )
    }

    @Test("Rows of delimiters only are skipped, and counted once a file")
    func emptyRows() throws {
        let directory = try CheckedDirectory(["themes.csv": "name,active\n,\na,true\n,\n,\n"])
        #expect(directory.shortIssues == ["themes.csv:2:1: warning: [empty-row]"])
        #expect(directory.issues.first?.contains("3 rows of delimiters only") == true)
        #expect(try directory.data().count == 1)
        let quoted = try CheckedDirectory(["themes.csv": "name,active\n\"\",\"\"\n"])
        #expect(quoted.shortIssues == ["themes.csv:2:1: error: name [missing-value]"])
    }

    @Test("A spreadsheet's first line names the delimiter of its file", arguments: ["", "\u{FEFF}"])
    func separatorLine(mark: String) throws {
        let directory = try CheckedDirectory([
            "themes.csv": mark + "sep=;\r\nname;active\r\na;true\r\n", "snippets.csv": "name\nhero\n",
        ])
        #expect(directory.shortIssues == ["themes.csv:1:1: warning: [separator-line]"])
        #expect(try directory.data().last?.contains(#""active":true"#) == true)
        // Positions are those of the file.
        let broken = try CheckedDirectory(["themes.csv": mark + "sep=;\nname;active\na;maybe\n"])
        #expect(broken.shortIssues.contains("themes.csv:3:3: error: active [invalid-value]"))
        let header = try CheckedDirectory(["themes.csv": "sep=;x,name\na,b\n"])
        #expect(header.shortIssues == [])
    }

    @Test("A header again behind a byte-order mark is what a repeated header is")
    func secondMark() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv": "key,value\na,1\n\u{FEFF}key,value\nb,2\n"
        ])
        #expect(directory.shortIssues == ["translations.de.csv:3:1: warning: [repeated-header]"])
        #expect(try directory.data().count == 2)
    }

    @Test("A header again with its columns in another order is a row, with a warning of what may follow")
    func reorderedHeader() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv": "key,value,note\na,1,x\nnote,key,value\ny,b,2\nkey,key,note\n"
        ])
        #expect(directory.shortIssues == ["translations.de.csv:3:1: warning: [repeated-header]"])
        #expect(try directory.data().count == 4)
    }

    // MARK: - Keys

    @Test("Characters that nobody sees are errors in keys; joiners between letters are none")
    func invisible() throws {
        for key in ["home.title\u{200B}", "\u{FEFF}home", "a\u{AD}b", "a\u{200D}.b", "a\u{202E}b"] {
            let directory = try CheckedDirectory(["translations.de.csv": "key,value\n\(key),x\n"])
            #expect(
                directory.shortIssues.first?.hasSuffix("key [invalid-value]") == true, "\(directory.issues)")
        }
        let persian = try CheckedDirectory(["translations.fa.csv": "key,value\nمی\u{200C}خواهم,x\n"])
        #expect(persian.issues == [])
    }

    @Test("Keys that differ only in letter case or composition are a warning")
    func similar() throws {
        let composed = try CheckedDirectory([
            "translations.de.csv": "key,value\nhome.caf\u{E9},x\nhome.cafe\u{301},y\n"
        ])
        #expect(composed.shortIssues == ["translations.de.csv:3:1: warning: key [similar-key]"])
        for keys in [["Home.Title", "home.title"], ["home.title", "Home.Title"], ["HOME", "Home"]] {
            let directory = try CheckedDirectory([
                "translations.de.csv": "key,value\n\(keys[0]),x\n\(keys[1]),y\n"
            ])
            #expect(directory.shortIssues.count == 1 && directory.shortIssues[0].hasSuffix("[similar-key]"))
        }
        let apart = try CheckedDirectory([
            "translations.de.csv": "key,value\nHome,x\n", "translations.en.csv": "key,value\nHome,y\n",
            "plugins/p/translations.de.csv": "key,value\nhome,z\n",
        ])
        #expect(!apart.shortIssues.contains { $0.contains("similar-key") })
    }

    @Test("A key without a value is not translated: no entity, and a warning")
    func untranslated() throws {
        let alone = try CheckedDirectory(["translations.de.csv": "key,value\nhome.title,\nhome.text,x\n"])
        #expect(alone.shortIssues == ["translations.de.csv:2:1: warning: [missing-translation]"])
        #expect(try alone.data().count == 1)
        let other = try CheckedDirectory([
            "translations.de.csv": "key,value\nhome,\n", "translations.en.csv": "key,value\nhome,Home\n",
        ])
        #expect(other.shortIssues == ["translations.de.csv:1:1: warning: [missing-translation]"])
        let long = try CheckedDirectory(["translations.csv": "key,locale,value\na,de,\na,en,x\n"])
        #expect(try long.data().count == 1)
        let empty = try CheckedDirectory(["translations.de.csv": "key,value\na,\"\"\n"])
        #expect(empty.issues == [])
        #expect(try empty.data().count == 1)
    }

    // MARK: - Themes

    @Test("A chain of themes has at most 64 levels; the first that is too deep is named")
    func deepThemes() throws {
        func table(_ count: Int) -> String {
            "name,parent\n" + (1...count).map { "t\($0),\($0 == 1 ? "" : "t\($0 - 1)")\n" }.joined()
        }
        #expect(try CheckedDirectory(["themes.csv": table(64)]).issues == [])
        let deep = try CheckedDirectory(["themes.csv": table(20_000)])
        #expect(deep.shortIssues == ["themes.csv:66:5: error: parent [too-deep]"])
    }
}
