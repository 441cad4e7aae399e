import CSV
import SystemSupport
import UCG

/// The columns of one `entities.csv`, and what a row means by them.
struct EntityRow {
    let nameCell: ColumnBinding.Cell
    private let idCell, typeCell, dataCell, authorCell, timeCell: ColumnBinding.Cell
    /// Columns that are written into `data` as text.
    private let unknownCells: [ColumnBinding.Cell]

    init(_ binding: ColumnBinding) {
        (idCell, typeCell) = (binding[EntitiesColumns.id], binding[EntitiesColumns.type])
        (nameCell, dataCell) = (binding[EntitiesColumns.name], binding[EntitiesColumns.data])
        (authorCell, timeCell) = (binding[EntitiesColumns.author], binding[EntitiesColumns.time])
        unknownCells = binding.passedOn
    }

    /// The type of the entity; `nil` if the row does not give a valid one.
    func type(_ record: borrowing CSVRecord) -> EntityType? {
        typeCell.validText(record).flatMap { EntityType(rawValue: $0) }
    }

    /// The name without its `$`; `nil` if the row does not give a valid one.
    func name(_ record: borrowing CSVRecord) -> String? {
        nameCell.validText(record).map { String($0.dropFirst()) }
    }

    /// The id that the row gives, or that its name leads to.
    func id(_ record: borrowing CSVRecord, of type: EntityType) -> EntityID? {
        if idCell.isGiven(record) { return idCell.validText(record).flatMap { EntityID($0) } }
        return name(record).map { EntityName.id(type, $0) }
    }

    /// Whether the row gives an id or a name, valid or not.
    func hasIdentity(_ record: borrowing CSVRecord) -> Bool {
        idCell.isGiven(record) || nameCell.isGiven(record)
    }

    /// The cell that identifies the row.
    func identityCell(_ record: borrowing CSVRecord) -> ColumnBinding.Cell {
        idCell.isGiven(record) ? idCell : nameCell
    }

    /// When the entity was created, if the row says so.
    func time(_ record: borrowing CSVRecord) -> Timestamp? {
        timeCell.validText(record).flatMap { Timestamp(rfc3339: $0) }
    }

    /// Who created the entity, if the row says so.
    func author(_ record: borrowing CSVRecord) -> String? { authorCell.validText(record) }

    /// Writes the members that the `data` cell holds; returns whether it could be read.
    func writeData(_ record: borrowing CSVRecord, to json: inout JSONWriter) -> Bool {
        guard let field = dataCell.field, dataCell.isGiven(record) else { return true }
        return record.withField(field) { (try? JSONObjectText.members(of: $0, into: &json)) != nil }
    }

    // MARK: - Checking data

    /// Checks that `data` is an object, that no column writes a member again, and that it fits the snippet that the type
    /// names.
    func checkData(
        _ record: borrowing CSVRecord, of type: EntityType, in path: String, _ pass: inout CheckPass
    ) {
        var names: Set<String> = []
        if let field = dataCell.field, dataCell.isGiven(record) {
            do throws(JSONObjectText.Problem) {
                names = try record.withField(field) { (text) throws(JSONObjectText.Problem) in
                    var discarded = JSONWriter()
                    return try JSONObjectText.members(of: text, into: &discarded)
                }
            } catch {
                return pass.log.add(
                    .error, .invalidValue, in: path, at: dataCell.position(record), field: dataCell.name,
                    reason: Self.reason(error))
            }
        }
        for cell in unknownCells where cell.isGiven(record) && names.contains(cell.name) {
            pass.log.add(
                .error, .repeatedColumn, in: path, at: cell.position(record), field: cell.name,
                reason: "data has a member \(PlainText.quoted(cell.name)) already; remove one of the two")
        }
        if let fields = pass.snippetFields[type.rawValue] {
            checkFields(record, against: fields, in: path, &pass)
        }
    }

    private static func reason(_ problem: JSONObjectText.Problem) -> String {
        switch problem {
        case .notJSON: "not JSON; expected an object, for example {\"title\":\"Home\"}"
        case .notAnObject: "JSON, but not an object; expected for example {\"title\":\"Home\"}"
        case .repeatedMember(let name): "the member \(PlainText.quoted(name)) stands there twice"
        case .halfCharacter: "half of a surrogate pair (\\ud800 to \\udfff), which is not a character"
        }
    }

    /// Checks the data of an instance against the fields of its snippet.
    ///
    /// Complexity: O(*n*) in the bytes of the data, however many fields the snippet has.
    private func checkFields(
        _ record: borrowing CSVRecord, against fields: SnippetFields, in path: String, _ pass: inout CheckPass
    ) {
        let data = dataCell.field.flatMap { record.withField($0) { JSONValue($0) } }
        var members: [[UInt8]: JSONValue] = [:]
        if case .object(let object)? = data { members = object }
        func report(_ severity: Issue.Severity, _ code: IssueCode, reason: String) {
            pass.log.add(
                severity, code, in: path, at: dataCell.position(record), field: dataCell.name, reason: reason)
        }
        var given: (always: Set<String>, localized: Set<String>) = ([], [])
        for (bytes, value) in members.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            let name = String(decoding: bytes, as: UTF8.self)
            guard let field = fields.byName[name] else {
                let hint = pass.suggestion(for: name, among: fields.names.names, in: path, .warning)
                report(
                    .warning, .unknownMember,
                    reason: "the snippet has no field \(PlainText.quoted(name))\(hint)")
                continue
            }
            if value == .null { continue }
            if field.isRequired {
                if field.isLocalized { given.localized.insert(name) } else { given.always.insert(name) }
            }
            if let fault = field.schema.fault(of: value, of: field.type) {
                report(.error, .invalidValue, reason: fault.within(name).text)
            }
            for rule in fields.rules[name] ?? [] {
                if let fault = rule.fault(of: value) { report(.error, .rule, reason: "\(name): \(fault)") }
            }
        }
        // As many are looked at as are given, and three more.
        let missing = fields.ruledRequired.lazy.filter { (members[Array($0.utf8)] ?? .null) == .null }
        for name in missing.prefix(3) {
            for rule in fields.rules[name] ?? [] {
                if let fault = rule.fault(of: nil) { report(.error, .rule, reason: "\(name): \(fault)") }
            }
        }
        for (severity, required, given) in [
            (Issue.Severity.error, fields.required.always, given.always),
            (.warning, fields.required.localized, given.localized),
        ] where required.count > given.count {
            // As many are looked at as are given, and five more.
            let count = required.count - given.count
            let names = PlainText.list(required.lazy.filter { !given.contains($0) }, count: count)
            report(
                severity, .missingValue,
                reason: "lacks the required \("member".counted(count)) \(names)")
        }
    }
}
