import Subprocess
import Testing

@testable import PostgresBackup

/// What the words of pg_dump and psql mean.
struct ToolFailureTests {
    @Test(
        "Errors are classed by their SQLSTATE, whatever the server's language, else by their words",
        arguments: [
            ("psql:<stdin>:12: ERROR:  42P01: relation \"x\" does not exist", .data),
            ("psql:<stdin>:12: FEHLER:  55P03: Abbruch wegen Sperre", .tryLater),
            ("ERROR:  42501: must be owner of schema public", .permission),
            ("psql:<stdin>:3: FATAL:  57P01: terminating connection", .unavailable),
            ("psql:<stdin>:3: ERROR:  53100: could not extend file", .inputOutput),
            ("ERROR:  25006: cannot execute DROP SCHEMA in a read-only transaction", .configuration),
            (
                "psql: error: connection to server at \"h\" (1.2.3.4), port 1 failed: Connection refused",
                .unavailable
            ),
            (
                "psql: error: connection to server on socket \"/x\" failed: FATAL:  password authentication failed for user \"x\"",
                .permission
            ),
            (
                "psql: error: connection to server at \"h\", port 1 failed: FATAL:  the database system is starting up",
                .tryLater
            ),
            ("psql: error: connection to server at \"h\", port 1 failed: FATAL:  Unbekannt", .unavailable),
            ("pg_dump: error: aborting because of server version mismatch", .configuration),
            ("pg_dump: error: something new", .data),
        ] as [(String, BackupError.Code)])
    func code(line: String, code: BackupError.Code) {
        let failure = ToolFailure(
            tool: "psql", status: .exited(3),
            errors:
                "NOTICE:  00000: drop cascades to x\nWARNING:  01000: a warning\n\(line)\nCONTEXT: secret row\n"
        )
        #expect(failure.error.code == code)
        #expect(!failure.error.message.contains("secret"))
    }

    @Test("The failing line is found, and the value of a row is not shown")
    func place() {
        let failure = ToolFailure(
            tool: "psql", status: .exited(3),
            errors:
                "psql:<stdin>:123: ERROR:  22P02: invalid input syntax for type integer: \"secret\"\nCONTEXT:  COPY t\n"
        )
        #expect(failure.inputLine == 123)
        #expect(failure.sqlState == "22P02")
        #expect(failure.reason == "invalid input syntax for type integer: \"…\"")
        #expect(ToolFailure(tool: "x", status: .signaled(9), errors: "").error.code == .system)
    }
}
