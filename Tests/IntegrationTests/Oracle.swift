import Foundation
import TestSupport

/// What an import has to lead to, as `Tests/Support/oracle` works it out from the contracts alone.
struct Oracle: Decodable {
    /// Whether the directory can be imported.
    let valid: Bool
    /// Why not.
    let why: String?
    /// The keys of an import into an empty server, as ``RedisServer/everything()`` has them.
    let keys: [String: String]?

    /// What importing a directory leads to.
    static func says(of folder: String, graphKeys: String = "none") throws -> Oracle {
        let result = try run(
            "/usr/bin/env", ["python3", Fixtures.root + "/Tests/Support/oracle", folder, graphKeys])
        return try JSONDecoder().decode(Oracle.self, from: Data(result.output.utf8))
    }
}

/// What differs between two sets of keys, for a message that can be read.
func differences(_ found: [String: String], _ expected: [String: String]) -> [String] {
    Set(found.keys).union(expected.keys).sorted().filter { found[$0] != expected[$0] }.prefix(5).map {
        "\($0): \(found[$0] ?? "-") instead of \(expected[$0] ?? "-")"
    }
}
