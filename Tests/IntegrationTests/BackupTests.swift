import Foundation
import TestSupport
import Testing

/// `reed-import backup` when all goes well.
struct BackupTests {
    @Test("A damaged database is as before after a restore", arguments: [nil, "gzip", "zstd"])
    func roundTrip(compression: String?) throws {
        let site = try BackupSite()
        let before = try site.digest()
        #expect(before.count == 11)
        let created = try run(
            try reedImportPath(),
            ["backup", "create", "--version", "v1.2"] + (compression.map { ["--compress", $0] } ?? []),
            environment: site.environment)
        #expect(created.status == 0)
        #expect(created.errors == "")
        #expect(created.output.contains("B  9 tables\n"))
        try site.query(
            """
            delete from sessions; update snippet_content set body = '{}' where id % 2 = 0; drop view snippet_view;
            drop table audit.changes cascade; alter table users drop column name cascade;
            """)
        let restored = try site.reed("backup", "restore", "1.2", "--yes")
        #expect(restored.status == 0)
        #expect(restored.errors == "")
        #expect(try site.digest() == before)
        let version = try site.reed("backup", "list").output.split(separator: "\n")
        #expect(version.count == 3)
        #expect(version.dropFirst().allSatisfy { $0.hasSuffix("ok") })
        #expect(version[1].contains("before-restore"))
    }

