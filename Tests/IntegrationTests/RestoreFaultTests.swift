import Foundation
import TestSupport
import Testing

/// `reed-import backup restore` when something goes wrong: the database stays as it was.
struct RestoreFaultTests {
    /// Names and arguments of ways to damage a dump.
    static let damages: [String: @Sendable (String) -> String] = [
        "cut at a row": { text in
            String(
                text.prefix(upTo: text.range(of: "\n\\.\n", options: .backwards)?.lowerBound ?? text.endIndex)
            ) + "\n"
        },
        "cut between statements": { text in
            String(text.prefix(upTo: text.range(of: ";\n", options: .backwards)?.upperBound ?? text.endIndex))
        },
        "cut in a line": { String($0.prefix($0.count / 2)) },
        "a bit flipped": { $0.replacing("Jürgen", with: "Kürgen") },
        "a byte more": { $0 + "\n" },
    ]

    @Test("A damaged dump is not touched by psql", arguments: damages.keys.sorted())
    func damaged(name: String) throws {
        let site = try BackupSite()
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let before = try site.digest()
        let path = try site.path(".sql")
        let damage = try #require(Self.damages[name])
        try site.overwrite(path, damage(try String(contentsOfFile: path, encoding: .utf8)))
        let result = try site.reed("backup", "restore", "1", "--yes")
        #expect(result.status == 65)
        #expect(result.errors.contains("DAMAGED"))
        #expect(try site.digest() == before)
        #expect(try site.reed("backup", "verify").status == 65)
        #expect(try site.reed("backup", "verify", "--all").status == 65)
        // A size that differs is seen without reading the file.
        let list = try site.reed("backup", "list").output
        #expect(list.contains("DAMAGED") == (name != "a bit flipped"))
    }

