import Foundation
import TestSupport
import Testing

/// Which database a backup is of, and what else a server makes different.
struct BackupTargetTests {
    @Test(
        "latest and versions select among the database's own backups; another's needs its full name, and is shown"
    )
    func anotherDatabase() throws {
        let cms = try BackupSite(isEmpty: true)
        let shop = try BackupSite(isEmpty: true)
        for (site, table) in [(cms, "pages"), (shop, "orders")] {
            try site.query("create table \(table) (id int); insert into \(table) values (1)")
        }
        let folder = ["--dir", cms.backups]
        func reed(_ site: BackupSite, _ arguments: [String]) throws -> ProcessResult {
            try run(try reedImportPath(), ["backup"] + arguments + folder, environment: site.environment)
        }
        #expect(try reed(cms, ["create", "--label", "1"]).status == 0)
        #expect(try reed(shop, ["create", "--label", "1"]).status == 0)
        let list = try reed(cms, ["list"]).output
        #expect(list.contains("Database") && list.contains(cms.database) && list.contains(shop.database))
        try cms.query("insert into pages values (2)")
        let latest = try reed(cms, ["restore", "latest", "--yes", "--no-backup-first"])
        #expect(latest.status == 0, "\(latest.errors)")
        #expect(try cms.query("select count(*) from pages") == "1")
        let named = try cms.names().first { name in
            guard name.hasSuffix(".json") else { return false }
            return try String(contentsOfFile: "\(cms.backups)/\(name)", encoding: .utf8).contains(
                shop.database)
        }
        let full = try #require(named)
        let other = try reed(cms, ["restore", full, "--yes", "--no-backup-first"])
        #expect(other.status == 0, "\(other.errors)")
        #expect(other.output.contains("BUT IT IS OF:") && other.output.contains("\(shop.database) on"))
        let none = try BackupSite(isEmpty: true)
        let missing = try reed(none, ["restore", "latest", "--yes"])
        #expect(missing.status == 66)
        #expect(missing.errors.contains("no backups of \(none.database)"))
    }

