import Testing

@testable import PostgresBackup

struct PostgresVersionTests {
    @Test(
        "Releases are read from what programs and servers say",
        arguments: [("15.18 (Debian 15.18-0+deb12u1)", 15, 18), ("17beta2", 17, 0), ("9.6.24", 9, 6)])
    func parsing(text: String, major: Int, minor: Int) {
        #expect(PostgresVersion(text) == PostgresVersion(major: major, minor: minor))
        #expect(PostgresVersion("x") == nil)
    }

    @Test(
        "Which psql knows \\restrict",
        arguments: [("15.13", false), ("15.14", true), ("18.0", true), ("12.22", false), ("17.5", false)])
    func restrict(text: String, isKnown: Bool) {
        #expect(PostgresVersion(text)?.knowsRestrict == isKnown)
    }
}
