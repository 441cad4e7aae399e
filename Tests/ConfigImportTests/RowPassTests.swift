import CSV
import TestSupport
import Testing
import UCG

@testable import ConfigImport

/// What the passes over a file do about errors in it.
struct RowPassTests {
    /// A file of themes whose second row is faulty, though it is the very file that was found.
    private static func file(_ folder: TemporaryDirectory) throws -> ConfigFile {
        try folder.write("theme_name,active\na,true\nb,maybe\nc\n", to: "themes.csv")
        let path = folder.path(of: "themes.csv")
        return ConfigFile(
            path: path, kind: .themes, place: .root, dialect: FileDialect(delimiter: UInt8(ascii: ",")),
            identity: try ByteSource.file(path).identity())
    }

    @Test("Building takes an error as a sign that the file has changed")
    func building() throws {
        let folder = try TemporaryDirectory()
        var pass = BuildPass(ImportOptions(), identities: IdentityTable())
        let opened = try pass.open(try Self.file(folder), { _, _ in ThemeColumns.layout })
        guard var rows = consume opened else {
            Issue.record("the header is right")
            return
        }
        #expect(try pass.next(&rows))
        var error: InputError?
        do throws(InputError) { _ = try pass.next(&rows) } catch let failure { error = failure }
        #expect(error?.kind == .changed)
    }

    @Test("Reading again passes over what was reported before")
    func rereading() throws {
        let folder = try TemporaryDirectory()
        var pass = RereadPass(ImportOptions())
        let opened = try pass.open(try Self.file(folder), { _, _ in ThemeColumns.layout })
        guard var rows = consume opened else {
            Issue.record("the header is right")
            return
        }
        var names: [String] = []
        while try pass.next(&rows) { names.append(rows.record.string(0)) }
        #expect(names == ["a", "b"])
    }
}