    @Test("Retention counts for each database, and a backup without tables is no good one")
    func retention() throws {
        let cms = try BackupSite(isEmpty: true)
        let shop = try BackupSite(isEmpty: true)
        try cms.query("create table a (id int)")
        try shop.query("create table b (id int)")
        for site in [cms, shop, shop, shop] {
            let created = try run(
                try reedImportPath(), ["backup", "create", "--label", "1", "--dir", cms.backups],
                environment: site.environment)
            #expect(created.status == 0, "\(created.errors)")
        }
        let pruned = try cms.reed("backup", "prune", "--keep", "2", "--max-age", "0s", "--yes")
        #expect(pruned.status == 0, "\(pruned.errors)")
        let list = try cms.reed("backup", "list").output
        #expect(list.contains(cms.database))
        #expect(list.split(separator: "\n").count == 4)
        try cms.query("drop table a")
        let empty = try cms.reed("backup", "create", "--label", "2")
        #expect(empty.status == 0)
        #expect(empty.errors.contains("\(cms.database) has no tables"))
        let refused = try cms.reed("backup", "prune", "--keep", "1", "--max-age", "0s", "--yes")
        #expect(refused.status == 3, "\(refused.errors)")
        #expect(
            try cms.reed("backup", "prune", "--keep", "1", "--max-age", "soon").errors.contains("--max-age"))
    }

    @Test(
        "Without a database named, with a name that is no URL, or with unknown parameters: usage, and what to write"
    )
    func naming() throws {
        let site = try BackupSite(isEmpty: true)
        let unnamed = try site.reed("backup", "create", "--label", "1", environment: ["PGDATABASE": ""])
        #expect(unnamed.status == 64 && unnamed.errors.contains("no database is named"), "\(unnamed.errors)")
        let spaced = try site.reed("backup", "create", "--label", "1", "--database", "My DB")
        #expect(spaced.status == 64 && spaced.errors.contains("postgres:///My%20DB"), "\(spaced.errors)")
        let schema = try site.reed(
            "backup", "create", "--label", "1", "--database", "postgres://h/d?schema=public")
        #expect(schema.status == 64 && schema.errors.contains("'schema'"), "\(schema.errors)")
        let mode = try site.reed(
            "backup", "create", "--label", "1", "--database", "postgres://h/d?sslmode=nonsense")
        #expect(mode.status == 64 && mode.errors.contains("verify-full"), "\(mode.errors)")
        for command in ["list", "verify"] {
            #expect(try site.reed("backup", command, "--dir", "/nonexistent").status == 66)
        }
        let prune = try site.reed(
            "backup", "prune", "--keep", "1", "--max-age", "1d", "--yes", "--dir", "/nonexistent")
        #expect(prune.status == 66)
    }

    @Test("One database of a backup of two is restored by its name")
    func oneOfTwo() throws {
        let (first, second) = (try BackupSite(isEmpty: true), try BackupSite(isEmpty: true))
        for site in [first, second] { try site.query("create table t (id int); insert into t values (1)") }
        let both = ["--database", first.database, "--database", second.database]
        let created = try run(
            try reedImportPath(), ["backup", "create", "--label", "1"] + both, environment: first.environment)
        #expect(created.status == 0, "\(created.errors)")
        for site in [first, second] { try site.query("delete from t") }
        let restored = try first.reed(
            "backup", "restore", "1", "--yes", "--no-backup-first", "--database", second.database)
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try first.query("select count(*) from t") == "0")
        #expect(try second.query("select count(*) from t") == "1")
    }

    @Test("A password file that libpq ignores is said")
    func passwordFile() throws {
        let site = try BackupSite(isEmpty: true)
        let file = try site.folder.write("*:*:*:*:\(site.cluster.password)\n", to: "pgpass")
        _ = try run("chmod", "644", file)
        let result = try run(
            try reedImportPath(),
            [
                "backup", "create", "--label", "1", "--dir", site.backups, "--database",
                "postgres://\(site.cluster.user)@127.0.0.1:\(site.cluster.port)/\(site.database)",
            ], environment: ["PGPASSFILE": file])
        #expect(result.status == 77)
        #expect(result.errors.contains("has group or world access"), "\(result.errors)")
        #expect(result.errors.components(separatedBy: "world access").count == 2)
    }

    @Test("Subscriptions are left out, said, and never made by a restore or a drill")
    func subscriptions() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int primary key); insert into t values (1)")
        try site.query(
            "create subscription far connection 'host=127.0.0.1 port=1 dbname=x' publication p with (connect = false)"
        )
        let created = try site.reed("backup", "create", "--label", "1")
        #expect(created.status == 0 && created.errors.contains("the subscriptions far"), "\(created.errors)")
        // A dump that an older version has made.
        try site.forge { text in
            text.replacing(
                "--\n-- PostgreSQL database dump complete",
                with: """
                    CREATE SUBSCRIPTION far CONNECTION 'host=127.0.0.1 port=1' PUBLICATION p WITH (connect = false, slot_name = 'far');

                    --
                    -- PostgreSQL database dump complete
                    """)
        }
        let drill = try site.reed("backup", "verify", "latest", "--drill")
        #expect(drill.status == 0, "\(drill.errors)")
        let databases = try site.cluster.query("select datname from pg_database", in: "postgres")
        #expect(!databases.contains("reed_drill_"))
        try site.query("alter subscription far set (slot_name = none); drop subscription far")
        let restored = try site.reed("backup", "restore", "latest", "--yes", "--no-backup-first")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.output.contains("the subscriptions far"))
        #expect(
            try site.query(
                "select count(*) from pg_subscription where subdbid = (select oid from pg_database where datname = current_database())"
            ) == "0")
    }

    @Test("What only a superuser may make is said by create, and before the question")
    func privileges() throws {
        let site = try BackupSite(isEmpty: true)
        let owner = "owner_\(site.database.suffix(6).filter { $0.isLetter || $0.isNumber })".lowercased()
        try site.query(
            """
            create table t (id int); create publication everything for all tables;
            create role \(owner) login password 'pw'; alter database "\(site.database)" owner to \(owner);
            alter schema public owner to \(owner); alter table t owner to \(owner);
            """)
        let created = try site.reed("backup", "create", "--label", "1")
        #expect(
            created.errors.contains("only a superuser can restore publication everything"),
            "\(created.errors)")
        let restored = try run(
            try reedImportPath(),
            [
                "backup", "restore", "latest", "--yes", "--dir", site.backups, "--database",
                "postgres://\(owner):pw@127.0.0.1:\(site.cluster.port)/\(site.database)",
            ])
        #expect(restored.status == 77, "\(restored.errors)")
        #expect(restored.errors.contains("publication everything"))
        #expect(try site.names().filter { $0.contains("before-restore") }.isEmpty)
        try site.query(
            "drop publication everything; reassign owned by \(owner) to \(site.cluster.user); drop owned by \(owner); drop role \(owner)"
        )
    }

    @Test("A folder that its group may write to is trusted if that is said")
    func group() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int)")
        try FileManager.default.createDirectory(atPath: site.backups, withIntermediateDirectories: true)
        _ = try run("chmod", "2770", site.backups)
        let refused = try site.reed("backup", "create", "--label", "1")
        #expect(refused.status == 77 && refused.errors.contains("--allow-group"), "\(refused.errors)")
        for arguments in [
            ["create", "--label", "1"], ["list"], ["restore", "latest", "--yes"],
            ["prune", "--keep", "1", "--max-age", "1d", "--yes"],
        ] {
            let result = try run(
                try reedImportPath(), ["backup"] + arguments + ["--allow-group"],
                environment: site.environment)
            #expect(result.status == 0, "\(arguments): \(result.errors)")
        }
        _ = try run("chmod", "2777", site.backups)
        #expect(try site.reed("backup", "create", "--label", "1", "--allow-group").status == 77)
    }

    @Test("A pooler that shares server processes is recognised before anything is locked")
    func pooler() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int)")
        let port = site.cluster.port
        let pool = try freePort()
        try site.folder.write(#""admin" "x""# + "\n", to: "users")
        for (mode, status): (String, Int32) in [("transaction", 78), ("session", 0)] {
            let configuration = try site.folder.write(
                """
                [databases]
                * = host=127.0.0.1 port=\(port) user=\(site.cluster.user) password=\(site.cluster.password)
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = \(pool)
                auth_type = any
                auth_file = \(site.folder.path)/users
                pool_mode = \(mode)
                unix_socket_dir =
                ignore_startup_parameters = extra_float_digits
                """, to: "pgbouncer.ini")
            _ = try run("chmod", "-R", "a+rX", site.folder.path)
            let bouncer = try RunningProcess(
                "/bin/sh",
                [
                    "-c",
                    "exec setpriv --reuid=postgres --regid=postgres --clear-groups pgbouncer '\(configuration)'",
                ])
            defer { bouncer.signal(SIGKILL) }
            let url = "postgres://x@127.0.0.1:\(pool)/\(site.database)"
            try waitUntil("pgbouncer answers") {
                try run("/usr/bin/env", ["psql", "-X", "-w", "-c", "select 1", url]).status == 0
            }
            let result = try run(
                try reedImportPath(),
                ["backup", "create", "--label", "1", "--dir", site.backups, "--database", url])
            #expect(result.status == status, "\(mode): \(result.errors)")
            if status == 78 { #expect(result.errors.contains("PostgreSQL server's own port")) }
            bouncer.signal(SIGKILL)
            _ = try bouncer.finish()
        }
    }
}

