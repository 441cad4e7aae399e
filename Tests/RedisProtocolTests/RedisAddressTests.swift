@testable import RedisProtocol
import Testing

struct RedisAddressTests {
    static let forms:
        [(text: String, endpoint: RedisAddress.Endpoint, user: String?, password: String?, database: Int)] = [
            ("localhost", .tcp(host: "localhost", port: 6379), nil, nil, 0),
            ("10.0.0.1:7000", .tcp(host: "10.0.0.1", port: 7000), nil, nil, 0),
            ("[::1]", .tcp(host: "::1", port: 6379), nil, nil, 0),
            ("[fe80::1%lo]:65535", .tcp(host: "fe80::1%lo", port: 65535), nil, nil, 0),
            ("redis://h", .tcp(host: "h", port: 6379), nil, nil, 0),
            ("redis://h/", .tcp(host: "h", port: 6379), nil, nil, 0),
            ("REDIS://h:1/15", .tcp(host: "h", port: 1), nil, nil, 15),
            ("redis://:secret@h", .tcp(host: "h", port: 6379), nil, "secret", 0),
            ("redis://user@h", .tcp(host: "h", port: 6379), "user", nil, 0),
            ("redis://us%65r:p%40s%3As%2f@[::1]:2/3", .tcp(host: "::1", port: 2), "user", "p@s:s/", 3),
            ("redis://user:a:b@h", .tcp(host: "h", port: 6379), "user", "a:b", 0),
            ("unix:///run/redis.sock", .unix(path: "/run/redis.sock"), nil, nil, 0),
            ("unix:///run/a%20b?db=2", .unix(path: "/run/a b"), nil, nil, 2),
            ("unix://user:pw@/run/r", .unix(path: "/run/r"), "user", "pw", 0),
            ("/run/redis.sock", .unix(path: "/run/redis.sock"), nil, nil, 0),
        ]

    @Test("Every form is understood", arguments: forms)
    func form(
        _ expected: (
            text: String, endpoint: RedisAddress.Endpoint, user: String?, password: String?, database: Int
        )
    ) throws {
        let address = try RedisAddress(expected.text)
        #expect(address.endpoint == expected.endpoint)
        #expect(address.user == expected.user)
        #expect(address.password == expected.password)
        #expect(address.database == expected.database)
    }

    @Test(
        "What is no address is refused with a reason that shows no part of a password",
        arguments: [
            "", " ", "h:0", "h:65536", "h:-1", "h:+1", "h:", ":1", "h:1:2", "::1", "[::1", "[]", "[::1]x",
            "redis://",
            "redis://:1", "redis://u:secret@ss@h", "redis://:sec%zzret@h", "redis://:secret%2@h",
            "redis://h/x",
            "redis://h/-1", "redis://h?db=1", "redis://u:sec/ret@h", "rediss://:secret@h", "http://h",
            "unix://run/r",
            "//u:secret@host", "//host", "/u:secret@host", "unix:///r?x=1", "unix:///r?db=x", "u:secret@h",
            "redis://h/1/2",
        ])
    func refused(text: String) {
        let error = #expect(throws: RedisAddress.Invalid.self) { try RedisAddress(text) }
        #expect(error?.description.contains("sec") == false)
        #expect(error?.description.isEmpty == false)
    }

    @Test("A socket's path of 107 bytes passes; a longer one, which the system would cut, does not")
    func longPath() throws {
        let path = "/" + String(repeating: "x", count: 106)
        #expect(try RedisAddress("unix://" + path).endpoint == .unix(path: path))
        #expect(throws: RedisAddress.Invalid.self) { try RedisAddress("unix://\(path)x") }
    }

    static let canonicalForms: [(texts: [String], canonical: String)] = [
        (
            ["localhost", "LOCALHOST:6379", "redis://:pw@localhost", "redis://localhost/0"],
            "redis://localhost:6379/0"
        ),
        (["redis://user:secret@[::1]:7/3", "redis://us%65r@[::1]:7/3"], "redis://user@[::1]:7/3"),
        (
            ["/run/a b.sock".replacing(" ", with: "_"), "unix:///run/a_b.sock?db=0"],
            "unix:///run/a_b.sock?db=0"
        ),
        (["unix://u%40x:pw@/run/a%20b?db=2"], "unix://u%40x@/run/a%20b?db=2"),
    ]

    @Test(
        "An address has one canonical form, with user and database and without the password",
        arguments: canonicalForms)
    func canonical(_ expected: (texts: [String], canonical: String)) throws {
        for text in expected.texts {
            #expect(try RedisAddress(text).description == expected.canonical)
        }
        // It can be read again.
        #expect(try RedisAddress(expected.canonical).description == expected.canonical)
    }
}
