import Foundation
import TestSupport
import Testing

/// `reed-import validate` on whole directories.
struct ValidateTests {
    @Test(
        "Each kind of problem is reported in exactly the words that are written down",
        arguments: try brokenDirectories())
    func expectedText(name: String) throws {
        let folder = "fixtures/broken/\(name)"
        let result = try run(
            try reedImportPath(),
            ["validate", "--quiet", "--csv", "\(folder)/config"] + (try extraArguments(name)))
        let expected = try String(
            contentsOfFile: Fixtures.path("broken/\(name)/expected.txt"), encoding: .utf8)
        let status = try String(contentsOfFile: Fixtures.path("broken/\(name)/exit"), encoding: .utf8)
        if ProcessInfo.processInfo.environment["REED_UPDATE_FIXTURES"] == "1" {
            try result.errors.write(
                toFile: Fixtures.path("broken/\(name)/expected.txt"), atomically: true, encoding: .utf8)
        } else {
            #expect(result.errors == expected)
        }
        #expect("\(result.status)\n" == status)
        #expect(result.output == "")
        #expect(result.errors.contains("[\(name)]"))
    }

    @Test("Every code that the program can print has a directory that shows it")
    func complete() throws {
        let sources = ["Sources/ConfigImport/Issues/IssueCode.swift", "Sources/CSV/CSVError.swift"]
        let codes = try sources.flatMap { source in
            try String(contentsOfFile: "\(Fixtures.root)/\(source)", encoding: .utf8)
                .matches(of: /rawValue: "([a-z0-9-]+)"\)/).map { String($0.output.1) }
        }
        #expect(codes.count > 20)
        #expect(codes.sorted() == (try brokenDirectories()))
        let documented = try String(contentsOfFile: "\(Fixtures.root)/docs/issues.md", encoding: .utf8)
        for code in codes { #expect(documented.contains("`\(code)`")) }
    }

    @Test("The sites are valid, without a warning", arguments: ["config", "config-by-id"])
    func valid(name: String) throws {
        let result = try reedImport("validate", "--csv", "fixtures/\(name)", "--strict")
        #expect(result.status == 0)
        #expect(result.errors == "")
        let lines = result.output.split(separator: "\n")
        var kinds = ["snippets", "themes", "associations", "translations"]
        if name == "config" {
            kinds = [
                "field_types", "snippets", "meta_snippets", "validation_rules", "snippet_relationships",
                "themes", "entities", "associations", "translations",
            ]
        }
        #expect(lines.map { String($0.prefix { $0 != " " }) } == ["kind"] + kinds + ["total"])
    }

    @Test("What cannot be read is one line, and its own exit code")
    func noInput() throws {
        let missing = try reedImport("validate", "--csv", "fixtures/none")
        #expect(missing.status == 66)
        #expect(missing.errors == "reed-import: fixtures/none: No such file or directory\n")
        let folder = try TemporaryDirectory()
        let empty = try reedImport("validate", "--csv", folder.path)
        #expect(empty.status == 66)
        #expect(empty.errors.contains("no snippets.csv, themes.csv, associations.csv or translations*.csv"))
        try FileManager.default.createDirectory(
            atPath: folder.path + "/snippets.csv", withIntermediateDirectories: false)
        let directory = try reedImport("validate", "--csv", folder.path)
        #expect(directory.status == 66)
        #expect(
            directory.errors
                == "reed-import: \(folder.path)/snippets.csv: is not a regular file but a directory\n")
    }

    @Test("A file that this user may not read is no input")
    func unreadable() throws {
        let folder = try TemporaryDirectory()
        try folder.write("name\na\n", to: "themes.csv")
        _ = unsafe chmod(folder.path, 0o755)
        _ = unsafe chmod(folder.path + "/themes.csv", 0)
        // Root may read everything, so the program runs as nobody.
        let asNobody = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--clear-groups"] : []
        let result = try run(
            "/usr/bin/env", asNobody + [try reedImportPath(), "validate", "--csv", folder.path])
        #expect(result.status == 66)
        #expect(result.errors == "reed-import: \(folder.path)/themes.csv: Permission denied\n")
    }

    @Test(
        "Wrong use is explained, with exit code 64",
        arguments: [
            [], ["--csv"], ["--csv", "fixtures/config", "--redis", "h:0"],
            ["--csv", "fixtures/config", "--redis", "redis://:sec%zzret@h"],
            ["--csv", "fixtures/config", "--timestamp", "yesterday"],
            ["--csv", "fixtures/config", "--timeout", "0"],
            ["validate", "--csv", "fixtures/config", "--delimiter", "ab"],
            ["validate", "--csv", "fixtures/config", "--format", "xml"],
            ["validate", "--csv", "x", "--max-columns", "0"],
            ["--csv", "fixtures/config", "--redis", "unix:///run/r.sock?db=0&password=sec%ret"],
            ["--csv", "fixtures/config", "--redis", "redis://user@h"],
            ["csv", "-", "--chunk-size", "9223372036854775807"],
            ["frobnicate"],
        ])
    func usage(arguments: [String]) throws {
        let result = try run(try reedImportPath(), arguments, environment: ["REDIS_URL": ""])
        #expect(result.status == 64)
        #expect(!result.errors.isEmpty)
        #expect(!result.errors.contains("sec%"))
        #expect(result.output == "")
    }

    @Test(
        "A slip in a command or an option is answered with what was meant, and text as text",
        arguments: [
            (["validte", "fixtures/config"], "did you mean 'validate'?"),
            (["bakcup", "list"], "did you mean 'backup'?"),
            (["plna"], "did you mean 'plan'?"),
            (["validate", "--ccsv", "fixtures/config"], "Did you mean '--csv'?"),
            (["fixtures/confg"], "fixtures/confg"),
            (["fixtures/config", "--csv", "fixtures/config"], "--csv"),
            (["fixtures/config", "--source", "\u{1B}[2J"], "--source is '\\x1b[2J'"),
            (["status", "--max-age", "a while"], "--max-age"),
        ])
    func slips(arguments: [String], words: String) throws {
        let result = try run(try reedImportPath(), arguments)
        #expect(result.status == 64, "\(result.errors)")
        #expect(result.errors.contains(words), "\(result.errors)")
        #expect(!result.errors.contains("\u{1B}"))
    }

    @Test("Help names the options and exit codes; the version is printed")
    func help() throws {
        let commands = [
            "import", "validate", "plan", "run", "doctor", "apply", "status", "forget", "csv", "backup",
            "backup create", "backup list",
            "backup verify",
            "backup restore", "backup prune", "schema", "schema version", "schema record", "schema history",
            "schema init",
        ]
        for command in commands {
            let words = command.split(separator: " ").map(String.init)
            let result = try run(try reedImportPath(), words + ["--help"], environment: ["COLUMNS": "100"])
            #expect(result.status == 0)
            let golden = Fixtures.path("help/\(command).txt")
            if ProcessInfo.processInfo.environment["REED_UPDATE_FIXTURES"] == "1" {
                try result.output.write(toFile: golden, atomically: true, encoding: .utf8)
            }
            #expect(result.output == (try String(contentsOfFile: golden, encoding: .utf8)))
        }
        #expect(try reedImport("--version").output == "0.3.0\n")
    }
}
