import Foundation
import TestSupport
import Testing

@Suite("Seeds of the fuzzer")
struct FuzzSeedTests {
    static let folder = Fixtures.path("fuzz")
    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()

    @Test("There are some")
    func count() {
        #expect(Self.names.count > 20)
    }

    @Test("Reader and parser agree, and what is written is read back", arguments: names)
    func agree(name: String) throws {
        let seed = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.folder + "/" + name)))
        let fuzzCase = try #require(FuzzCase(seed))
        let difference = try fuzzCase.difference { try .bytes($0, chunkSize: $1) }
        #expect(difference == nil)
    }
}
