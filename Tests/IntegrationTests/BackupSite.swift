import Foundation
import TestSupport

/// A database like the CMS's and a backup folder, both of a test's own.
final class BackupSite: Sendable {
    let cluster: PostgresCluster
    let database: String
    let folder: TemporaryDirectory

    /// The folder that backups go to; the program makes it.
    var backups: String { folder.path(of: "backups") }
    var environment: [String: String] {
        cluster.environment(database).merging(["REED_BACKUP_DIR": backups]) { $1 }
    }

    /// A template with 100,000 rows, which new databases are copies of.
    private static let template = Result {
        let cluster = try PostgresCluster.shared.get()
        try cluster.query("create database cms_template; create role reader;", in: "postgres")
        let sql = try String(contentsOfFile: Fixtures.path("postgres/cms.sql"), encoding: .utf8)
        try cluster.query(sql, in: "cms_template")
        return cluster
    }

    private static let copying = NSLock()

    /// A copy of the template; with a name, or empty, if so wished.
    init(named name: String? = nil, isEmpty: Bool = false, of other: PostgresCluster? = nil) throws {
        folder = try TemporaryDirectory()
        let own = "cms_" + URL(filePath: folder.path).lastPathComponent.lowercased().replacing("-", with: "_")
        database = name ?? own
        if isEmpty || other != nil {
            cluster = try other ?? PostgresCluster.shared.get()
            try cluster.query("create database \"\(database)\"", in: "postgres")
        } else {
            cluster = try Self.template.get()
            // PostgreSQL refuses to copy a database that is just being copied.
            try Self.copying.withLock {
                _ = try cluster.query("create database \"\(database)\" template cms_template", in: "postgres")
            }
        }
    }

    /// Runs `reed-import` on the database and the folder.
    func reed(_ arguments: String..., environment extra: [String: String] = [:]) throws -> ProcessResult {
        try run(try reedImportPath(), arguments, environment: environment.merging(extra) { $1 })
    }

    /// Starts `reed-import` and goes on.
    func start(_ arguments: String..., environment extra: [String: String] = [:]) throws -> RunningProcess {
        try RunningProcess(try reedImportPath(), arguments, environment: environment.merging(extra) { $1 })
    }

    /// Starts a backup and stops it, by SIGSTOP, when a part of the dump has been written.
    func pausedCreate(environment extra: [String: String] = [:]) throws -> RunningProcess {
        let process = try RunningProcess(
            try reedImportPath(), ["backup", "create", "--version", "1"],
            environment: environment.merging(extra) { $1 })
        try waitUntil("the dump has begun") {
            guard process.isRunning else { throw TestFailure("the backup ended: \(try process.finish())") }
            return try names(hidden: true).contains { name in
                let path = "\(backups)/\(name)"
                let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
                return name.hasPrefix(".partial-") && (size ?? 0) > 0
            }
        }
        process.signal(SIGSTOP)
        return process
    }

    @discardableResult
    func query(_ sql: String) throws -> String { try cluster.query(sql, in: database) }

    /// The names in the backup folder, sorted.
    func names(hidden: Bool = false) throws -> [String] {
        guard FileManager.default.fileExists(atPath: backups) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: backups)
            .filter { hidden ? $0 != ".lock" : !$0.hasPrefix(".") }.sorted()
    }

    /// The only file of a kind.
    func path(_ suffix: String) throws -> String {
        guard let name = try names().last(where: { $0.hasSuffix(suffix) }) else {
            throw TestFailure("no file \(suffix)")
        }
        return "\(backups)/\(name)"
    }

    /// Changes the dump, and its metadata and checksum with it, so that only its contents are wrong.
    func forge(_ change: (String) -> String) throws {
        let path = try path(".sql")
        let text = change(try String(contentsOfFile: path, encoding: .utf8))
        try overwrite(path, text)
        let sum = String(try run("sha256sum", path).output.prefix(64))
        let json = try self.path(".json")
        let metadata = try String(contentsOfFile: json, encoding: .utf8)
            .replacing(/"sha256" : "[0-9a-f]*"/, with: "\"sha256\" : \"\(sum)\"")
            .replacing(/"size_bytes" : [0-9]*/, with: "\"size_bytes\" : \(text.utf8.count)")
        try overwrite(json, metadata)
        let name = URL(filePath: path).lastPathComponent
        try overwrite(try self.path(".sha256"), "\(sum)  \(name)\n")
    }

    /// Writes into a file that is there.
    func overwrite(_ path: String, _ text: String) throws {
        try text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// A digest of every table's rows, and of every definition, by pg_dump's own description.
    func digest() throws -> [String: String] {
        let tables = try query(
            """
            select format('select %L, count(*), md5(string_agg(t::text, chr(10) order by t::text)) from only %s t;',
              c.oid::regclass, c.oid::regclass)
            from pg_class c join pg_namespace n on n.oid = relnamespace
            where relkind in ('r', 'm') and nspname !~ '^pg_' and nspname <> 'information_schema';
            """)
        var digest: [String: String] = [:]
        for line in try query(tables).split(separator: "\n") {
            digest[String(line.prefix { $0 != "|" })] = String(line)
        }
        let schema = try run(
            "/usr/bin/env", ["pg_dump", "--schema-only", "--no-owner", "--no-privileges"],
            environment: cluster.environment(database))
        digest["schema"] = schema.output.replacing(/\\(un)?restrict .*/, with: "")
        digest["blob"] = try query(
            "select md5(string_agg(lo_get(oid)::text, ',' order by oid)) from pg_largeobject_metadata")
        return digest
    }

    deinit { _ = try? cluster.ask("drop database if exists \"\(database)\" with (force)", in: "postgres") }
}
