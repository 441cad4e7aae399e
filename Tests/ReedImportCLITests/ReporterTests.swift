import ConfigImport
import GraphSync
import Testing
import UCG

@testable import ReedImportCLI

/// What the formats make of text, numbers and changes.
struct ReporterTests {
    @Test(
        "Text in Markdown is a span of code, whatever it holds",
        arguments: [
            ("plain", "`plain`"), ("a|b", #"`a\|b`"#), ("a`b", "`` a`b ``"), ("``", "``` `` ```"),
            ("@team #1 [x](y)", "`@team #1 [x](y)`"), ("", "``"),
        ])
    func code(_ text: String, _ expected: String) {
        #expect(MarkdownReporter.code(text) == expected)
    }

    @Test("A failed run has its exit code and its message in the report")
    func failure() {
        let json = JSONReporter.json(Failure(.refused, "too much"), nil)
        #expect(
            String(decoding: json, as: UTF8.self)
                == #"{"status":"failed","exit_code":3,"message":"too much"}"# + "\n")
    }

    @Test("The offered formats are printed by a reporter of their own")
    func formats() {
        #expect(PlanFormat.markdown.reporter is MarkdownReporter)
        #expect(PlanFormat.github.reporter is GitHubReporter)
        #expect(SummaryFormat.json.reporter is JSONReporter)
        #expect(ListFormat.text.reporter is TextReporter)
        #expect(ListFormat.allCases.map(\.rawValue) == ["text", "json"])
    }

    @Test("A change has the words that all formats use")
    func words() {
        let key = EntityKey(type: .theme, id: EntityName.id(.theme, "corporate"))
        func planned(_ change: Change, expiry: Int? = nil) -> PlannedChange {
            PlannedChange(
                key: key, origin: EntityOrigin(file: 0, line: 3), change: change, stored: .absent,
                wanted: Array(#"{"data":{"name":"corporate"}}"#.utf8), expiry: expiry)
        }
        #expect(planned(.create).kindName == "themes")
        #expect([.create, .delete, .otherType].map { planned($0).mark } == ["+", "-", "!"])
        #expect(planned(.create, expiry: 3_598_001).shownExpiry == "expires in 3599 s -> never")
        #expect(planned(.create).shownExpiry == nil)
        #expect(planned(.create).label == "corporate")
        #expect(JSONValue?.none.shown == "(not there)")
    }
}
