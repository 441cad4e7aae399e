import Foundation
import TestSupport
import Testing

@testable import PostgresBackup

/// A folder of backups, without a server.
struct BackupCatalogTests {
    private let folder = Result { try TemporaryDirectory() }

    /// Writes a backup whose dump is `dump`, of a version, made so many days before `now`.
    private func add(
        _ version: String, days: Int, of database: String = "cms", dump: String = DumpContentsTests.dump
    ) throws -> String {
        let created = Self.now.addingTimeInterval(Double(-86_400 * days))
        let name = BackupName.prefix + "\(version)_\(20_300_000 - days)_000000"
        var contents = DumpContents()
        contents.read(Array(dump.utf8).span)
        var checksum = Checksum()
        checksum.add(Array(dump.utf8).span)
        let file = Backup.File(
            database: database, server: "db:5432", file: "\(name).sql", sizeBytes: dump.utf8.count,
            sha256: checksum.hexadecimal,
            tableCount: contents.tableCount, rows: contents.rows, serverVersion: "15.18",
            pgDumpVersion: "15.18")
        let backup = Backup(version: version, createdAt: created, duration: 1.5, files: [file])
        let directory = try folder.get()
        for (suffix, bytes) in [
            ("sql", Array(dump.utf8)), ("sha256", Array(backup.checksumLines.utf8)),
            ("json", try backup.json),
        ] {
            _ = try run("chmod", "600", try directory.write(bytes, to: "\(name).\(suffix)"))
        }
        return name
    }

    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func catalog() throws -> BackupCatalog { BackupCatalog(path: try folder.get().path) }

    @Test("Metadata survives being written and read, of one database and of two")
    func metadata() throws {
        let file = Backup.File(
            database: "a/b", server: "h:1", file: "x.sql", sizeBytes: 1, sha256: "00", compression: .gzip,
            tableCount: 2,
            rows: ["public.\"ä\"": 3], serverVersion: "15.18", pgDumpVersion: "15.18",
            grantsFile: "x.grants.sql")
        for files in [[file], [file, file]] {
            let backup = Backup(version: "1", createdAt: Self.now, duration: 0.25, files: files)
            #expect(Backup(json: try backup.json) == backup)
        }
        #expect(Backup(json: Array("{}".utf8)) == nil)
    }

    @Test("The newest is first; names lead to one backup, or to the candidates")
    func find() throws {
        let names = [try add("1.2", days: 5), try add("1.3", days: 3), try add("before-restore", days: 1)]
        let catalog = try catalog()
        #expect(try catalog.list().map(\.name) == names.reversed())
        #expect(try catalog.list().allSatisfy { $0.state == .ok })
        #expect(try catalog.find("latest").name == names[1])
        #expect(try catalog.find("1.2").name == names[0])
        #expect(try catalog.find("v1.3").name == names[1])
        #expect(try catalog.find(names[0] + ".json").name == names[0])
        #expect(try catalog.find("before").name == names[2])
        for name in ["", "v", "1.", "reed", "x"] {
            let error = #expect(throws: BackupError.self) { try catalog.find(name) }
            #expect(error?.code == .notFound)
            #expect(error?.message.contains(names[0]) == true)
        }
    }

    @Test("Metadata that names files of another backup is not followed")
    func foreignFiles() throws {
        let names = [try add("1", days: 9), try add("2", days: 1)]
        let folder = try folder.get()
        let good = try String(contentsOfFile: folder.path(of: names[0] + ".json"), encoding: .utf8)
        for bad in [
            good.replacing(names[0], with: names[1]), good.replacing(names[0] + ".sql", with: "../x.sql"),
            good.replacing("\"file\"", with: "\"grants_file\" : \"\(names[1]).json\", \"file\""),
        ] {
            try folder.write(bad, to: names[0] + ".json")
            let entry = try #require(try catalog().list().first { $0.name == names[0] })
            #expect(entry.state == .damaged("metadata is not readable"))
        }
        try folder.write(
            good.replacing(names[0] + ".sql", with: names[1] + ".sql"), to: "reed_backup_v1.json")
        #expect(try catalog().list().first { $0.name == "reed_backup_v1" }?.backup == nil)
        try FileManager.default.removeItem(atPath: folder.path(of: names[1] + ".sha256"))
        let entry = try #require(try catalog().list().first { $0.name == names[1] })
        #expect(entry.state == .damaged("\(names[1]).sha256 is missing"))
    }

    @Test("A backup goes only if the number and the age both allow it")
    func retention() async throws {
        let names = try [1, 10, 20, 30].map { try add("1", days: $0) }
        let safety = try [2, 40].map { try add("before-restore", days: $0) }
        let catalog = try catalog()
        func candidates(_ keep: Int, days: Double) async throws -> [String] {
            try await catalog.candidates(.init(keep: keep, maximumAge: days * 86_400), now: Self.now).map(
                \.name)
        }
        #expect(try await candidates(2, days: 15) == [names[2], names[3]])
        #expect(try await candidates(2, days: 25) == [names[3]])
        #expect(try await candidates(1, days: 0) == [names[1], names[2], names[3], safety[1]])
        #expect(try await candidates(4, days: 0) == [])
        #expect(try await candidates(1, days: 30.1) == [safety[1]])
        try catalog.delete(try catalog.list().filter { $0.name == names[3] })
        #expect(try catalog.list().map(\.name).contains(names[3]) == false)
        #expect(throws: BackupError.self) { try BackupCatalog.Retention(keep: 0, maximumAge: 1) }
    }

