import GraphSync
import Testing
import UCG

struct RecordTests {
    @Test("A lock's value names its holder, and can be read again")
    func lock() throws {
        let start = try #require(Timestamp(rfc3339: "2026-01-31T02:00:00Z"))
        let record = LockRecord(host: "web \"1\"", process: 42, start: start, token: "abc")
        #expect(
            String(decoding: record.json, as: UTF8.self)
                == #"{"host":"web \"1\"","pid":42,"start":"2026-01-31T02:00:00.000Z","token":"abc"}"#)
        #expect(LockRecord(record.json) == record)
        for text in ["", "1", "{}", #"{"host":"a","pid":"x","start":"","token":""}"#] {
            #expect(LockRecord(Array(text.utf8)) == nil)
        }
    }

    @Test("The last import is a hash of texts, and can be read again")
    func lastImport() {
        var last = LastImport()
        last.run = "1"
        last.finished = Timestamp(rfc3339: "2026-01-31T02:00:00Z")
        last.seconds = "1.250"
        last.entities = 7
        last.counts.created = 3
        last.counts.deleted = 1
        let fields = Dictionary(uniqueKeysWithValues: last.fields.map { ($0.name, $0.value) })
        #expect(fields["finished"] == "2026-01-31T02:00:00.000Z")
        #expect(LastImport(fields: fields) == last)
        #expect(LastImport(fields: ["asked": "x"]).finished == nil)
    }

    @Test("A source's name is short and plain")
    func sources() {
        for name in ["", "A", "-a", "a b", "ä", "a:b", String(repeating: "a", count: 65)] {
            #expect(ImportSource(keyPrefix: "", name: name) == nil, "\(name)")
        }
    }
}
