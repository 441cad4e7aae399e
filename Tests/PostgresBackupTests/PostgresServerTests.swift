import Testing

@testable import PostgresBackup

/// Databases as they are named on the command line and by the environment.
struct PostgresServerTests {
    @Test(
        "URLs are taken apart as libpq does",
        arguments: [
            (
                "postgres://u%40x:p%2Fw@h:5433/my%20db?sslmode=require&application_name=x",
                [
                    "PGUSER": "u@x", "PGPASSWORD": "p/w", "PGHOST": "h", "PGPORT": "5433",
                    "PGDATABASE": "my db", "PGSSLMODE": "require", "PGAPPNAME": "x",
                ]
            ),
            ("postgresql://", [:]), ("postgresql:///d?host=/run/x", ["PGDATABASE": "d", "PGHOST": "/run/x"]),
            ("postgres://%2Frun%2Fx/d", ["PGDATABASE": "d", "PGHOST": "/run/x"]),
            ("postgres://[::1]:5/d", ["PGDATABASE": "d", "PGHOST": "::1", "PGPORT": "5"]),
            ("postgres://a:1,b/d", ["PGDATABASE": "d", "PGHOST": "a,b", "PGPORT": "1,"]),
            ("postgres://u@h", ["PGUSER": "u", "PGHOST": "h"]),
            ("postgres://h?ssl=true", ["PGHOST": "h", "PGSSLMODE": "require"]),
            (
                "postgres://u:a:b?c@h/d",
                ["PGUSER": "u", "PGPASSWORD": "a:b?c", "PGHOST": "h", "PGDATABASE": "d"]
            ),
        ])
    func urls(text: String, variables: [String: String]) throws {
        #expect(try PostgresURL(text).variables == variables)
    }

    @Test(
        "What is wrong with a URL is said without quoting it",
        arguments: [
            "postgres://u:sEcr3t%zz@h/d", "postgres://u:sEcr3t%@h/d", "postgres://u:p/sEcr3t@h/d",
            "postgres://u:x@sEcr3t@h/d", "postgres://h:sEcr3t/d", "postgres://h:0/d",
            "postgres://u:12/sEcr3t@h:1/d", "postgres://u:7/@sEcr3t@h/d", "postgres://h:65536/d",
            "postgres://[sEcr3t/d", "postgres://[::1]sEcr3t/d", "postgres://h/d?sEcr3t",
            "postgres://h/d?sEcr3t=1",
            "postgres://u:%00sEcr3t@h/d", "postgres://h/d?port=sEcr3t", "u:sEcr3t@h/d",
            "host=h password=sEcr3t",
            "", "mysql://sEcr3t", "postgres://%ff@h", "postgres://h/%+1",
        ])
    func invalid(text: String) throws {
        let error = #expect(throws: BackupError.self) { try PostgresServer(url: text, environment: [:]) }
        #expect(error?.code == .usage)
        #expect(error.map { !$0.description.contains("sEcr3t") } == true)
    }

    @Test("A URL wins over the environment, which fills what it leaves open")
    func environment() throws {
        let variables = ["PGHOST": "a", "PGPORT": "1", "PGDATABASE": "x", "PGUSER": "u"]
        let both = try PostgresServer(url: "postgres://b/y", environment: variables)
        #expect(both.description == "y on b:1")
        #expect(try PostgresServer(url: nil, environment: variables).description == "x on a:1")
        #expect(try PostgresServer(url: "z", environment: variables).description == "z on a:1")
        #expect(
            try PostgresServer(url: nil, environment: [:]).description == "default database on local socket")
    }

    @Test("A password that a program shows is not passed on")
    func redaction() throws {
        let server = try PostgresServer(url: "postgres://u:sEcr3t@h/d", environment: [:])
        #expect(server.redacted("failed for sEcr3t!") == "failed for ***!")
    }
}
