import Foundation
import TestSupport
import Testing

/// `reed-import backup create` when something goes wrong: nothing is left behind but the error.
struct BackupFaultTests {
    @Test("The server's end, and a signal, in the middle of a dump leave nothing behind")
    func middle() throws {
        let site = try BackupSite()
        let faults: [(status: Int32, word: String, provoke: (RunningProcess) throws -> Void)] = [
            (
                69, "Dumping the contents of table",
                { _ in
                    try site.query(
                        "select pg_terminate_backend(pid) from pg_stat_activity where query like 'COPY %' and datname = current_database()"
                    )
                }
            ),
            (130, "interrupted", { $0.signal(SIGINT) }), (143, "interrupted", { $0.signal(SIGTERM) }),
        ]
        for fault in faults {
            let process = try site.pausedCreate()
            try fault.provoke(process)
            process.signal(SIGCONT)
            let result = try process.finish()
            #expect(result.status == fault.status)
            #expect(result.errors.contains(fault.word))
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(try site.names(hidden: true) == [])
        }
        try noSessionIsLeft(on: site)
    }

    @Test("kill -9 leaves nothing that is listed, and the next backup goes through")
    func killed() throws {
        let site = try BackupSite()
        let process = try site.pausedCreate()
        process.signal(SIGKILL)
        #expect(try process.finish().status == 137)
        #expect(try site.reed("backup", "list").output == "No backups found\n")
        try noSessionIsLeft(on: site)
        let partial = "\(site.backups)/" + (try #require(try site.names(hidden: true).first))
        #expect(partial.contains("/.partial-"))
        _ = try run("touch", "-d", "2 days ago", partial)
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        #expect(!FileManager.default.fileExists(atPath: partial))
    }

    @Test("A server that is killed in the middle of a dump and of a restore")
    func serverKilled() throws {
        let cluster = try PostgresCluster()
        let site = try BackupSite(named: "cms", of: cluster)
        try site.query("create table t as select g, repeat('x', 500) from generate_series(1, 50000) g")
        #expect(try site.reed("backup", "create", "--version", "0").status == 0)
        let process = try site.pausedCreate()
        let blocker = try cluster.hold("begin; select count(*) from t;", in: "cms")
        let restore = try site.start(
            "backup", "restore", "0", "--yes", "--no-backup-first",
            environment: ["REED_BACKUP_DIR": "\(site.folder.path)/other"])
        cluster.stop(SIGKILL)
        process.signal(SIGCONT)
        let result = try process.finish()
        #expect(result.status == 69)
        #expect(try site.names().count == 3)
        #expect(try site.names(hidden: true).count == 3)
        #expect(try restore.finish().status != 0)
        blocker.signal(SIGKILL)
    }

    @Test("A full disk and a limit on the size of files")
    func noSpace() throws {
        let site = try BackupSite()
        for option in ["", "--compress gzip", "--compress zstd"] {
            let command = "ulimit -f 500; exec '\(try reedImportPath())' backup create --version 1 \(option)"
            let limited = try run("/bin/sh", ["-c", command], environment: site.environment)
            #expect(limited.status == 74)
            #expect(limited.errors.contains("File too large"))
            #expect(try site.names(hidden: true) == [])
        }
        guard geteuid() == 0,
            try run("mount", "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", site.backups).status == 0
        else { return }  // not permitted here
        defer { _ = try? run("umount", site.backups) }
        let full = try site.reed("backup", "create", "--version", "1")
        #expect(full.status == 74)
        #expect(full.errors.contains("No space left on device"))
        #expect(try site.names(hidden: true) == [])
    }

    @Test(
        "fsync and rename that fail",
        arguments: [
            "fsync:error=EIO:when=1", "fsync:error=EIO:when=3",
            "rename,renameat,renameat2:error=EACCES:when=1", "rename,renameat,renameat2:error=EACCES:when=3",
        ])
    func systemCalls(injection: String) throws {
        let site = try BackupSite(isEmpty: true)
        let result = try run(
            "/usr/bin/env",
            [
                "strace", "-f", "-o", "/dev/null", "-e", "inject=\(injection)", try reedImportPath(),
                "backup", "create", "--version", "1",
            ],
            environment: site.environment)
        // Not everywhere may a process trace another.
        guard !result.errors.contains("ptrace"), !result.errors.contains("strace:") else { return }
        #expect(result.status == 74)
        #expect(try site.names(hidden: true) == [])
    }

    @Test("Passwords: wrong, missing, in a broken URL; none in any output")
    func passwords() throws {
        let site = try BackupSite(isEmpty: true)
        let wrong = try site.reed(
            "backup", "create", "--version", "1", "--verbose", "--database",
            site.cluster.url(site.database, password: "sEcr3t"))
        #expect(wrong.status == 77)
        let missing = try site.reed(
            "backup", "create", "--version", "1", "--database",
            "postgres://admin@127.0.0.1:\(site.cluster.port)/\(site.database)",
            environment: ["HOME": site.folder.path])
        #expect(missing.status == 77)
        #expect(missing.errors.contains("no password supplied"))
        var outputs = [wrong, missing]
        for url in [
            "postgres://u:sEcr3t%zz@h/d", "postgres://u:p/sEcr3t@h/d", "postgres://u:abc@sEcr3t@h/d",
            "postgres://u:sEcr3t@h:x/d", "u:sEcr3t@h/d", "postgres://h/d?sEcr3t=1",
        ] {
            outputs.append(
                try site.reed("backup", "create", "--version", "1", "--verbose", "--database", url))
            outputs.append(try site.reed("schema", "version", environment: ["REED_DATABASE_URL": url]))
        }
        #expect(outputs.dropFirst(2).allSatisfy { $0.status == 64 })
        for output in outputs { #expect(!(output.output + output.errors).contains("sEcr3t")) }
        let right = try site.reed(
            "backup", "create", "--version", "1", "--verbose", "--database", site.cluster.url(site.database))
        #expect(right.status == 0)
        #expect(right.errors.contains("running pg_dump"))
        #expect(!(right.output + right.errors).contains(site.cluster.password))
        for name in try site.names() {
            #expect(
                !(try String(contentsOfFile: "\(site.backups)/\(name)", encoding: .utf8)).contains(
                    site.cluster.password))
        }
    }

    @Test("ps shows no password, during a backup and a restore")
    func processList() throws {
        let site = try BackupSite()
        let hidden = [
            "REED_DATABASE_URL": site.cluster.url(site.database).replacing(
                "gehe!m%2542", with: "gehe%21m%2542")
        ]
        let create = try site.pausedCreate(environment: hidden)
        var lists = [try run("ps", "-eww", "-o", "args").output]
        create.signal(SIGCONT)
        #expect(try create.finish().status == 0)
        let blocker = try site.cluster.hold("begin; select count(*) from users;", in: site.database)
        let restore = try site.start(
            "backup", "restore", "1", "--yes", "--no-backup-first", environment: hidden)
        try waitUntil("psql runs") { try run("ps", "-eww", "-o", "args").output.contains("reed.restored") }
        lists.append(try run("ps", "-eww", "-o", "args").output)
        blocker.signal(SIGKILL)
        #expect(try restore.finish().status == 0)
        #expect(lists[0].contains("pg_dump"))
        for list in lists {
            #expect(!list.contains(site.cluster.password))
            #expect(!list.contains("gehe"))
        }
    }

    @Test("Rights: no SELECT, row security, a folder that is not ours or open to others")
    func rights() throws {
        let site = try BackupSite(isEmpty: true)
        let role = "r_\(site.database)"
        try site.query(
            "create role \(role) login; create table t (id int); create table s (id int); alter table s enable row level security; grant select on s to \(role);"
        )
        let denied = try site.reed("backup", "create", "--version", "1", environment: ["PGUSER": role])
        #expect(denied.status == 77)
        #expect(denied.errors.contains("permission denied for table t"))
        try site.query("grant select on t to \(role)")
        let secured = try site.reed("backup", "create", "--version", "1", environment: ["PGUSER": role])
        #expect(secured.status == 77)
        #expect(secured.errors.contains("row-level security"))
        #expect(try site.names(hidden: true) == [])
        try site.query("drop table t, s; drop role \(role)")
        _ = try run("chmod", "777", site.backups)
        let open = try site.reed("backup", "create", "--version", "1")
        #expect(open.status == 77)
        #expect(try site.names(hidden: true) == [])
        _ = try run("chmod", "700", site.backups)
        try site.folder.write("", to: "file")
        #expect(
            try site.reed("backup", "create", "--version", "1", "--dir", site.folder.path(of: "file")).status
                == 73)
        guard geteuid() == 0 else { return }
        _ = try run("chown", "nobody", site.backups)
        #expect(try site.reed("backup", "create", "--version", "1").status == 77)
    }

