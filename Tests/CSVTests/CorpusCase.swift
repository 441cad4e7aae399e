import CSV
import Crypto
import Foundation
import TestSupport
import Testing

/// One case of the conformance corpus: bytes, and what a strict reader makes of them.
struct CorpusCase: Decodable, Sendable, CustomTestStringConvertible {
    struct Options: Decodable {
        var delimiter: String
    }

    /// The records of a file without a fault, or a fault and what comes before it.
    struct Outcome: Decodable {
        var records: [[String]]?
        var recordsParts: [Repetition]?
        var error: Fault?
    }

    struct Fault: Decodable {
        var kind: String
        var line: Int
        /// `nil` where any column will do.
        var column: Int?
        var recordsBefore: [[String]]?
    }

    /// Text that is repeated; a case that would be large is written as a list of these.
    struct Repetition: Decodable {
        var text: String
        var count: Int

        init(from decoder: any Decoder) throws {
            var pair = try decoder.unkeyedContainer()
            text = try pair.decode(String.self)
            count = try pair.decode(Int.self)
        }
    }

    private enum CodingKeys: CodingKey {
        case id, options, csvBase64, csvParts, csvSha256, expect, alsoOk
    }

    var id: String
    var options: Options?
    private var csvBase64: String?
    private var csvParts: [Repetition]?
    private var csvSha256: String?
    /// What the rules ask for.
    var expect: Outcome
    /// What is right as well, where the rules leave a choice.
    var alsoOk: [Outcome]?
    /// The file.
    private(set) var bytes: [UInt8] = []

    var testDescription: String { id }

    /// Every case of the corpus.
    static let all = Result { try load() }

    private static func load() throws -> [CorpusCase] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try Fixtures.bytes("csv/corpus.jsonl").split(separator: UInt8(ascii: "\n")).map {
            var corpusCase = try decoder.decode(CorpusCase.self, from: Data($0))
            corpusCase.bytes = try corpusCase.decodedBytes()
            return corpusCase
        }
    }

    private func decodedBytes() throws -> [UInt8] {
        if let csvBase64 { return try Self.decode(csvBase64) }
        var bytes: [UInt8] = []
        for part in try #require(csvParts) {
            var run = try Self.decode(part.text)
            var count = part.count
            while count > 0 {
                if count & 1 == 1 { bytes += run }
                run += run  // twice as much a step
                count >>= 1
            }
        }
        let digest = SHA256.hash(data: bytes).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        try #require(digest.joined() == csvSha256, "the parts do not make up the file of \(id)")
        return bytes
    }

    /// How the case's file is to be read.
    func dialect() throws -> CSVDialect {
        guard let options else { return .rfc4180 }
        let delimiter = try #require(options.delimiter.utf8.first)
        return try #require(CSVDialect(delimiter: delimiter))
    }

    private static func decode(_ base64: String) throws -> [UInt8] {
        [UInt8](try #require(Data(base64Encoded: base64)))
    }
}

extension CorpusCase.Outcome {
    /// Whether `reading` is what this outcome says, up to its first fault.
    func admits(_ reading: CSVReading) throws -> Bool {
        guard let error else { return try reading.faults.isEmpty && reading.records == allRecords() }
        guard let fault = reading.faults.first else { return false }
        return fault.code.rawValue == error.kind.replacing("_", with: "-")
            && fault.position.line == error.line
            && fault.position.column == error.column ?? fault.position.column
            && reading.recordsBeforeFault == error.recordsBefore ?? reading.recordsBeforeFault
    }

    private func allRecords() throws -> [[String]] {
        if let records { return records }
        let lines = try #require(recordsParts).map { String(repeating: $0.text, count: $0.count) }.joined()
        return try lines.utf8.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode([String].self, from: Data($0))
        }
    }
}