    @Test("Each database keeps its own number of good backups")
    func retentionByDatabase() async throws {
        let cms = try [30, 40].map { try add("1", days: $0) }
        let shop = try [1, 2].map { try add("1", days: $0, of: "shop") }
        let catalog = try catalog()
        let one = try await catalog.candidates(.init(keep: 1, maximumAge: 0), now: Self.now)
        #expect(one.map(\.name) == [shop[1], cms[1]])
        #expect(try await catalog.candidates(.init(keep: 2, maximumAge: 0), now: Self.now).isEmpty)
        // The newest of any of them has to be good.
        try folder.get().write("x", to: cms[0] + ".sql")
        let error = await #expect(throws: BackupError.self) {
            try await catalog.candidates(.init(keep: 1, maximumAge: 0), now: Self.now)
        }
        #expect(error?.code == .refused && error?.message.contains("of cms") == true)
    }

    @Test(
        "A name, a version and latest are looked for among the database's own backups; a full name leads to any"
    )
    func findByDatabase() throws {
        let cms = try add("1.0", days: 3)
        let shop = try add("1.0", days: 1, of: "shop")
        let catalog = try catalog()
        #expect(try catalog.find("latest").name == shop)
        #expect(try catalog.find("latest", of: ["cms"]).name == cms)
        #expect(try catalog.find("1.0", of: ["cms"]).name == cms)
        #expect(try catalog.find(shop, of: ["cms"]).name == shop)
        #expect(try catalog.find(shop + ".sql", of: ["cms"]).name == shop)
        let none = #expect(throws: BackupError.self) { try catalog.find("latest", of: ["blog"]) }
        #expect(none?.code == .notFound && none?.description.contains("cms, shop") == true)
        #expect(throws: BackupError.self) { try catalog.find("latest", of: ["cms", "shop"]) }
        #expect(throws: BackupError.self) { try BackupCatalog(path: "/nonexistent").list() }
    }

    @Test("A damaged backup does not take the place of a good one, and is deleted like one")
    func retentionOfDamaged() async throws {
        let names = try [1, 10, 20].map { try add("1", days: $0) }
        try folder.get().write("x", to: names[1] + ".sql")
        let candidates = try await catalog().candidates(.init(keep: 2, maximumAge: 432_000), now: Self.now)
        #expect(candidates.isEmpty)
        let one = try await catalog().candidates(.init(keep: 1, maximumAge: 432_000), now: Self.now)
        #expect(one.map(\.name) == [names[1], names[2]])
        try folder.get().write("x", to: names[0] + ".sql")
        let error = await #expect(throws: BackupError.self) {
            try await catalog().candidates(.init(keep: 1, maximumAge: 432_000), now: Self.now)
        }
        #expect(error?.code == .refused)
    }

    @Test("Verifying compares every byte, the checksum file and the contents")
    func verify() async throws {
        let name = try add("1", days: 1)
        let catalog = try catalog()
        try await catalog.verify(try catalog.find(name))
        let folder = try folder.get()
        for (file, text) in [
            ("sql", DumpContentsTests.dump.replacing("mood", with: "food")), ("sha256", "00  x\n"),
        ] {
            let good = try Data(contentsOf: URL(filePath: folder.path(of: "\(name).\(file)")))
            try folder.write(text, to: "\(name).\(file)")
            _ = try run("chmod", "600", folder.path(of: "\(name).\(file)"))
            let error = await #expect(throws: BackupError.self) {
                try await catalog.verify(try catalog.find(name))
            }
            #expect(error?.code == .data)
            try folder.write(good, to: "\(name).\(file)")
        }
        _ = try run("chmod", "666", folder.path(of: "\(name).sql"))
        let error = await #expect(throws: BackupError.self) {
            try await catalog.verify(try catalog.find(name))
        }
        #expect(error?.message.contains("another user") == true)
    }

    @Test("Names have the version and the time in UTC")
    func name() throws {
        let version = try BackupVersion("v1.2+x")
        #expect(BackupName.base(version, Self.now, attempt: 1) == "reed_backup_v1.2+x_20270115_080000")
        #expect(BackupName.base(version, Self.now, attempt: 2) == "reed_backup_v1.2+x_20270115_080000-2")
        #expect(BackupName.part("a/b ä_-9") == "a%2Fb%20%C3%A4_-9")
        #expect(try BackupVersion("vv1").text == "v1")
        for text in ["", "v", "..", "1..2", "-1", "a b", "a/b", "before-restore", "vbefore-restore"] {
            let error = #expect(throws: BackupError.self) { try BackupVersion(text) }
            #expect(error?.code == .usage)
        }
    }
}
