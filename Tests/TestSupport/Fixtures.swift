import Foundation

/// The repository's own files.
public enum Fixtures {
    /// The folder that holds Package.swift.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The number of entities of `fixtures/config`.
    public static let siteCount = 297

    /// The path of `name` in the folder `fixtures`.
    public static func path(_ name: String) -> String { "\(root)/fixtures/\(name)" }

    /// The content of a file in the folder `fixtures`.
    public static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path(name))))
    }
}
