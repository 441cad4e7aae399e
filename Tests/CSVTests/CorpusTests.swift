import CSV
import TestSupport
import Testing

@Suite("Conformance corpus")
struct CorpusTests {
    /// The corpus has one case of so many columns.
    static let limits = CSVLimits(columns: 100_000)

    @Test("The corpus is complete")
    func completeness() throws {
        let cases = try CorpusCase.all.get()
        #expect(cases.count == 346)
        #expect(Set(cases.map(\.id)).count == cases.count)
        #expect(cases.count { $0.expect.error != nil } == 170)
    }

    @Test(
        "Each case gives its records, or its fault and what comes before it",
        arguments: try CorpusCase.all.get(), [1, 2, 7, 64, ByteSource.defaultChunkSize])
    func conformance(to corpusCase: CorpusCase, chunkSize: Int) throws {
        // More reads than that would take too long.
        guard corpusCase.bytes.count / chunkSize <= 100_000 else { return }
        let reading = try CSVReading(
            corpusCase.bytes, chunkSize: chunkSize, dialect: try corpusCase.dialect(), limits: Self.limits)
        let outcomes = [corpusCase.expect] + (corpusCase.alsoOk ?? [])
        #expect(
            try outcomes.contains { try $0.admits(reading) },
            "found \(String(describing: reading.events).prefix(400))")
    }
}