    @Test("The server is down; the database is missing")
    func unreachable() throws {
        let site = try BackupSite(isEmpty: true)
        let down = try site.reed(
            "backup", "create", "--version", "1", "--database", "postgres://127.0.0.1:1/x")
        #expect(down.status == 69)
        #expect(down.errors.contains("Connection refused"))
        #expect(
            try site.reed("backup", "create", "--version", "1", "--database", "no_such_database").status == 78
        )
        #expect(try site.names(hidden: true) == [])
    }

    @Test("A locked table is waited for ten seconds")
    func lockedTable() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int)")
        let other = try site.cluster.hold("begin; lock table t;", in: site.database)
        let result = try site.reed("backup", "create", "--version", "1")
        #expect(result.status == 75)
        #expect(result.errors.contains("LOCK TABLE public.t"))
        #expect(try site.names(hidden: true) == [])
        other.signal(SIGKILL)
    }

    @Test(
        "pg_dump is missing, too old, cut short, or floods its standard error",
        arguments: [
            ("", 78, "not found"),
            (
                "echo 'pg_dump: error: aborting because of server version mismatch' >&2; exit 1", 78,
                "version mismatch"
            ),
            ("\"$PG_DUMP\" \"$@\" | head -n -9", 65, "not a complete dump"),
            ("exit 0", 65, "not a complete dump"),
            ("kill -9 $$", 71, "signal 9"),
            (
                "yes 'a warning' | head -n 100000 >&2; echo 'pg_dump: error: the end' >&2; exit 1", 65,
                "the end"
            ),
        ])
    func strangeDump(script: String, status: Int, word: String) throws {
        let site = try BackupSite(isEmpty: true)
        try site.query("create table t (id int)")
        let path = try site.tools(["pg_dump": script])
        let result = try site.reed("backup", "create", "--version", "1", environment: ["PATH": path])
        #expect(result.status == Int32(status))
        #expect(result.errors.contains(word))
        #expect(try site.names(hidden: true) == [])
    }

    @Test(
        "Versions that would leave the folder or cannot be told from options",
        arguments: [
            "../../etc/x", "a\nb", "-rf", "", "v", "a..b", "a/b", ".x", "ä", "before-restore",
            String(repeating: "x", count: 65),
        ])
    func badVersion(version: String) throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("backup", "create", "--version=\(version)").status == 64)
        #expect(try site.names(hidden: true) == [])
    }

    @Test("A symbolic link in the place of a file is neither followed nor restored")
    func links() throws {
        let site = try BackupSite(isEmpty: true)
        #expect(try site.reed("backup", "create", "--version", "1").status == 0)
        let dump = try site.path(".sql")
        _ = try run("mv", dump, site.folder.path(of: "elsewhere"))
        _ = try run("ln", "-s", site.folder.path(of: "elsewhere"), dump)
        #expect(try site.reed("backup", "list").output.contains("DAMAGED"))
        #expect(try site.reed("backup", "restore", "1", "--yes").status == 65)
    }

    @Test("Two at once: each says how it went, and what is listed is whole")
    func twoAtOnce() throws {
        let site = try BackupSite()
        let both = [
            try site.start("backup", "create", "--version", "1"),
            try site.start("backup", "create", "--version", "1"),
        ]
        let results = try both.map { try $0.finish() }
        #expect(results.contains { $0.status == 0 })
        #expect(results.allSatisfy { $0.status == 0 || $0.status == 75 })
        let good = results.filter { $0.status == 0 }.count
        #expect(try site.names(hidden: true).count == 3 * good)
        #expect(try site.reed("backup", "verify", "--all").status == 0)
        // Another folder does not help: the database itself is locked.
        let first = try site.pausedCreate()
        let second = try site.reed(
            "backup", "create", "--version", "1", "--dir", site.folder.path(of: "other"))
        #expect(second.status == 75)
        first.signal(SIGCONT)
        #expect(try first.finish().status == 0)
    }

    @Test("A dump is one snapshot, whatever others do meanwhile")
    func snapshot() throws {
        let site = try BackupSite(isEmpty: true)
        try site.query(
            "create table a as select 500 as money; create table filler as select repeat(md5(g::text), 20) as x from generate_series(1, 20000) g; create table z as select 500 as money;"
        )
        let process = try site.pausedCreate()
        for _ in 0..<20 {
            try site.query("begin; update a set money = money - 1; update z set money = money + 1; commit;")
        }
        process.signal(SIGCONT)
        #expect(try process.finish().status == 0)
        #expect(try site.reed("backup", "restore", "1", "--yes").status == 0)
        #expect(try site.query("select a.money + z.money from a, z") == "1000")
    }

    private func noSessionIsLeft(on site: BackupSite) throws {
        try waitUntil("no session is left") {
            try site.query(
                "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
            ) == "0"
        }
    }
}

extension BackupSite {
    /// A PATH whose first folder has scripts in the place of programs; an empty script means no such program.
    func tools(_ scripts: [String: String]) throws -> String {
        var path = ["/bin", "/usr/bin"].joined(separator: ":")
        if scripts.values.contains("") {
            // Links to all that is needed but the missing one.
            let bin = folder.path(of: "bin")
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
            for tool in ["psql", "pg_dump"] where scripts[tool] == nil {
                let real =
                    "exec \(try run("sh", "-c", "command -v \(tool)").output.trimmingCharacters(in: .newlines)) \"$@\"\n"
                try write(script: real, to: "bin/\(tool)")
            }
            path = bin
        }
        for (name, script) in scripts where !script.isEmpty {
            let real = try run("sh", "-c", "command -v \(name)").output.trimmingCharacters(in: .newlines)
            try write(script: "PG_DUMP=\(real); PATH=/usr/bin:/bin; \(script)\n", to: "fake/\(name)")
            path = folder.path(of: "fake") + ":" + path
        }
        return path
    }

    private func write(script: String, to name: String) throws {
        let path = try folder.write("#!/bin/bash\n\(script)", to: name)
        _ = try run("chmod", "755", path)
    }
}
