import CSV
import ConfigImport
import Testing

struct HeaderTests {
    static let faults: [(header: String, issues: [String])] = [
        ("name,,x", ["1:6: error: [empty-column]"]),
        ("name,x,X", ["1:8: error: X [repeated-column]"]),
        ("name,theme", ["1:6: error: theme [repeated-column]"]),
        ("active,parent", ["1:1: error: [missing-column]"]),
        ("name,Chain", ["1:6: error: Chain [reserved-column]"]),
        (
            "name,parent_id,context",
            ["1:6: error: parent_id [reserved-column]", "1:16: error: context [reserved-column]"]
        ),
        ("name,parnt_theme", ["1:6: warning: parnt_theme [similar-column]"]),
    ]

    @Test("Faulty headers are reported at their columns, and rows are left unread", arguments: faults)
    func faulty(header: String, issues: [String]) throws {
        let directory = try CheckedDirectory(["themes.csv": "\(header)\n"])
        #expect(directory.shortIssues == issues.map { "themes.csv:\($0)" })
    }

    @Test("Comments before the header are skipped, behind it '#' is data")
    func comments() throws {
        let directory = try CheckedDirectory([
            "translations.de.csv": "# one, \"two\n\n#\nkey,value\n#a,#b\n"
        ])
        #expect(try directory.data().first?.contains(##""key":"#a","locale":"de""##) == true)
    }

    @Test("The header once more is skipped with a warning")
    func repeatedHeader() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name,active\na,1\n\"name\",active\nb,1\nName,active\n"
        ])
        #expect(
            directory.shortIssues == [
                "themes.csv:3:1: warning: [repeated-header]", "themes.csv:5:1: error: name [invalid-value]",
                "themes.csv:5:6: error: active [invalid-value]",
            ])
    }

    @Test("Other delimiters, and one that the header tells", arguments: [";", "\t", "|"])
    func delimiters(delimiter: String) throws {
        let files = ["themes.csv": "name\(delimiter)description\na\(delimiter)\"b,c\"\n"]
        for detects in [true, false] {
            let directory = try CheckedDirectory(files) {
                $0.delimiter = detects ? nil : delimiter.utf8.first
            }
            #expect(try directory.data().first?.contains(#""description":"b,c""#) == true)
        }
    }

    @Test("Faults of CSV are issues; what can be read behind them is read")
    func csvFaults() throws {
        let directory = try CheckedDirectory([
            "themes.csv": "name,parent\na\nb,nobody\nc,\"x\"y\nd,nobody\n",
            "snippets.csv": "name\n\u{0}\nB\n",
        ])
        #expect(
            directory.shortIssues == [
                "snippets.csv:2:1: error: name [nul-byte]", "snippets.csv:3:1: error: name [invalid-value]",
                "themes.csv:2:1: error: [ragged-row]", "themes.csv:4:6: error: parent [text-after-quote]",
            ])
    }

    @Test("With strict every warning is an error, and nothing can be imported")
    func strict() throws {
        let files = ["themes.csv": "name\na\nname\n"]
        #expect(try CheckedDirectory(files).check.configuration != nil)
        let directory = try CheckedDirectory(files) { $0.isStrict = true }
        #expect(directory.shortIssues == ["themes.csv:3:1: error: [repeated-header]"])
        #expect(directory.check.configuration == nil)
    }

    @Test("A value at the limit of its field passes, one more does not")
    func limits() throws {
        let fits = try CheckedDirectory(["themes.csv": "name,description\na,\"1\"\"3456789012345\"\n"]) {
            $0.limits.fieldBytes = 15
        }
        #expect(fits.issues == [])
        let tooLong = try CheckedDirectory(["themes.csv": "name,description\na,1234567890123456\n"]) {
            $0.limits.fieldBytes = 15
        }
        #expect(tooLong.shortIssues == ["themes.csv:2:3: error: description [field-too-long]"])
    }
}
