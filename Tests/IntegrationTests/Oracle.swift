import Foundation
import TestSupport
import Testing

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

/// Makes sure that a server holds what importing a directory into an empty one leads to.
func expectContract(
    _ server: RedisServer, _ folder: TemporaryDirectory, graphKeys: String = "none",
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let expected = try Oracle.says(of: folder.path, graphKeys: graphKeys)
    #expect(expected.valid, "\(expected.why ?? "")", sourceLocation: sourceLocation)
    let found = differences(try server.everything(), expected.keys ?? [:])
    #expect(found == [], comment, sourceLocation: sourceLocation)
}

/// What differs between two sets of keys, for a message that can be read.
func differences(_ found: [String: String], _ expected: [String: String]) -> [String] {
    Set(found.keys).union(expected.keys).sorted().filter { found[$0] != expected[$0] }.prefix(5).map {
        "\($0): \(found[$0] ?? "-") instead of \(expected[$0] ?? "-")"
    }
}
