import ConfigImport
import Foundation
import TestSupport
import UCG

/// A configuration directory made for one test, and what checking it found.
struct CheckedDirectory {
    private let folder: TemporaryDirectory
    let check: Configuration.Check

    init(_ files: [String: String], _ configure: (inout ImportOptions) -> Void = { _ in }) throws {
        folder = try TemporaryDirectory()
        for (name, content) in files { try folder.write(content, to: name) }
        var options = ImportOptions()
        configure(&options)
        check = try Configuration.check(folder.path, options)
    }

    var path: String { folder.path }

    /// The issues, each in one line, the paths seen from the directory.
    var issues: [String] {
        check.log.byFile.flatMap(\.issues).map { $0.summary.replacing(folder.path + "/", with: "") }
    }

    /// The issues without their texts: `themes.csv:3:2: error: parent [unknown-reference]`.
    var shortIssues: [String] {
        check.log.byFile.flatMap(\.issues).map { issue in
            let path = issue.path.replacing(folder.path + "/", with: "")
            let field = issue.field.map { " \($0)" } ?? ""
            return "\(path):\(issue.position): \(issue.severity.rawValue):\(field) [\(issue.code.rawValue)]"
        }
    }

    /// The `data` of every entity, in the order in which they are made.
    func data() throws -> [String] { try entities().map { String(decoding: $0.data.bytes, as: UTF8.self) } }

    /// Every entity, in the order in which they are made.
    func entities() throws -> [Entity] {
        guard let configuration = check.configuration else {
            throw TestFailure(issues.joined(separator: "\n"))
        }
        var entities: [Entity] = []
        for type in configuration.types {
            try configuration.forEachEntity(of: type) { entities.append(copy $0) }
        }
        return entities
    }
}
