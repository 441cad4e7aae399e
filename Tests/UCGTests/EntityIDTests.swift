import Testing
import UCG

@Suite("Entity ids")
struct EntityIDTests {
    @Test("The namespace of derived ids is the documented one")
    func namespace() {
        #expect(EntityID.namespace.description == "9d2c1f0e-6a53-5b7e-8c41-2f60d7a3e915")
    }

    /// Types, names and ids, computed by another implementation of RFC 9562.
    static let derived: [(type: EntityType, name: String, id: String)] = [
        (.snippet, "hero-banner", "c0468a24-ed88-589a-a6d4-3b5da0ae89b5"),
        (.snippet, "", "1cf715b5-451f-51a0-b997-2413dffc6615"),
        (.theme, "corporate.berlin.christmas", "093b1c69-f104-5ce3-b974-b8fb59b88533"),
        (.association, "content.1.1", "b172a93b-234b-59ad-885c-fb93fbaf9240"),
        (
            .association,
            "d3f43058-77fc-53ab-b1d9-d9f4bb4107ba:contains:c0468a24-ed88-589a-a6d4-3b5da0ae89b5",
            "594abf17-4cd7-5297-906e-5d92e5d5b3b8"
        ),
        (
            .association, ":contains:c0468a24-ed88-589a-a6d4-3b5da0ae89b5",
            "8301f5cf-9fa3-5c04-bdd1-ed6a185849f1"
        ),
        (.translation, "de_DE:global::hero.welcome", "e508025f-068c-5e70-82be-612541fefd11"),
        (.translation, "de:theme:größe:straße.überschrift", "3e0519fa-6fb1-5114-84c2-eb94d9c5b917"),
        (
            .translation, "sr_Latn_RS:template:corporate/start:naïve.🎄",
            "7e5b58bd-45eb-58c8-8402-ca0647af8b42"
        ),
        (
            .translation, "de:global::" + String(repeating: "k", count: 512),
            "8c7ac920-5464-583d-8344-cb480bc04591"
        ),
    ]

    @Test("An id is the UUID of version 5 of type and name", arguments: derived)
    func derivation(type: EntityType, name: String, id: String) {
        #expect(EntityName.id(type, name).description == id)
    }

    @Test("A custom type derives ids as the built-in ones do")
    func customType() throws {
        let page = try #require(EntityType(rawValue: "page"))
        #expect(EntityName.id(page, "homepage").description == "d3f43058-77fc-53ab-b1d9-d9f4bb4107ba")
    }

    @Test(
        "One name serves many ids: nothing of the last one is left", arguments: [derived, derived.reversed()])
    func reuse(names: [(type: EntityType, name: String, id: String)]) {
        var name = EntityName()
        for (type, text, id) in names {
            name.begin(type)
            name.append(text)
            #expect(name.id.description == id)
            #expect(name.id.description == id, "asking twice changes nothing")
        }
    }

    @Test("A name may be put together from parts, text or bytes")
    func parts() {
        var name = EntityName()
        name.begin(.translation)
        for (index, part) in ["de", "theme", "größe", "straße.überschrift"].enumerated() {
            if index > 0 { name.appendColon() }
            if index % 2 == 0 { name.append(part) } else { name.append([UInt8](part.utf8).span) }
        }
        #expect(name.id == EntityName.id(.translation, "de:theme:größe:straße.überschrift"))
    }

    @Test(
        "An id is read in either case and written in lower case",
        arguments: [
            "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "01234567-89ab-cdef-0123-456789abcdef", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        ])
    func parsing(_ text: String) throws {
        let id = try #require(EntityID(text))
        #expect(id.description == text)
        #expect(EntityID(text.uppercased()) == id)
        let idOfBytes = EntityID([UInt8](text.utf8).span)
        #expect(idOfBytes == id)
    }

    @Test("The bytes of an id are in network order")
    func bytes() throws {
        var bytes: [UInt8] = [7]
        try #require(EntityID("01234567-89AB-CDEF-fedc-ba9876543210")).appendBytes(to: &bytes)
        #expect(
            bytes == [
                7, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32,
                0x10,
            ])
    }

    @Test(
        "What is not 8-4-4-4-12 hexadecimal digits is no id",
        arguments: [
            "", "01234567-89ab-cdef-0123-456789abcde", "01234567-89ab-cdef-0123-456789abcdef0",
            "0123456789abcdef0123456789abcdef", "{1234567-89ab-cdef-0123-456789abcde}",
            "01234567-89ab-cdef-0123-456789abcdeg", "01234567_89ab_cdef_0123_456789abcdef",
            "0123456-789ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-01234-56789abcdef",
            "01234567-89ab-cdef-0123-456789abcde ", " 1234567-89ab-cdef-0123-456789abcdef",
            "0x234567-89ab-cdef-0123-456789abcdef", "-1234567-89ab-cdef-0123-456789abcdef",
            "01234567-89ab-cdef-0123-456789abcdé", "0１234567-89ab-cdef-0123-456789abc",
            "urn:uuid:01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcde\0",
        ])
    func malformed(_ text: String) {
        #expect(EntityID(text) == nil)
        let idOfBytes = EntityID([UInt8](text.utf8).span)
        #expect(idOfBytes == nil)
    }

    @Test("The hash for tables spreads ids over all its bits")
    func hash() {
        let hashes = (0..<1000).map { EntityName.id(.snippet, "s\($0)").hash32 }
        #expect(Set(hashes).count == hashes.count)
        for bit in 0..<32 {
            let ones = hashes.count { $0 >> UInt32(bit) & 1 == 1 }
            #expect((400...600).contains(ones), "bit \(bit) is set \(ones) times in 1000")
        }
    }
}
