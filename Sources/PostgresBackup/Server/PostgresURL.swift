import SystemSupport

/// A connection URI, `postgresql://user:password@host:port/database?name=value`,
/// taken apart into the environment variables that libpq reads.
///
/// The grammar is libpq's, see "Connection URIs" in PostgreSQL's documentation.
struct PostgresURL {
    /// Why a URL cannot be used.
    ///
    /// It quotes nothing of it: who knows where the password is.
    struct Invalid: Error {
        let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    /// The variables, for example `PGHOST`.
    private(set) var variables: [String: String] = [:]

    /// The variable of each connection parameter that has one.
    private static let variableOfParameter: [String: String] = [
        "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "dbname": "PGDATABASE",
        "user": "PGUSER", "password": "PGPASSWORD", "passfile": "PGPASSFILE",
        "application_name": "PGAPPNAME", "channel_binding": "PGCHANNELBINDING",
        "connect_timeout": "PGCONNECT_TIMEOUT", "gssencmode": "PGGSSENCMODE", "gsslib": "PGGSSLIB",
        "krbsrvname": "PGKRBSRVNAME", "load_balance_hosts": "PGLOADBALANCEHOSTS",
        "options": "PGOPTIONS", "require_auth": "PGREQUIREAUTH", "requirepeer": "PGREQUIREPEER",
        "service": "PGSERVICE", "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
        "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION", "sslcert": "PGSSLCERT",
        "sslcertmode": "PGSSLCERTMODE", "sslcompression": "PGSSLCOMPRESSION", "sslcrl": "PGSSLCRL",
        "sslcrldir": "PGSSLCRLDIR", "sslkey": "PGSSLKEY", "sslmode": "PGSSLMODE",
        "sslnegotiation": "PGSSLNEGOTIATION", "sslrootcert": "PGSSLROOTCERT", "sslsni": "PGSSLSNI",
        "target_session_attrs": "PGTARGETSESSIONATTRS",
    ]

    /// The values of parameters that have only a few (PostgreSQL documentation, "Parameter Key Words").
    private static let valuesOfParameter: [String: [String]] = [
        "sslmode": ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
        "gssencmode": ["disable", "prefer", "require"],
        "channel_binding": ["disable", "prefer", "require"],
        "sslcertmode": ["disable", "allow", "require"],
        "sslnegotiation": ["postgres", "direct"],
        "load_balance_hosts": ["disable", "random"],
        "target_session_attrs": ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
    ]

    init(_ text: String) throws(Invalid) {
        guard let scheme = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else {
            throw Invalid("expected postgres://user@host:port/database")
        }
        var rest = text.utf8.dropFirst(scheme.utf8.count)
        if let at = rest.firstIndex(where: { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "/") }),
            rest[at] == UInt8(ascii: "@")
        {
            try parseUser(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        let question = rest.firstIndex(of: UInt8(ascii: "?")) ?? rest.endIndex
        let slash = rest[..<question].firstIndex(of: UInt8(ascii: "/")) ?? question
        try parseHosts(rest[..<slash])
        guard !rest[slash..<question].contains(UInt8(ascii: "@")) else {
            throw Invalid("'@' and '/' in a user, password or database must be written %40 and %2F")
        }
        try assign("PGDATABASE", as: rest[slash..<question].dropFirst(), called: "database")
        for parameter in rest[question...].dropFirst().split(separator: UInt8(ascii: "&")) {
            try parseParameter(parameter)
        }
    }

    private typealias Part = Substring.UTF8View

    private mutating func parseUser(_ part: Part) throws(Invalid) {
        let colon = part.firstIndex(of: UInt8(ascii: ":")) ?? part.endIndex
        try assign("PGUSER", as: part[..<colon], called: "user")
        try assign("PGPASSWORD", as: part[colon...].dropFirst(), called: "password")
    }

    /// `host:port,[v6]:port`: both lists keep their commas.
    private mutating func parseHosts(_ part: Part) throws(Invalid) {
        guard !part.contains(UInt8(ascii: "@")) else {
            throw Invalid("'@' and '/' in a user or password must be written %40 and %2F")
        }
        var hosts: [String] = []
        var ports: [String] = []
        for place in part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            var host = place
            var port = place[place.endIndex...]
            if place.first == UInt8(ascii: "[") {
                guard let end = place.firstIndex(of: UInt8(ascii: "]")) else {
                    throw Invalid("'[' without ']' around an IPv6 address")
                }
                host = place[place.index(after: place.startIndex)..<end]
                port = place[place.index(after: end)...]
                guard port.isEmpty || port.first == UInt8(ascii: ":") else {
                    throw Invalid("something follows the ']' of the host")
                }
            } else if let colon = place.firstIndex(of: UInt8(ascii: ":")) {
                host = place[..<colon]
                port = place[colon...]
            }
            hosts.append(try Self.decoded(host, "host"))
            ports.append(try Self.port(port.dropFirst()))
        }
        if hosts.contains(where: { !$0.isEmpty }) { variables["PGHOST"] = hosts.joined(separator: ",") }
        if ports.contains(where: { !$0.isEmpty }) { variables["PGPORT"] = ports.joined(separator: ",") }
    }

    private static func port(_ part: Part) throws(Invalid) -> String {
        let text = try decoded(part, "port")
        guard text.isEmpty || (1...65535).contains(Int(text) ?? 0) else {
            throw Invalid("the port is not a number from 1 to 65535")
        }
        return text
    }

    private mutating func parseParameter(_ part: Part) throws(Invalid) {
        guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
            throw Invalid("a parameter without '=' after '?'")
        }
        let name = try Self.decoded(part[..<equals], "parameter")
        let value = part[equals...].dropFirst()
        if name == "ssl", value.elementsEqual("true".utf8) {
            variables["PGSSLMODE"] = "require"
            return
        }
        guard let variable = Self.variableOfParameter[name] else {
            // A plain word is not a password.
            let isWord =
                name.utf8.count <= 30 && name.utf8.allSatisfy { $0 == .underscore || $0.isLowercaseLetter }
            throw Invalid(
                (isWord ? "the parameter '\(name)'" : "a parameter after '?'")
                    + " is not one that PostgreSQL's tools take; leave it out")
        }
        try assign(variable, as: value, called: "parameter")
        if let values = Self.valuesOfParameter[name], !values.contains(variables[variable] ?? values[0]) {
            throw Invalid("the value of '\(name)' is not one of \(values.joined(separator: ", "))")
        }
        if variable == "PGPORT" { _ = try Self.port(value) }
    }

    private mutating func assign(_ variable: String, as part: Part, called what: String) throws(Invalid) {
        let value = try Self.decoded(part, what)
        if !value.isEmpty { variables[variable] = value }
    }

    /// `part` with every `%XX` replaced by its byte.
    private static func decoded(_ part: Part, _ what: String) throws(Invalid) -> String {
        var bytes: [UInt8] = []
        var rest = part
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
                value != 0, digits.first != UInt8(ascii: "+")
            else { throw Invalid("the \(what) has a '%' that is not followed by two hexadecimal digits") }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Invalid("the \(what) is not UTF-8")
        }
        return text
    }
}
