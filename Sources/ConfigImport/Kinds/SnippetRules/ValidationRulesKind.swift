import CSV
import SystemSupport
import UCG

extension Kind {
    /// `validation_rules.csv`: what values of a snippet's fields have to keep, one rule a row.
    package static let validationRules = Kind(
        name: "validation_rules", types: [], files: .table("validation_rules.csv"), isOptional: true,
        layouts: [ValidationRulesImporter.layout], makeImporter: { ValidationRulesImporter() })
}

/// The `validation_rules` of snippets.
struct ValidationRulesImporter: KindImporter {
    private static let snippet = Column("snippet_name", .snippetName, isRequired: true)
    private static let field = Column("field_name", .fieldName, isRequired: true, as: "field_name")
    private static let type = Column("rule_type", .word, isRequired: true, as: "rule_type")
    private static let parameters = Column("parameters", .word)
    private static let message = Column("error_message", .text, as: "error_message")
    static let layout = Layout([
        .column(snippet), .column(field), .column(type), .derived(Derived.parameters), .column(parameters),
        .column(message),
    ])

    /// The parameters as an object.
    private enum Derived: Int, DerivedMember {
        case parameters

        var name: String { "parameters" }
    }

    private(set) var counts = KindCounts()

    mutating func check(_ file: ConfigFile, _ pass: inout CheckPass) throws(InputError) {
        guard var rows = try pass.open(file, { _, _ in Self.layout }) else { return }
        let columns = rows.columns
        let (snippetCell, fieldCell) = (columns[Self.snippet], columns[Self.field])
        while try pass.next(&rows) {
            let rule = Self.rule(of: rows.record, columns, in: file.path, &pass)
            guard let snippet = snippetCell.validText(rows.record),
                let field = fieldCell.validText(rows.record),
                pass.checkSnippet(snippet, at: snippetCell, of: rows.record, in: file.path), let rule
            else { continue }
            guard pass.snippetFields[snippet]?.add(rule.rule, to: field) ?? true else {
                let names = pass.snippetFields[snippet]?.names.names ?? []
                pass.log.add(
                    .error, .unknownReference, in: file.path, at: fieldCell.position(rows.record),
                    field: fieldCell.name,
                    reason: "the snippet \(PlainText.quoted(snippet)) has no field \(PlainText.quoted(field))"
                        + pass.suggestion(for: field, among: names, in: file.path))
                continue
            }
            Self.write(
                rows.record, with: rule.parameters, in: columns,
                to: &pass.snippetRules[snippet, default: SnippetRules()].rules)
        }
        pass.finish(rows, counting: &counts)
    }
}

extension ValidationRulesImporter {
    /// Writes the rule of a row as an element of `validation_rules`.
    private static func write(
        _ record: borrowing CSVRecord, with parameters: [(String, String)], in columns: ColumnBinding,
        to json: inout JSONWriter
    ) {
        json.beginObject()
        columns.write(record, to: &json) { (_: Derived, key, json) in
            json.key(key)
            json.object { json in
                for (name, value) in parameters { json.member(JSONKey(name), value) }
            }
        }
        json.endObject()
    }

    /// The rule of a row, and its parameters in their order; the log says why there is none.
    private static func rule(
        of record: borrowing CSVRecord, _ columns: ColumnBinding, in path: String, _ pass: inout CheckPass
    ) -> (rule: ValidationRule, parameters: [(String, String)])? {
        let (typeCell, cell) = (columns[type], columns[parameters])
        guard let name = typeCell.text(record) else { return nil }
        guard let expected = ValidationRule.parameters.first(where: { $0.key == name })?.value else {
            let names = ValidationRule.parameters.map(\.key)
            pass.log.add(
                .error, .invalidValue, in: path, at: typeCell.position(record), field: typeCell.name,
                reason: "no rule is named \(PlainText.quoted(name))"
                    + (Suggestion.closest(to: name, among: names).map { " (did you mean '\($0)'?)" }
                        ?? "; there are \(names.joined(separator: ", "))"))
            return nil
        }
        do throws(RuleProblem) {
            let parameters = try parse(cell.text(record) ?? "", expected: expected, of: name)
            let demand = try demand(name, Dictionary(parameters) { first, _ in first })
            return (ValidationRule(demand: demand, message: columns[message].text(record)), parameters)
        } catch {
            pass.log.add(
                .error, .invalidValue, in: path, at: cell.position(record), field: cell.name,
                reason: error.reason)
            return nil
        }
    }

    /// Why parameters are not those of a rule.
    private struct RuleProblem: Error {
        let reason: String
    }

    /// The parameters `k=v;k=v`; in the value of the last one `;` and `=` may stand, so that a pattern can have them.
    private static func parse(
        _ text: String, expected: [String], of name: String
    ) throws(RuleProblem) -> [(String, String)] {
        guard !text.isEmpty else { return [] }
        let items =
            expected.count == 1 ? [text[...]] : text.split(separator: ";", omittingEmptySubsequences: false)
        var parameters: [(String, String)] = []
        for item in items {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            guard parts.count == 2, expected.contains(parts[0]), !parts[1].isEmpty,
                !parameters.contains(where: { $0.0 == parts[0] })
            else {
                let wanted =
                    expected.isEmpty ? "nothing" : expected.map { "\($0)=..." }.joined(separator: ";")
                throw RuleProblem(
                    reason:
                        "\(PlainText.quoted(String(item))) is not a parameter of '\(name)'; expected \(wanted)"
                )
            }
            parameters.append((parts[0], parts[1]))
        }
        return parameters
    }

    private static func demand(
        _ name: String, _ parameters: [String: String]
    ) throws(RuleProblem) -> ValidationRule.Demand {
        switch name {
        case "required": return .required
        case "min_length": return .minLength(try length(parameters["value"], of: name))
        case "max_length": return .maxLength(try length(parameters["value"], of: name))
        case "pattern":
            guard let text = parameters["value"] else {
                throw RuleProblem(reason: "'pattern' needs value=..., the pattern")
            }
            do throws(PatternProblem) { return .pattern(try Pattern(text)) } catch {
                throw RuleProblem(reason: "pattern: \(error.reason)")
            }
        default:
            let (least, most) = (try bound(parameters["min"]), try bound(parameters["max"]))
            guard least != nil || most != nil else {
                throw RuleProblem(reason: "'range' needs min=..., max=... or both")
            }
            if let least, let most, most.number < least.number {
                throw RuleProblem(reason: "max=\(most.text) is below min=\(least.text)")
            }
            return .range(least: least, most: most)
        }
    }

    private static func length(_ text: String?, of name: String) throws(RuleProblem) -> Int {
        guard let length = text.flatMap({ Int($0) }), length >= 0 else {
            throw RuleProblem(reason: "'\(name)' needs value=..., a whole number from 0 on")
        }
        return length
    }

    private static func bound(_ text: String?) throws(RuleProblem) -> FieldSchema.Bound? {
        guard let text else { return nil }
        guard JSONText.isNumber(text.utf8.span), let number = ExactNumber(text) else {
            throw RuleProblem(reason: "\(PlainText.quoted(text)) is not a number of at most 36 digits")
        }
        return FieldSchema.Bound(text: text, number: number)
    }
}