/// Servers and programs of releases 15 and 18, in both directions.
@Suite(.enabled(if: OtherServers.areExpected, "scripts/servers has not been run"))
struct PostgresReleaseTests {
    private static let sql =
        "create table t (id int primary key, name text not null); insert into t values (1, 'a')"
    private static let new = ["PATH": OtherServers.pathOfPostgres18]

    @Test("pg_dump 18 of a server 15 is restored into 15; a drill agrees")
    func newToolsOldServer() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query(Self.sql)
        for arguments in [
            ["create", "--label", "1"], ["verify", "latest", "--drill"], ["restore", "latest", "--yes"],
        ] {
            let result = try run(
                try reedImportPath(), ["backup"] + arguments,
                environment: site.environment.merging(Self.new) { $1 })
            #expect(result.status == 0, "\(arguments): \(result.errors)")
        }
        #expect(try site.query("select name from t") == "a")
    }

    @Test(
        "A backup of 15 is restored into 18; pg_dump 15 refuses a server 18, and a backup of 18 a server 15")
    func acrossReleases() throws {
        let new = try PostgresCluster(programs: OtherServers.postgres18)
        let old = try BackupSite(isEmpty: true)
        try old.query(Self.sql)
        #expect(try old.reed("backup", "create", "--label", "1").status == 0)
        try new.query("create database \"\(old.database)\"", in: "postgres")
        let environment = new.environment(old.database).merging(["REED_BACKUP_DIR": old.backups]) { $1 }
            .merging(Self.new) { $1 }
        let up = try run(
            try reedImportPath(), ["backup", "restore", "latest", "--yes"], environment: environment)
        #expect(up.status == 0, "\(up.errors)")
        #expect(try new.query("select name from t", in: old.database) == "a")
        let refused = try run(
            try reedImportPath(), ["backup", "create", "--label", "2"],
            environment: new.environment(old.database).merging(["REED_BACKUP_DIR": old.backups]) { $1 })
        #expect(refused.status == 78, "\(refused.errors)")
        #expect(
            try run(try reedImportPath(), ["backup", "create", "--label", "3"], environment: environment)
                .status == 0)
        let down = try run(
            try reedImportPath(), ["backup", "restore", "3", "--yes"],
            environment: old.environment.merging(Self.new) { $1 })
        #expect(down.status == 78, "\(down.errors)")
        new.stop(SIGQUIT)
    }
}