    @Test(
        "A dump that fits its metadata but has no end, or a command for psql",
        arguments: [
            ("end", "the end of the dump is missing"), ("command", "a command that pg_dump does not write"),
            ("commit", "does not write: commit"),
            ("restrict", "not protected"),
        ])
    func forged(kind: String, word: String) throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int)")
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let mark = site.folder.path(of: "pwned")
        try site.forge { text in
            switch kind {
            case "end": text.replacing("-- PostgreSQL database dump complete\n", with: "")
            case "restrict": text.replacing(/\\(un)?restrict .*\n/, with: "")
            case "commit":
                text.replacing("SET default_tablespace", with: "commit; select 1/0; SET default_tablespace")
            default:
                text.replacing("SET default_tablespace", with: "\\! touch \(mark)\nSET default_tablespace")
            }
        }
        let result = try site.reed("backup", "restore", "1", "--yes")
        #expect(result.status == 65)
        #expect(result.errors.contains(word))
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("A statement that fails in the middle is shown with its line; nothing is changed")
    func failingStatement() throws {
        let site = try BackupSite()
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.forge {
            $0.replacing("CREATE FUNCTION public.double(", with: "CREATE FUNKTION public.double(")
        }
        let text = try String(contentsOfFile: try site.path(".sql"), encoding: .utf8)
        let line =
            try #require(
                text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
                    $0.hasPrefix("CREATE FUNKTION")
                }) + 1
        try site.query("delete from sessions")
        let before = try site.digest()
        let result = try site.reed("backup", "restore", "1", "--yes", "--no-backup-first")
        #expect(result.status == 65)
        #expect(
            result.errors.contains(
                ".sql:\(line): syntax error at or near \"FUNKTION\" (42601), in: CREATE FUNKTION public.double("
            ))
        #expect(result.errors.contains("\(site.database) is unchanged"))
        #expect(try site.digest() == before)
        // A row that does not fit: its place is shown, its value is not.
        try site.forge {
            $0.replacing("CREATE FUNKTION public.double(", with: "CREATE FUNCTION public.double(")
                .replacing("\n4711", with: "\nsEcr3t")
        }
        let row = try site.reed("backup", "restore", "1", "--yes", "--no-backup-first")
        #expect(row.status == 65)
        #expect(row.errors.contains("in: COPY public.snippet_content"))
        #expect(!row.errors.contains("sEcr3t"))
        #expect(try site.digest() == before)
    }

    @Test("A session that holds a lock is waited for ten seconds, not for ever")
    func locked() throws {
        let site = try BackupSite()
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query("delete from sessions")
        let other = try site.cluster.hold("begin; select count(*) from users;", in: site.database)
        let running = try site.start("backup", "restore", "1", "--yes", "--no-backup-first")
        let result = try running.finish()
        #expect(result.status == 75)
        #expect(result.errors.contains("lock timeout"))
        #expect(result.output.contains("sessions:  psql (1)"))
        other.signal(SIGKILL)
        #expect(try site.query("select count(*) from sessions") == "0")
    }

    @Test("While one restores a database, no other backs it up or restores it")
    func alone() throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let other = try site.cluster.hold("select pg_advisory_lock(1919247716, 1);", in: site.database)
        for arguments in [["restore", "1", "--yes"], ["create", "--version", "2"]] {
            let result = try run(try reedImportPath(), ["backup"] + arguments, environment: site.environment)
            #expect(result.status == 75)
            #expect(result.errors.contains("another backup or restore of \(site.database) is running"))
        }
        other.signal(SIGKILL)
    }

    @Test("No lock is waited for longer, also not behind the first statement")
    func lateLock() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create schema app; create table app.t (a int)")
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query("drop schema app cascade")
        let other = try site.cluster.hold("begin; create schema app;", in: site.database)
        let result = try site.reed("backup", "restore", "1", "--yes", "--no-backup-first")
        #expect(result.status == 75)
        #expect(result.errors.contains("lock timeout"), "\(result.errors)")
        other.signal(SIGKILL)
    }

    @Test(
        "An interruption while the server commits does not lead to a wrong word",
        arguments: [SIGINT, SIGKILL])
    func lateSignal(signal: Int32) throws {
        // The commit waits for a standby that does not exist.
        let cluster = try PostgresCluster()
        let site = try BackupSite(named: "cms", of: cluster)
        try site.query("create table t (id int); insert into t values (1)")
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query("delete from t")
        try cluster.query("alter system set synchronous_standby_names = 'nobody'", in: "postgres")
        try cluster.query("select pg_reload_conf()", in: "postgres")
        defer {
            _ = try? cluster.query("alter system reset synchronous_standby_names", in: "postgres")
            _ = try? cluster.query("select pg_reload_conf()", in: "postgres")
        }
        let process = try site.start("backup", "restore", "1", "--yes", "--no-backup-first")
        try waitUntil("the commit waits") {
            try site.query("select count(*) from pg_stat_activity where wait_event = 'SyncRep'") == "1"
        }
        if signal == SIGINT {
            process.signal(signal)
        } else {
            kill(try #require(try psql(of: process)), signal)
        }
        let result = try process.finish()
        // Without the standby's word the server still says that it is in progress.
        #expect(result.status == (signal == SIGINT ? 130 : 71))
        #expect(result.errors.contains("is unknown"))
        #expect(!result.errors.contains("unchanged"))
    }

    /// The psql that restores.
    private func psql(of process: RunningProcess) throws -> Int32? {
        try run("ps", "-o", "pid=,args=", "--ppid", "\(process.id)").output.split(separator: "\n")
            .first { $0.contains("reed.restored") }?.split(separator: " ").first.flatMap { Int32($0) }
    }

    @Test(
        "psql or the program itself is killed, or interrupted, in the middle",
        arguments: ["psql", "KILL", "INT", "TERM"])
    func killed(signal: String) throws {
        let site = try BackupSite()
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query("delete from sessions")
        let before = try site.digest()
        let process = try site.start("backup", "restore", "1", "--yes", "--no-backup-first")
        let working =
            "select count(*) from pg_stat_activity where query like 'COPY public.snippet_content%' and state = 'active' and datname = current_database()"
        try waitUntil("psql copies") {
            guard process.isRunning else { throw TestFailure("too late") }
            return try site.query(working) == "1"
        }
        switch signal {
        case "psql":
            kill(try #require(try psql(of: process)), SIGKILL)
        case "KILL": process.signal(SIGKILL)
        case "INT": process.signal(SIGINT)
        default: process.signal(SIGTERM)
        }
        let result = try process.finish()
        #expect(result.status == ["psql": 71, "KILL": 137, "INT": 130, "TERM": 143][signal])
        try waitUntil("no session is left") {
            try site.query(
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            ) == "0"
        }
        #expect(try site.digest() == before)
        #expect(try site.reed("backup", "restore", "1", "--yes", "--no-backup-first").status == 0)
        #expect(try site.query("select count(*) from sessions") == "100")
    }

    @Test("Releases that are too old are named")
    func releases() throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let old = try site.tools([
            "psql":
                "if [ \"$1\" = --version ]; then echo 'psql (PostgreSQL) 15.13'; else exec psql \"$@\"; fi"
        ])
        let psql = try site.reed("backup", "restore", "1", "--yes", environment: ["PATH": old])
        #expect(psql.status == 78)
        #expect(
            psql.errors.contains("psql 15.13 does not know \\x5crestrict")
                || psql.errors.contains("psql 15.13 does not know \\restrict"))
        try site.forge {
            $0.replacing("-- Dumped from database version 15.", with: "-- Dumped from database version 99.")
        }
        let server = try site.reed("backup", "restore", "1", "--yes")
        #expect(server.status == 78)
        #expect(server.errors.contains("of PostgreSQL 99."))
    }

    @Test("psql's own settings are not read")
    func psqlrc() throws {
        let site = try BackupSite(isEmpty: true)
        let mark = site.folder.path(of: "ran")
        try site.folder.write("\\! touch '\(mark)'\n", to: ".psqlrc")
        #expect(
            try site.reed("backup", "create", "--version", "1", environment: ["HOME": site.folder.path])
                .status == 0)
        #expect(
            try site.reed("backup", "restore", "1", "--yes", environment: ["HOME": site.folder.path]).status
                == 0)
        #expect(!FileManager.default.fileExists(atPath: mark))
    }

    @Test("A connection service file leads no restore and no drill to another database than is named")
    func serviceFile() throws {
        let site = try BackupSite(isEmpty: true)
        let other = try BackupSite(isEmpty: true)
        try site.query("create table t (id int); insert into t values (1)")
        try other.query("create table mine (id int); insert into mine values (1)")
        try site.folder.write("[elsewhere]\ndbname=\(other.database)\n", to: "services")
        let service = ["PGSERVICE": "elsewhere", "PGSERVICEFILE": site.folder.path(of: "services")]
        let named = "--database=postgresql:///\(site.database)"
        #expect(
            try site.reed("backup", "create", "--version", "1", named, environment: service).status == 0)
        #expect(try String(contentsOfFile: site.path(".json"), encoding: .utf8).contains(site.database))
        #expect(try site.reed("backup", "verify", "--drill", named, environment: service).status == 0)
        try site.query("delete from t")
        #expect(try site.reed("backup", "restore", "1", "--yes", named, environment: service).status == 0)
        #expect(try site.query("select count(*) from t") == "1")
        #expect(try other.query("select count(*) from mine") == "1")
    }

    @Test("Names that fit no backup, or several; a damaged or missing description")
    func names() throws {
        let site = try BackupSite(isEmpty: true)
        for version in ["1.2", "1.3", "2.0"] {
            #expect(try site.reed("backup", "create", "--version", version).status == 0)
        }
        for name in ["", "2024", "1", "1.", "backup", "../\(site.backups)", "reed_backup"] {
            let result = try site.reed("backup", "restore", "--yes", "--", name)
            #expect(result.status == 66, "\(name)")
            #expect(result.errors.contains("reed_backup_v1.2"))
        }
        #expect(try site.reed("backup", "verify", "2").status == 0)
        #expect(try site.reed("backup", "verify", "v1.3").status == 0)
        #expect(
            try site.reed("backup", "verify", URL(filePath: try site.path(".sql")).lastPathComponent).status
                == 0)
        let json = try site.path(".json")
        let good = try String(contentsOfFile: json, encoding: .utf8)
        for broken in [
            "", "{}", good.replacing("reed_backup", with: "../reed_backup"),
            good.replacing("\"size_bytes\" : ", with: "\"size_bytes\" : 1"),
        ] {
            try site.overwrite(json, broken)
            #expect(try site.reed("backup", "list").output.split(separator: "\n")[1].contains("DAMAGED ("))
            #expect(try site.reed("backup", "restore", "latest", "--yes").status == 65)
        }
        try FileManager.default.removeItem(atPath: json)
        #expect(try site.reed("backup", "list").output.contains("DAMAGED (no metadata)"))
    }

    @Test("Without a terminal and --yes nothing is done")
    func unconfirmed() throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let result = try site.reed("backup", "restore", "latest")
        #expect(result.status == 64)
        #expect(
            result.errors
                == "reed-import: confirmation required, but standard input is not a terminal; nothing changed; pass --yes\n"
        )
        #expect(try site.names().count == 3)
    }

    @Test("If the safety backup fails, nothing is restored")
    func noSafetyBackup() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int)")
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        try site.query("insert into t values (1)")
        let failing = try site.tools([
            "pg_dump":
                "case \"$*\" in *--clean*) echo 'pg_dump: error: boom' >&2; exit 1;; esac; exec \"$PG_DUMP\" \"$@\""
        ])
        let result = try site.reed("backup", "restore", "1", "--yes", environment: ["PATH": failing])
        #expect(result.status == 65)
        #expect(result.errors.contains("no safety backup, so nothing was restored"))
        #expect(try site.query("select count(*) from t") == "1")
    }
}
