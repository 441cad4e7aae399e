import Foundation

/// Other releases of the servers than the system's, which `scripts/servers` installs.
public enum OtherServers {
    private static let folder = Fixtures.root + "/.build/servers"

    /// Whether tests with them run: where they are installed, and where they have to be (`REED_REQUIRE_SERVERS=1`).
    public static let areExpected =
        FileManager.default.fileExists(atPath: folder + "/complete")
        || ProcessInfo.processInfo.environment["REED_REQUIRE_SERVERS"] == "1"

    /// The folder of PostgreSQL 18's programs.
    public static let postgres18 = folder + "/postgres-18"

    /// The redis-server of a release: `redis-6.2` or `valkey-9`; `redis` is the system's.
    public static func redis(_ name: String) -> String {
        name == "redis" ? "redis-server" : "\(folder)/\(name)"
    }

    /// A `PATH` in which PostgreSQL 18's programs come first.
    public static var pathOfPostgres18: String {
        postgres18 + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    }
}
