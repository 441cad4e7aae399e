/// A release of PostgreSQL or of one of its programs, for example 15.18.
public struct PostgresVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The major release; a dump can be restored by the same or a newer one.
    public let major: Int
    /// The minor release; 0 in betas.
    public let minor: Int

    /// The release `major.minor`.
    public init(major: Int, minor: Int) {
        self.major = major
        self.minor = minor
    }

    /// The release at the start of `text`: `15.18`, `17beta2`, `15.18 (Debian 15.18-0+deb12u1)`.
    public init?(_ text: String) {
        let numbers = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }.split(separator: ".")
        guard let first = numbers.first, let major = Int(first) else { return nil }
        self.init(major: major, minor: numbers.dropFirst().first.flatMap { Int($0) } ?? 0)
    }

    /// Older before newer.
    public static func < (left: PostgresVersion, right: PostgresVersion) -> Bool {
        (left.major, left.minor) < (right.major, right.minor)
    }

    /// The release as it is written, `15.18`.
    public var description: String { "\(major).\(minor)" }
}