    @Test("The metadata says what is in the dump; sha256sum agrees; others cannot read it")
    func metadata() throws {
        let site = try BackupSite()
        #expect(try site.reed("backup", "create", "--version", "2+x").status == 0)
        let names = try site.names()
        #expect(names.count == 3)
        #expect(
            names.allSatisfy { $0.wholeMatch(of: /reed_backup_v2\+x_\d{8}_\d{6}\.(sql|json|sha256)/) != nil })
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: try site.path(".json"))))
        let metadata = try #require(json as? [String: Any])
        #expect(metadata["version"] as? String == "2+x")
        #expect(metadata["database"] as? String == site.database)
        #expect(metadata["table_count"] as? Int == 9)
        let rows = try #require(metadata["rows"] as? [String: Int])
        for (table, count) in rows {
            #expect(try site.query("select count(*) from only \(table)") == "\(count)")
        }
        #expect(rows["public.snippet_content"] == 100_000)
        #expect(rows.count == 8)  // the partitioned table itself has no place for rows
        let size = try FileManager.default.attributesOfItem(atPath: try site.path(".sql"))[.size] as? Int
        #expect(metadata["size_bytes"] as? Int == size)
        let sums = try run("/usr/bin/env", ["sha256sum", "-c", try site.path(".sha256")], in: site.backups)
        #expect(sums.status == 0)
        let modes = try run("/usr/bin/env", ["sh", "-c", "stat -c %a . *"], in: site.backups)
        #expect(modes.output == "700\n600\n600\n600\n")
    }

    @Test("Newer objects go, in every schema of the backup; grants are listed and kept as SQL")
    func newerObjectsAndGrants() throws {
        let site = try BackupSite()
        try site.query("grant select on audit.changes to reader; grant usage on schema audit to reader;")
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query(
            """
            create table audit.newer (id int primary key); create table later (id int references users(email));
            """.replacing("id int references", with: "id text references"))
        try site.query("create schema other; create table other.kept (id int);")
        let result = try site.reed("backup", "restore", "latest", "--yes")
        #expect(result.status == 0)
        #expect(result.output.contains("lost:      GRANT SELECT ON TABLE audit.changes TO reader;"))
        #expect(result.output.contains("kept:      other "))
        #expect(
            try site.query(
                "select to_regclass('audit.newer'), to_regclass('later'), to_regclass('other.kept')")
                == "||other.kept")
        let can = "select has_table_privilege('reader', 'audit.changes', 'select')"
        #expect(try site.query(can) == "f")
        #expect(
            try run(
                "/usr/bin/env",
                ["psql", "-Xqw", "-v", "ON_ERROR_STOP=1", "-f", try site.path(".grants.sql")],
                environment: site.environment
            ).status == 0)
        #expect(try site.query(can) == "t")
        // Everybody may use `public` as before.
        #expect(try site.query("select has_schema_privilege('reader', 'public', 'usage')") == "t")
        #expect(
            try site.query("select nspowner::regrole from pg_namespace where nspname = 'public'")
                == "pg_database_owner")
    }

    @Test("Two databases are one backup, and are found again by their names")
    func set() throws {
        let main = try BackupSite()
        let graph = try BackupSite(named: main.database + "/graph x", isEmpty: true)
        try graph.query("create table node (id int); insert into node values (1), (2)")
        let urls = [
            main.cluster.url(main.database),
            graph.cluster.url(graph.database.replacing("/", with: "%2F").replacing(" ", with: "%20")),
        ]
        let created = try main.reed(
            "backup", "create", "--version", "7", "--database", urls[0], "--database", urls[1])
        #expect(created.status == 0)
        #expect(try main.names().count == 4)
        #expect(try main.names().contains { $0.hasSuffix(".\(main.database)%2Fgraph%20x.sql") })
        #expect(
            try main.reed("backup", "verify").output.contains("(\(main.database), \(graph.database))  ok\n"))
        try graph.query("delete from node"); try main.query("delete from sessions")
        let one = try main.reed("backup", "restore", "7", "--yes")
        #expect(one.status == 0)
        #expect(one.output.hasSuffix("restored: \(main.database)\n"))
        #expect(try graph.query("select count(*) from node") == "0")
        try main.query("delete from sessions")
        let both = try main.reed(
            "backup", "restore", "7", "--yes", "--database", urls[1], "--database", urls[0])
        #expect(both.status == 0)
        #expect(both.output.hasSuffix("restored: \(main.database), \(graph.database)\n"))
        #expect(try graph.query("select count(*) from node") == "2")
        #expect(try main.query("select count(*) from sessions") == "100")
        let twice = try main.reed(
            "backup", "create", "--version", "7", "--database", urls[0], "--database", urls[0])
        #expect(twice.status != 0)
        // The second fails: it says which is restored and which is not.
        try graph.query("delete from node"); try main.query("delete from sessions")
        let other = try graph.cluster.hold("begin; select * from node;", in: graph.database)
        let half = try main.reed(
            "backup", "restore", "7", "--yes", "--no-backup-first", "--database", urls[0], "--database",
            urls[1])
        other.signal(SIGKILL)
        #expect(half.status == 75)
        #expect(half.errors.contains("\(graph.database) is unchanged; restored: \(main.database)"))
        #expect(try main.query("select count(*) from sessions") == "100")
        #expect(try graph.query("select count(*) from node") == "0")
    }

    @Test("Names and texts of a database in another encoding survive")
    func encoding() throws {
        let site = try BackupSite(isEmpty: true)
        let latin = "latin_\(site.database)"
        try site.query(
            "create database \(latin) template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'")
        let utf8 = "set client_encoding = 'UTF8';"
        let tables = """
            create schema "mä"; create table "mä"."tö" as select 'ü' as x; create table "mä"."tü" (x text);
            """
        try site.cluster.query(utf8 + tables, in: latin)
        #expect(try site.reed("backup", "create", "--version", "1", "--database", latin).status == 0)
        let metadata = try String(contentsOfFile: site.path(".json"), encoding: .utf8)
        #expect(metadata.contains(#""\"mä\".\"tö\"" : 1"#))
        #expect(try site.reed("backup", "verify", "--drill", "--database", latin).status == 0)
        try site.cluster.query(utf8 + #"delete from "mä"."tö""#, in: latin)
        #expect(try site.reed("backup", "restore", "1", "--yes", "--database", latin).status == 0)
        #expect(try site.cluster.query(utf8 + #"select x from "mä"."tö""#, in: latin) == "ü")
        try site.query("drop database \(latin)")
    }

    @Test("A drill restores into a database of its own and drops it")
    func drill() throws {
        let site = try BackupSite()
        #expect(try site.reed("backup", "create", "--version", "1", "--compress", "gzip").status == 0)
        let result = try site.reed("backup", "verify", "--all", "--drill")
        #expect(result.status == 0)
        #expect(result.output.hasSuffix("ok\n"))
        let left =
            "select count(*) from pg_database where datname like 'reed_drill%' and datname not in (select datname from pg_stat_activity where datname is not null)"
        #expect(try site.query(left) == "0")
        try site.query("create role nobody_special login; ")
        let refused = try site.reed("backup", "verify", "--drill", environment: ["PGUSER": "nobody_special"])
        #expect(refused.status == 77)
    }

    @Test(
        "A person is asked; no and the end of input change nothing", arguments: [("n", 1), ("", 1), ("y", 0)])
    func question(answer: String, status: Int) throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int); insert into t values (1)")
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query("delete from t")
        let script = """
            import os, pty, sys
            answer, command = sys.argv[1], sys.argv[2:]
            pid, terminal = pty.fork()
            if pid == 0: os.execv(command[0], command)
            seen = b''
            while b'Continue?' not in seen: seen += os.read(terminal, 1000)
            os.write(terminal, (answer + '\\n').encode() if answer else b'\\x04')
            try:
                while piece := os.read(terminal, 1000): seen += piece
            except OSError: pass
            sys.stdout.buffer.write(seen)
            sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            """
        let result = try run(
            "/usr/bin/env",
            ["python3", "-c", script, answer, try reedImportPath(), "backup", "restore", "latest"],
            environment: site.environment)
        #expect(result.output.contains("ALL CURRENT DATA WILL BE LOST! Continue? [y/N]"))
        #expect(result.status == Int32(status))
        #expect(try site.query("select count(*) from t") == (status == 0 ? "1" : "0"))
    }

    @Test("No folder, an empty folder and a list as JSON")
    func list() throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("backup", "list").status == 66)
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let json = try site.reed("backup", "list", "--format", "json").output
        let list = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(list.count == 1)
        #expect(list[0]["state"] as? String == "ok")
        #expect(list[0]["version"] as? String == "1")
    }

    @Test("Prune takes what is beyond the number and too old, never the newest")
    func prune() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int); insert into t values (1)")
        for version in ["1", "2", "3"] {
            #expect(try site.reed("backup", "create", "--version", version).status == 0)
        }
        for name in try site.names() where name.hasSuffix(".json") && !name.contains("v3") {
            let path = "\(site.backups)/\(name)"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try site.overwrite(
                path,
                text.replacing(
                    /"created_at" : "20../, with: "\"created_at\" : \"19\(name.contains("v1") ? 8 : 9)"))
        }
        try site.overwrite("\(site.backups)/reed_backup_v0_20000101_000000.sql", "by hand")
        let byHand = "\(site.backups)/reed_backup_v0_20000101_000000.sql"
        _ = try run("touch", "-d", "2000-01-01", byHand)
        let unanswered = try site.reed("backup", "prune", "--keep", "1", "--max-age", "1d")
        #expect(unanswered.status == 64)
        let deleted = try site.reed("backup", "prune", "--keep", "2", "--max-age", "1d", "--yes")
        #expect(deleted.status == 0)
        #expect(deleted.output.contains("deleted 1 backup, "))
        #expect(try site.names().contains { $0.hasPrefix("reed_backup_v1") } == false)
        #expect(
            try site.reed("backup", "prune", "--keep", "1", "--max-age", "999999d", "--yes").output
                == "Nothing to delete\n")
        // The newest is damaged: nothing is deleted.
        let newest = "\(site.backups)/" + (try #require(try site.names().last { $0.hasSuffix(".sql") }))
        let text = try String(contentsOfFile: newest, encoding: .utf8)
        try site.overwrite(newest, String(text.dropLast()) + "x")
        let refused = try site.reed("backup", "prune", "--keep", "1", "--max-age", "1d", "--yes")
        #expect(refused.status == 3)
        #expect(try site.names().count == 7)
    }
}
