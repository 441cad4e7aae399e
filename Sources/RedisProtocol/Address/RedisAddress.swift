import SystemSupport

/// Which Redis, as whom, and which of its databases.
///
///     let address = try RedisAddress("redis://me:secret@localhost:6379/2")
///     print(address)  // redis://me@localhost:6379/2: never with the password
package struct RedisAddress: Hashable, Sendable, CustomStringConvertible {
    /// How the server is reached.
    package enum Endpoint: Hashable, Sendable {
        /// A host name or an address without brackets, and a port.
        case tcp(host: String, port: UInt16)
        /// A socket in the file system.
        case unix(path: String)
    }

    /// How the server is reached.
    package var endpoint: Endpoint
    /// The ACL user; `nil` for the default one.
    package var user: String?
    /// The password; `nil` if there is none.
    package var password: String?
    /// The number of the database.
    package var database: Int

    /// Redis's own port.
    package static let defaultPort: UInt16 = 6379
    /// The address as one URL, user and database included, without the password.
    ///
    /// It is the same for every form of the same address, so that it identifies server, user and database:
    /// `redis://imp@localhost:6379/5`, `unix:///run/redis.sock?db=0`.
    package var description: String {
        let login = user.map { Self.encoded($0) + "@" } ?? ""
        switch endpoint {
        case .tcp(let host, let port):
            let name = host.contains(":") ? "[\(host.lowercased())]" : host.lowercased()
            return "redis://\(login)\(name):\(port)/\(database)"
        case .unix(let path): return "unix://\(login)\(Self.encoded(path))?db=\(database)"
        }
    }

    /// Text with `%` escapes for what has a meaning in a URL (RFC 3986, section 2.1).
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let isPlain =
                byte.isLetter || byte.isDigit || "-._~/+=,!$&'()*;".utf8.contains(byte)
            if isPlain {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }

    /// Why a text is not an address.
    package struct Invalid: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong; it quotes nothing that could be part of a password.
        package let description: String

        /// A reason, for the user.
        package init(_ description: String) { self.description = description }
    }

    /// The address written as `text`.
    ///
    /// | form | example |
    /// | --- | --- |
    /// | host | `localhost` |
    /// | host and port | `localhost:6379`, `[::1]:6379` |
    /// | URL | `redis://[user[:password]@]host[:port][/database]` |
    /// | socket | `unix://[user[:password]@]/path[?db=database]`, `/path` |
    ///
    /// User, password and path of a URL may have `%` escapes.
    package init(_ text: String) throws(Invalid) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw Invalid("white space or a control character in it; write it as %20 and the like")
        }
        guard !text.isEmpty else { throw Invalid("it is empty") }
        if text.hasPrefix("/") {
            // A URL without its scheme: it would be shown as a path, with the password in it.
            guard !text.hasPrefix("//"), !text.contains("@") else {
                throw Invalid("a URL without its scheme; write redis://..., or unix:///path with %40 for '@'")
            }
            self = try Self(socket: text, database: 0)
            return
        }
        guard let scheme = text.firstRange(of: "://") else {
            guard !text.contains("@"), !text.contains("/") else {
                throw Invalid("expected host, host:port, or a URL that begins with redis:// or unix://")
            }
            let (host, port) = try Self.hostAndPort(text)
            self.init(endpoint: .tcp(host: host, port: port), user: nil, password: nil, database: 0)
            return
        }
        let rest = String(text[scheme.upperBound...])
        switch text[..<scheme.lowerBound].lowercased() {
        case "redis": self = try Self(redisURL: rest)
        case "unix": self = try Self(unixURL: rest)
        case "rediss":
            throw Invalid("TLS (rediss://) is not supported yet; connect without it, or by a tunnel")
        default: throw Invalid("expected a URL that begins with redis:// or unix://")
        }
    }

    private init(endpoint: Endpoint, user: String?, password: String?, database: Int) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
    }

    private init(socket path: String, database: Int) throws(Invalid) {
        guard path.utf8.count <= SocketAddress.longestPath else {
            throw Invalid("socket path too long (max \(SocketAddress.longestPath) bytes)")
        }
        guard !path.utf8.contains(0) else { throw Invalid("the path contains a NUL byte") }
        self.init(endpoint: .unix(path: path), user: nil, password: nil, database: database)
    }

    /// Reads `[user[:password]@]host[:port][/database]`.
    private init(redisURL text: String) throws(Invalid) {
        guard !text.contains("?"), !text.contains("#") else {
            throw Invalid(
                "a redis:// URL has no '?' or '#'; write such characters in a password as %3F and %23")
        }
        let (credentials, place) = try Self.splitCredentials(text)
        let parts = place.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let (host, port) = try Self.hostAndPort(String(parts[0]))
        let database = parts.count == 2 && !parts[1].isEmpty ? try Self.database(String(parts[1])) : 0
        self.init(endpoint: .tcp(host: host, port: port), user: nil, password: nil, database: database)
        (user, password) = credentials
    }

    /// Reads `[user[:password]@]/path[?db=database]`.
    private init(unixURL text: String) throws(Invalid) {
        let (credentials, place) = try Self.splitCredentials(text)
        let parts = place.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0].hasPrefix("/") else { throw Invalid("expected unix:///path, with three slashes") }
        var database = 0
        if parts.count == 2 {
            guard parts[1].hasPrefix("db=") else {
                throw Invalid("expected ?db= and a number after the path")
            }
            database = try Self.database(String(parts[1].dropFirst(3)))
        }
        self = try Self(socket: try Self.decoded(String(parts[0])), database: database)
        (user, password) = credentials
    }

    private static func splitCredentials(
        _ text: String
    ) throws(Invalid) -> (credentials: (String?, String?), rest: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2 else {
            throw Invalid("more than one '@'; write one that belongs to user or password as %40")
        }
        guard parts.count == 2 else { return ((nil, nil), text) }
        guard !parts[0].contains("/") else {
            throw Invalid("a '/' before the '@'; write one that belongs to user or password as %2F")
        }
        let words = parts[0].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let user = try decoded(String(words[0]))
        let password = words.count == 2 ? try decoded(String(words[1])) : nil
        return ((user.isEmpty ? nil : user, password?.isEmpty == true ? nil : password), String(parts[1]))
    }

    private static func hostAndPort(_ text: String) throws(Invalid) -> (String, UInt16) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else {
                throw Invalid("the '[' of the address is never closed")
            }
            let host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard !host.isEmpty else { throw Invalid("no host") }
            if rest.isEmpty { return (host, defaultPort) }
            guard rest.hasPrefix(":") else { throw Invalid("expected ':' and a port after ']'") }
            return (host, try port(rest.dropFirst()))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2 else { throw Invalid("write an IPv6 address in brackets, as in [::1]:6379") }
        guard !parts[0].isEmpty else { throw Invalid("no host") }
        return (String(parts[0]), parts.count == 2 ? try port(parts[1]) : defaultPort)
    }

    private static func port(_ text: Substring) throws(Invalid) -> UInt16 {
        guard let port = UInt16(text), port > 0, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
            throw Invalid("port out of range; expected 1 to 65535")
        }
        return port
    }

    private static func database(_ text: String) throws(Invalid) -> Int {
        guard let database = Int(text), database >= 0, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else {
            throw Invalid("the database is a number from 0")
        }
        return database
    }

    /// Text without its `%` escapes (RFC 3986, section 2.1).
    private static func decoded(_ text: String) throws(Invalid) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst()?.hexValue, let low = rest.popFirst()?.hexValue else {
                throw Invalid("a '%' without two hexadecimal digits after it; write '%' itself as %25")
            }
            bytes.append(high << 4 | low)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw Invalid("not UTF-8") }
        return decoded
    }
}
