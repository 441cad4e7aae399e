import ConfigImport
import Foundation
import TestSupport
import Testing
import UCG

struct DirectoryTests {
    @Test("Missing kinds and files without rows are notes, not errors")
    func notes() throws {
        let directory = try CheckedDirectory(["themes.csv": "", "snippets.csv": "name\n"])
        #expect(directory.issues == [])
        #expect(
            directory.check.notes.map { $0.replacing(directory.path + "/", with: "") } == [
                "no associations.csv: no associations are imported",
                "no translations*.csv: no translations are imported",
                "snippets.csv has a header and no rows",
                "themes.csv is empty",
            ])
        #expect(try directory.data() == [])
    }

    static let misnamed: [(name: String, code: String)] = [
        ("theme.csv", "file-name"), ("Snippets.csv", "file-name"), ("translation.de.csv", "file-name"),
        ("Translations.de.csv", "file-name"), ("translations.German.csv", "file-name"),
        ("translations-de.csv", "file-name"),
        ("translations.de.old.csv", "file-name"), ("themes.CSV", "file-name"),
        ("theme/x/translations.de.csv", "unknown-folder"), ("Themes/x/translations.de.csv", "unknown-folder"),
        ("plugin/x/translations.de.csv", "unknown-folder"),
        ("themes/x/template/y/translations.de.csv", "unknown-folder"),
        ("themes/x/translation.de.csv", "file-name"), ("themes/translations.de.csv", "file-name"),
        ("themes/x/templates/translations.de.csv", "file-name"),
        ("translations.de.tsv", "file-name"), ("themes.xlsx", "file-name"),
        ("themes/x/translations.de.csv.txt", "file-name"),
    ]

    @Test("What has nearly a known name is an error, said before all else", arguments: misnamed)
    func similarName(_ expected: (name: String, code: String)) throws {
        let directory = try CheckedDirectory([
            expected.name: "name\na\n", "associations.csv": "parent_path,entity_type,entity_id\n,nothing,a\n",
        ])
        let first = try #require(directory.shortIssues.first)
        #expect(first.hasSuffix(": error: [\(expected.code)]"), "\(directory.issues)")
        #expect(directory.check.configuration == nil)
    }

    @Test("What follows from a name is not reported as well")
    func causeFirst() throws {
        let directory = try CheckedDirectory([
            "snippet.csv": "name\nhero\n",
            "associations.csv": "parent_path,entity_type,entity_id\n,hero,a\n",
        ])
        #expect(directory.shortIssues == ["snippet.csv:1:1: error: [file-name]"])
    }

    @Test(
        "What may be meant is a warning: a file that has a locale's name, a folder with files of known names")
    func doubtful() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name\na\n", "themes/a/de.csv": "key,value\n", "en_GB.csv": "key,value\n",
            "site/2026/translations.de.csv": "key,value\n", "themes/a/old/translations.csv": "key,de\n",
        ])
        #expect(
            directory.shortIssues == [
                "en_GB.csv:1:1: warning: [file-name]", "site:1:1: warning: [unknown-folder]",
                "themes/a/de.csv:1:1: warning: [file-name]", "themes/a/old:1:1: warning: [unknown-folder]",
            ])
        #expect(directory.check.configuration != nil)
        // Beside the CSV file another format is somebody's working copy.
        let both = try CheckedDirectory([
            "themes.csv": "name\na\n", "themes.xlsx": "", "themes/a/faq.csv": "",
        ])
        #expect(both.issues == [])
    }

    @Test("Other files and folders with CSV files are notes")
    func others() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name\na\n", "foo.csv": "", "other/x.csv": "", "themes/a/old/x.csv": "",
            "themes/a/list.csv": "",
            "plugins/p/deep/x.csv": "", "empty/readme.txt": "",
        ])
        #expect(directory.issues == [])
        for name in ["foo.csv", "other", "themes/a/old", "themes/a/list.csv", "plugins/p/deep"] {
            #expect(directory.check.notes.contains { $0.contains("/\(name) is not a") }, "\(name)")
        }
        #expect(!directory.check.notes.contains { $0.contains("/empty") })
    }

    @Test("A directory that has nothing but a name that is nearly right says which was meant")
    func onlyMisnamed() throws {
        let folder = try TemporaryDirectory()
        try folder.write("key,value\n", to: "Translations.de.csv")
        let error = #expect(throws: InputError.self) { try Configuration.check(folder.path, ImportOptions()) }
        #expect(error?.kind == .missing)
        #expect(error?.advice?.contains("did you mean 'translations.de.csv'") == true)
    }

    @Test(
        "What cannot be looked into is no input, and not absent",
        arguments: ["themes", "theme", "themes/x", "themes/x/templates"])
    func unreadable(name: String) throws {
        let folder = try TemporaryDirectory()
        try folder.write("name\na\n", to: "themes.csv")
        try folder.write("", to: "themes/x/templates/.keep")
        for (link, target) in [
            ("gone", "nowhere"), ("loop", name.split(separator: "/").last.map(String.init) ?? ""),
        ] {
            _ = link
            let path = folder.path(of: name)
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            let error = #expect(throws: InputError.self) {
                try Configuration.check(folder.path, ImportOptions())
            }
            #expect(error?.kind == .missing && error?.path.hasSuffix(name) == true)
        }
    }

    @Test("A directory that is missing, or without a file that can be imported, is no input")
    func noInput() throws {
        let folder = try TemporaryDirectory()
        try folder.write("x\n", to: "entities.csv")
        for path in [folder.path, folder.path + "/none", folder.path + "/entities.csv"] {
            let error = #expect(throws: InputError.self) { try Configuration.check(path, ImportOptions()) }
            #expect(error?.kind == .missing)
        }
    }

    @Test("A directory, a FIFO or a device in a file's place is refused at once")
    func notRegular() throws {
        let folder = try TemporaryDirectory()
        #expect(unsafe mkfifo(folder.path + "/snippets.csv", 0o600) == 0)
        var error = #expect(throws: InputError.self) { try Configuration.check(folder.path, ImportOptions()) }
        #expect(error?.kind == .missing)
        #expect(error?.reason == "is not a regular file")
        let other = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: other.path + "/snippets.csv", withIntermediateDirectories: false)
        error = #expect(throws: InputError.self) { try Configuration.check(other.path, ImportOptions()) }
        #expect(error?.kind == .missing)
    }

    @Test("A symbolic link is followed; one that leads nowhere is no input")
    func links() throws {
        let folder = try TemporaryDirectory()
        try folder.write("name\na\n", to: "elsewhere/file")
        let link = folder.path + "/themes.csv"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "elsewhere/file")
        #expect(
            try Configuration.check(folder.path, ImportOptions()).configuration?.counts[.themes]?.entities
                == 1)
        try FileManager.default.removeItem(atPath: folder.path + "/elsewhere/file")
        #expect(throws: InputError.self) { try Configuration.check(folder.path, ImportOptions()) }
    }

    @Test("A file that changed after it was checked is found out")
    func changed() throws {
        let folder = try TemporaryDirectory()
        try folder.write("name\na\n", to: "themes.csv")
        let configuration = try #require(try Configuration.check(folder.path, ImportOptions()).configuration)
        try folder.write("name\nb\n", to: "themes.csv")
        let error = #expect(throws: InputError.self) { try configuration.forEachEntity(of: .theme) { _ in } }
        #expect(error?.kind == .changed)
    }
}
