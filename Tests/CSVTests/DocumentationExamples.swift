import CSV

// The examples of Sources/CSV/CSV.docc, word for word.

func firstColumn(of path: String) throws -> [String] {
    var texts: [String] = []
    var reader = CSVReader(try .file(path))
    while try reader.next() {
        texts.append(reader.record.string(0))
    }
    return texts
}

func countWords(in path: String) throws -> Int {
    var words = 0
    var reader = CSVReader(try .file(path))
    while try reader.next() {
        for field in 0..<reader.record.count {
            words += reader.record.string(field).split(separator: " ").count
        }
    }
    return words
}

func countCommas(in path: String) throws -> Int {
    var commas = 0
    var reader = CSVReader(try .file(path))
    while try reader.next() {
        for field in 0..<reader.record.count {
            reader.record.withField(field) { text in
                for index in text.indices where text[index] == UInt8(ascii: ",") { commas += 1 }
            }
        }
    }
    return commas
}

func countRecords(of descriptor: Int32 = 0) throws -> Int {
    var records = 0
    var reader = CSVReader(ByteSource(descriptor: descriptor, closing: false))
    while try reader.next() { records += 1 }
    return records
}

func translations(in path: String) throws -> [String: String] {
    var reader = CSVReader(try .file(path))
    guard try reader.next() else { return [:] }
    let header = CSVHeader(reader.record)
    guard let key = header.index(of: "key"), let value = header.index(of: "value") else {
        throw MissingColumn()
    }
    var texts: [String: String] = [:]
    while try reader.next() {
        texts[reader.record.string(key)] = reader.record.string(value)
    }
    return texts
}

func faults(in path: String) throws -> [CSVError] {
    var faults: [CSVError] = []
    var reader = CSVReader(try .file(path))
    var isAtEnd = false
    while !isAtEnd {
        do {
            isAtEnd = try !reader.next()
        } catch CSVFailure.malformed(let error) {
            faults.append(error)
        }
    }
    return faults
}

func isModest(_ path: String) throws -> Bool {
    let limits = CSVLimits(recordBytes: 1 << 20, fieldBytes: 64 << 10, columns: 100)
    var reader = CSVReader(try .file(path), limits: limits)
    do {
        while try reader.next() {}
        return true
    } catch {
        guard case .malformed(let fault) = error, fault.code == .fieldTooLong else { throw error }
        return false
    }
}

func table() -> [UInt8] {
    var writer = CSVWriter(lineEnd: .lf)
    writer.append(["name", "text"])
    writer.append(["greeting", "Say \"hello\""])
    writer.append(["farewell", nil])
    return writer.bytes
}

struct MissingColumn: Error {}
