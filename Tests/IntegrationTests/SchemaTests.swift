import TestSupport
import Testing

/// `reed-import schema`.
struct SchemaTests {
    @Test("Versions are recorded once, in order, under one name")
    func record() throws {
        let site = try BackupSite(isEmpty: true)
        let missing = try site.reed("schema", "version")
        #expect(missing.status == 78)
        #expect(missing.errors.contains("reed-import schema init"))
        #expect(try site.reed("schema", "init").output == "made schema_migrations\n")
        #expect(try site.reed("schema", "init").output == "schema_migrations is there already\n")
        #expect(try site.reed("schema", "version").output == "0\n")
        #expect(try site.reed("schema", "history").output == "No versions recorded\n")
        #expect(try site.reed("schema", "record", "1", "it's \"ä\" \\ :x $$; drop table t").status == 0)
        #expect(try site.reed("schema", "record", "12", "more", "--init").output == "recorded 12 more\n")
        #expect(try site.reed("schema", "record", "12", "more").output == "12 more is recorded already\n")
        let other = try site.reed("schema", "record", "12", "less")
        #expect(other.status == 3)
        #expect(try site.reed("schema", "version").output == "12\n")
        let history = try site.reed("schema", "history").output
        #expect(history.contains("Version  Name"))
        #expect(
            history.contains("      1  it's \"ä\" \\\\ :x $$; drop table t  20")
                || history.contains("      1  it's \"ä\" \\ :x $$; drop table t  20"))
        #expect(try site.reed("schema", "history", "--format", "json").output.contains("\"version\" : 12"))
        for arguments in [["0", "x"], ["-1", "x"], ["x", "x"], ["1", ""]] {
            #expect(
                try run(
                    try reedImportPath(), ["schema", "record", "--"] + arguments,
                    environment: site.environment
                ).status == 64)
        }
    }

    @Test("Two that record at once end with one entry")
    func concurrent() throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("schema", "init", "--migrations-table", "public.my versions").status == 0)
        let both = try (0..<4).map {
            try site.start("schema", "record", "3", "n\($0 % 2)", "--migrations-table", "public.my versions")
        }
        let statuses = try both.map { try $0.finish().status }.sorted()
        #expect(statuses == [0, 0, 3, 3])
        #expect(try site.query("select count(*) from \"my versions\"") == "1")
    }

    @Test(
        "Another program's table is refused",
        arguments: [
            ("version varchar primary key", "dbmate's or Rails'"),
            ("version bigint, dirty boolean", "golang-migrate's"),
            ("version text, name text, applied_at timestamptz", "another program's"),
        ])
    func foreign(columns: String, owner: String) throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table schema_migrations (\(columns))")
        for arguments in [
            ["version"], ["record", "1", "x"], ["history"], ["init"], ["record", "1", "x", "--init"],
        ] {
            let result = try run(try reedImportPath(), ["schema"] + arguments, environment: site.environment)
            #expect(result.status == 3)
            #expect(result.errors.contains(owner))
        }
        #expect(try site.query("select count(*) from schema_migrations") == "0")
    }
}
