import ConfigImport
import Foundation
import TestSupport
import Testing

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

    @Test("Files of later versions are skipped with a warning")
    func laterFiles() throws {
        let names = [
            "entities.csv", "field_types.csv", "meta_snippets.csv", "snippet_relationships.csv",
            "validation_rules.csv",
        ]
        var files = Dictionary(uniqueKeysWithValues: names.map { ($0, "x\n") })
        files["themes.csv"] = "name\na\n"
        let directory = try CheckedDirectory(files)
        #expect(directory.shortIssues == names.map { "\($0):1:1: warning: [later-file]" })
        #expect(try directory.data().count == 1)
    }

    @Test("A file with nearly a known name is a warning")
    func similarName() throws {
        let directory = try CheckedDirectory([
            "theme.csv": "name\na\n", "snippets.csv": "name\na\n", "foo.csv": "",
        ])
        #expect(directory.shortIssues == ["theme.csv:1:1: warning: [file-name]"])
        #expect(directory.check.notes.contains { $0.contains("foo.csv") })
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
        let error = #expect(throws: InputError.self) { try configuration.forEachEntity(of: .themes) { _ in } }
        #expect(error?.kind == .changed)
    }
}
