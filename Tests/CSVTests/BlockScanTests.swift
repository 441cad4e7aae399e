import TestSupport
import Testing

@testable import CSV

/// The block scan finds what the byte-at-a-time parser finds, which knows nothing of it.
@Suite("Block scan")
struct BlockScanTests {
    private static func account(
        _ bytes: [UInt8], chunkSize: Int, usesIndex: Bool, limits: CSVLimits = CSVLimits()
    ) throws -> ReaderAccount {
        try ReaderAccount(
            try .bytes(bytes, chunkSize: chunkSize), limits: limits, most: bytes.count, usesIndex: usesIndex)
    }

    /// A file of three columns, most of it sound, with a few bytes changed at random.
    static func file(_ random: inout SeededGenerator) -> [UInt8] {
        let texts = [
            "", "", "a", "bcdefgh", "ü", "€", "😀", "日本語", "\u{D7FF}\u{E000}", "x y", "\u{10FFFF}\u{800}",
            String(repeating: "long ", count: 15), "\"\"", "\"a\"\"b\"", "\"\"\"\"", "\"\"\"\"\"x\"\"\"",
            "\"\n\"",
            "\"a\r\nb\"", "\",\"", "\"ä\"\",\"\"\n\"\"\"",
            "\"" + String(repeating: "q\"\"", count: 30) + "\"",
        ]
        var bytes = Array("h1,h2,h3\n".utf8)
        bytes += Array(repeating: UInt8(ascii: "."), count: Int.random(in: 0..<64, using: &random))
        bytes += Array(",,\n".utf8)
        let windows = Bool.random(using: &random)
        for _ in 0..<Int.random(in: 0..<40, using: &random) {
            let width =
                Int.random(in: 0..<20, using: &random) == 0 ? Int.random(in: 0..<5, using: &random) : 3
            let fields = (0..<width).map { _ in texts.randomElement(using: &random) ?? "" }
            bytes += Array(fields.joined(separator: ",").utf8)
            bytes += windows || Int.random(in: 0..<10, using: &random) == 0 ? [13, 10] : [10]
        }
        if Bool.random(using: &random) { bytes.removeLast() }
        let strange: [UInt8] = [
            0, 10, 13, 34, 34, 44, 44, 0x41, 0x80, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC3, 0xE0, 0xED, 0xEF, 0xF0,
            0xF4, 0xF5, 0xFF,
        ]
        for _ in 0..<Int.random(in: 0..<4, using: &random) {
            let place = Int.random(in: 9..<bytes.count, using: &random)
            bytes[place] = strange.randomElement(using: &random) ?? 0
        }
        return bytes
    }

    @Test("It agrees with the parser at every chunk size", arguments: 0..<10)
    func differential(part: Int) throws {
        let seed = UInt64(part)
        var random = SeededGenerator(seed: seed)
        for number in 0..<60 {
            let bytes = Self.file(&random)
            let expected = try Self.account(bytes, chunkSize: ByteSource.defaultChunkSize, usesIndex: false)
            let sizes = [ByteSource.defaultChunkSize, Int.random(in: 131...2000, using: &random)]
            for chunkSize in sizes + (0..<13).map({ $0 * 10 + part + 1 }) {
                let found = try Self.account(bytes, chunkSize: chunkSize, usesIndex: true)
                try #require(found == expected, "seed \(seed), file \(number), chunks of \(chunkSize)")
            }
        }
    }

    @Test("It agrees at every offset in a block", arguments: 0..<66)
    func everyOffset(offset: Int) throws {
        let head = "a,b\n" + String(repeating: ".", count: offset) + ",\n"
        for tail in [
            "\"x\"\"y\",\"z\n\"\n1,2\n", "ü,€\r\n😀,\"\"\n", "\"a\",b\r\n\r\n\n,\n", "x,\"y\"z\n1,2\n",
            "x,y\"\n",
            "x,y\rz\n", "1,2,3\n4\n5,6\n", "\0,2\n3,4\n", "\",\"\n", "1,\"\"\"\n\",2",
        ] {
            let bytes = Array((head + tail).utf8)
            let expected = try Self.account(bytes, chunkSize: 1 << 16, usesIndex: false)
            #expect(try Self.account(bytes, chunkSize: 1 << 16, usesIndex: true) == expected, "\(tail)")
        }
        for sequence: [UInt8] in [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0x80], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF],
            [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0x80], [0xC3], [0xE2, 0x82],
            [0xF0, 0x9F, 0x98], [0xC3, 0xA4, 0xA4],
        ] {
            let bytes = Array(head.utf8) + sequence + Array(",x\ny,z\n".utf8)
            let expected = try Self.account(bytes, chunkSize: 1 << 16, usesIndex: false)
            #expect(try Self.account(bytes, chunkSize: 1 << 16, usesIndex: true) == expected, "\(sequence)")
        }
    }

    @Test("It finds most records itself")
    func isUsed() throws {
        #expect(try Self.found(in: Array("1,2\n\"3\"\"\",\n\n5,\"\n\"\r\nrest".utf8)) == [2, 2, 11])
    }

    /// How many records, lines and bytes a batch takes of a file with two columns.
    static func found(in bytes: [UInt8]) throws -> [Int] {
        var source = try ByteSource.bytes(bytes)
        _ = try source.refill()
        var batch = RecordBatch()
        var cursor = 0
        var lines = 0
        unsafe batch.fill(
            source.bytes, available: source.available, cursor: &cursor, lines: &lines,
            delimiter: UInt8(ascii: ","), width: 2, longest: 100)
        return [batch.count, lines, cursor]
    }

    @Test("Limits hold, also for records that it could take")
    func limits() throws {
        let bytes = Array("a,b\n1234,5\n123,56\n12345,\n".utf8)
        for limit in 1...8 {
            for limits in [CSVLimits(recordBytes: limit), CSVLimits(fieldBytes: limit)] {
                let expected = try Self.account(bytes, chunkSize: 4096, usesIndex: false, limits: limits)
                #expect(try Self.account(bytes, chunkSize: 4096, usesIndex: true, limits: limits) == expected)
            }
        }
    }
}
