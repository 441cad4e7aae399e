import FoundationEssentials

/// The version that a backup is of: what the site's people call the state they saved.
///
///     let version = try BackupVersion("1.4.0")
public struct BackupVersion: Hashable, Sendable, CustomStringConvertible {
    /// The version without a leading `v`.
    public let text: String

    /// The version of the backups that a restore makes of what it replaces.
    public static let beforeRestore = BackupVersion(unchecked: "before-restore")

    private init(unchecked text: String) { self.text = text }

    /// A version of 1 to 64 letters, digits, `.`, `_`, `+` and `-`; one leading `v` is dropped.
    ///
    /// - Throws: ``BackupError/Code/usage`` for other characters, for `..`, and for `before-restore`.
    public init(_ text: String) throws(BackupError) {
        let rest = text.hasPrefix("v") ? String(text.dropFirst()) : text
        guard let first = rest.utf8.first, Self.isAlphanumeric(first), rest.utf8.count <= 64,
            rest.utf8.allSatisfy({ Self.isAlphanumeric($0) || "._+-".utf8.contains($0) }),
            !rest.contains("..")
        else {
            throw BackupError(
                .usage, "the version is not valid",
                advice:
                    "give 1 to 64 letters, digits, '.', '_', '+' and '-', the first a letter or digit, no '..'"
            )
        }
        guard rest != Self.beforeRestore.text else {
            throw BackupError(
                .usage, "the version 'before-restore' is kept for safety backups", advice: "give another")
        }
        self.text = rest
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// The version without a leading `v`.
    public var description: String { text }
}

/// How a backup and its files are called.
enum BackupName {
    static let prefix = "reed_backup_v"

    /// `reed_backup_v1.2_20260131_020000`, the time in UTC; `-2` after it for a second in one second.
    static func base(_ version: BackupVersion, _ time: Date, attempt: Int) -> String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        // 20260131T020000Z
        let stamp = time.formatted(style).replacing("T", with: "_").replacing("Z", with: "")
        return "\(prefix)\(version)_\(stamp)" + (attempt > 1 ? "-\(attempt)" : "")
    }

    /// A database's name as a part of a file's name: other than ASCII letters, digits, `_` and `-` as `%XX`.
    static func part(_ database: String) -> String {
        database.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                String(UnicodeScalar(byte))
            default:
                "%" + String(byte >> 4, radix: 16, uppercase: true)
                    + String(byte & 15, radix: 16, uppercase: true)
            }
        }
        .joined()
    }
}
